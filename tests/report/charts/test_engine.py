"""The process that draws may die: a new one draws the same, and what it cannot draw is one line."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.report.charts import engine


def dies_once(mark: str) -> str:
    """Ends its process as V8 does, the first time that it is called."""
    path = Path(mark)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    return "drawn"


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def pid() -> int:
    return os.getpid()


def test_one_process_draws_and_it_is_not_this_one() -> None:
    assert engine.ask(pid) == engine.ask(pid) != os.getpid()


def test_a_death_costs_nothing_but_time(tmp_path: Path) -> None:
    before = engine.ask(pid)
    assert engine.ask(dies_once, str(tmp_path / "died")) == "drawn"
    assert engine.ask(pid) != before


def test_a_drawing_that_kills_each_process_is_one_line() -> None:
    with pytest.raises(BenchError, match=r"^the process that draws charts \(vl-convert\) died 3 times at one drawing"):
        engine.ask(dies)


def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="Vega-Lite"):
        engine.ask(engine._svg, {"mark": 3})
