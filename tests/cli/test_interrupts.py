"""What asks a command to end: one exit code, however and how often it is asked."""

import atexit
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import ctrl_c
from bench.cli import interrupts

ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[int, Any]:
    """Stand for those of this process."""
    kept: dict[int, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    monkeypatch.setattr(signal, "getsignal", kept.get)
    monkeypatch.setattr(signal, "signal", kept.__setitem__)
    return kept


def test_all_of_them_are_ctrl_c(handlers: dict[int, Any]) -> None:
    interrupts.heed()
    assert {handlers[number] for number in ALL} == {ctrl_c.ask}


def test_what_was_ignored_or_is_attended_to_stays(handlers: dict[int, Any]) -> None:
    before = {signal.SIGHUP: signal.SIG_IGN, signal.SIGTERM: print}
    handlers.update(before)
    interrupts.heed()
    assert {number: handlers[number] for number in before} == before


def test_in_the_end_another_one_ends_it_with_the_same_code(
    handlers: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    last: list[Any] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    monkeypatch.setattr(atexit, "register", last.append)
    handlers[signal.SIGHUP] = signal.SIG_IGN
    interrupts.end_at_once()
    for number in (signal.SIGINT, signal.SIGTERM):
        handlers[number](number, None)
    assert codes == [130, 130]
    assert handlers[signal.SIGHUP] is signal.SIG_IGN
    last[0]()
    assert {handlers[number] for number in ALL} == {signal.SIG_IGN}


COMMAND = """
import sys
from bench import ctrl_c
from bench.cli import interrupts
with interrupts.keeping_its_code():
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        print("interrupted")
        sys.exit(CODE)
"""


def test_an_interrupt_within_a_text_that_is_executed_has_the_same_code(tmp_path: Path) -> None:
    """Under -m, where Python keeps a note of it; a command that ends otherwise is not touched."""
    (tmp_path / "command.py").write_text(COMMAND.replace("CODE", "130"))
    done = subprocess.run([sys.executable, "-m", "command"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "interrupted\n")
