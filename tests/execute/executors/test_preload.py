"""What a child leaves to those after it: names of libraries, and only those that are meant."""

import gc
import os
import sys
from pathlib import Path

import pytest

from bench.execute.executors import preload


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to the garbage collector, which is spared it."""
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    return done


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One that nothing has imported yet."""
    (tmp_path / "late_library.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(preload, "LIBRARIES", ("late_library", "json", "never_imported"))
    monkeypatch.setitem(sys.modules, "late_library", sys)
    del sys.modules["late_library"]
    return "late_library"


def test_a_child_names_what_is_there_and_its_parent_reads_it(library: str, frozen: list[str]) -> None:
    with preload.Will() as will:
        preload.adopt([library])
        will.write()
        assert will.read() == ["late_library", "json"]


def test_a_child_that_was_killed_leaves_nothing(library: str) -> None:
    with preload.Will() as will:
        assert will.read() == []


def test_what_a_plugin_wrote_into_the_pipe_is_not_imported(library: str) -> None:
    with preload.Will() as will:
        os.write(will.writing, b"os.evil json antigravity \xff\xfe")
        assert will.read() == ["json"]


def test_the_pipe_is_closed_with_its_child() -> None:
    with preload.Will() as will:
        pass
    for end in (will.reading, will.writing):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(end)


def test_what_is_new_is_imported_and_kept_from_the_collector(library: str, frozen: list[str]) -> None:
    preload.adopt(["json", library])
    assert library in sys.modules
    assert frozen == ["collect", "freeze"]
    preload.adopt(["json", library])
    assert frozen == ["collect", "freeze"]


def test_numba_is_warmed_when_it_is_new(monkeypatch: pytest.MonkeyPatch, frozen: list[str]) -> None:
    warmed: list[int] = []
    monkeypatch.setattr(preload, "_warm_numba", lambda: warmed.append(1))
    monkeypatch.setitem(sys.modules, "numba", sys)
    preload.adopt(["numba"])
    assert warmed == []
    monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(preload, "import_module", lambda name: None)
    preload.adopt(["numba"])
    assert warmed == [1]


def test_what_a_part_needed_is_known_to_the_next_run(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    assert preload.recall("ex90 a") == []
    preload.remember("ex90 a", ["json"])
    preload.remember("ex90 a", [library])
    assert preload.recall("ex90 a") == ["json", library]
    assert preload.recall("ex90 b") == []
    (kept,) = (tmp_path / "cache" / "libraries").iterdir()
    kept.write_bytes(b"json os.evil \xff")
    assert preload.recall("ex90 a") == ["json"]
