"""The process that draws may die: a new one draws the same, and what it cannot draw is one line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.report.charts import engine

SPEC = {"mark": "point", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}


@pytest.fixture(autouse=True)
def another_process() -> Iterator[None]:
    """None of these tests leaves its process to others."""
    engine.end()
    yield
    engine.end()


@pytest.mark.usefixtures("drawn_anew")
def test_one_process_draws_all_and_a_death_costs_nothing_but_time() -> None:
    first, drawn = engine.process().pid, engine.svg(SPEC)
    assert "<svg" in drawn
    assert engine.png(drawn, 1).startswith(b"\x89PNG")
    assert engine.process().pid == first != os.getpid()
    engine.process().kill()
    engine.process().wait()
    assert engine.svg(SPEC) == drawn
    assert engine.process().pid != first


def test_a_drawing_that_kills_each_process_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import os, signal, sys\nsys.stdin.readline()\nprint('{\"dra', end='', flush=True)\n")
    script.write_text(f"{script.read_text()}os.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(engine, "SCRIPT", script)
    with pytest.raises(
        BenchError, match=r"^the process that draws charts \(vl-convert\) died or hung 3 times at one drawing"
    ):
        engine.ask("svg", {}, engine.VEGALITE)


@pytest.mark.parametrize("length", [1, 1_000_000])
def test_a_drawing_at_which_each_process_hangs_is_the_same_line(
    length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not even read: what a pipe does not hold is waited for while it is written."""
    script = tmp_path / "hangs.py"
    script.write_text("import threading\nthreading.Event().wait()\n")
    monkeypatch.setattr(engine, "SCRIPT", script)
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    with pytest.raises(BenchError, match="died or hung 3 times"):
        engine.ask("svg", "x" * length, engine.VEGALITE)


def test_what_is_said_to_a_question_that_was_broken_off_is_not_taken_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing = engine.process()
    assert drawing.stdout is not None

    def break_off() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(drawing.stdout, "readline", break_off, raising=False)
    with pytest.raises(KeyboardInterrupt):
        engine.svg({"mark": 3})
    assert "<svg" in engine.svg(SPEC)


def test_what_vl_convert_says_of_a_wrong_drawing_is_raised() -> None:
    with pytest.raises(ValueError, match="ValueError: Vega-Lite"):
        engine.ask("svg", {"mark": 3}, engine.VEGALITE)


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_no_page_can_hold_is_not_drawn(number: float) -> None:
    with pytest.raises(ValueError, match=r"^its numbers, or the axis around them, are larger than a float holds$"):
        engine.svg({"mark": "point", "data": {"values": [{"a": number}]}})


CODE = """
import sys
from bench.report.charts import engine
from bench.report.side_by_side import map_processes

def drawn(number):
    return len(engine.svg({"mark": "point", "data": {"values": [{"a": number}]}}))

if __name__ == "__main__":
    print(sum(map_processes(drawn, [1, 2], processes=2)) > 0)
"""


def test_pages_that_are_drawn_side_by_side_come_to_an_end(tmp_path: Path) -> None:
    program = tmp_path / "pages.py"
    program.write_text(CODE)
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=50)
    assert done.stdout == "True\n", done.stderr


@pytest.mark.usefixtures("drawn_anew")
def test_a_letter_that_xml_does_not_have_is_drawn_as_one_that_it_has() -> None:
    """vl-convert died of it, and with it whatever page was drawn of a run with such a name."""
    title = {"text": ["a\x1b[31mb", "c\ud800d", "e\x00\ufffff"]}
    drawn = engine.svg(SPEC | {"title": title})
    assert "a\ufffd[31mb" in drawn
    assert "c\ufffdd" in drawn
    assert "e\ufffd\ufffdf" in drawn
