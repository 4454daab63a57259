"""Bad input of every kind: taken, or refused in one line; no traceback, no file elsewhere, no end of the memory."""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.errors import BenchError
from tests import bad_input, drawing_once

FEW, MANY = 2, int(os.environ.get("BENCH_TEST_INPUTS", "20"))
"""Times a hundred inputs, about: in every run of the tests, and under ``-m slow``, where 200 take over ten minutes."""
SECONDS = 60
"""Longer than any input takes by a hundred: what hangs is named."""
MOST_GROWTH = 600_000
"""KiB by which the process may grow: pictures of other formats bring their decoders."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_watched: list[str] = []
_outside: list[str] = []


def _hear(event: str, details: tuple[Any, ...]) -> None:
    """What is opened to be written elsewhere, and every process that is started."""
    if not _watched:
        return
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.fork"):
        _outside.append(f"{event} {details[0]}")
    writes = event == "open" and isinstance(details[2], int) and details[2] & WRITING
    if (writes or event in ("os.remove", "os.rename")) and isinstance(details[0], str | os.PathLike):
        place = os.path.abspath(details[0])  # noqa: PTH100 - a hook must not make more of it than a text
        if not place.startswith((*_watched, "/dev/")):
            _outside.append(f"{event} {place}")


sys.addaudithook(_hear)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    drawing_once.sketch(monkeypatch)
    monkeypatch.setattr("bench.report.page.bundle.vega", lambda: "")
    (tmp_path / "here").mkdir()
    yield tmp_path / "here"
    _watched.clear()


def feed(kind: str, times: int, folder: Path) -> list[str]:
    """What went wrong with inputs of a kind, each with the seed that makes it again."""
    give, share = bad_input.KINDS[kind]
    wrong: list[str] = []
    _watched.append(str(folder.parent))
    for seed in range(times * share):
        signal.alarm(SECONDS)
        try:
            give(random.Random(seed), folder)
        except BenchError as error:
            if "\n" in str(error).strip():
                wrong.append(f"{kind} {seed}: a message of several lines: {error}")
        except Exception as error:
            wrong.append(f"{kind} {seed}: {type(error).__name__}: {error}")
        finally:
            signal.alarm(0)
    _watched.clear()
    return wrong


def check(kind: str, times: int, folder: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _outside.clear()
    wrong = feed(kind, times, folder)
    assert not wrong, "\n".join(wrong[:20])
    assert not _outside, "\n".join(_outside[:20])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH


@pytest.mark.parametrize("kind", bad_input.KINDS)
def test_a_little_bad_input_is_taken_or_refused_in_one_line(kind: str, watched: Path) -> None:
    check(kind, FEW, watched)


@pytest.mark.slow
@pytest.mark.parametrize("kind", bad_input.KINDS)
def test_much_bad_input_is_taken_or_refused_in_one_line(kind: str, watched: Path) -> None:
    check(kind, MANY, watched)
