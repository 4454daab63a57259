"""Outlines of sources: by ast, and remembered by content alone."""

import os
import re
from pathlib import Path

import pytest

from bench import cache, outlines
from bench.outlines import Outline


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ex01.py"
    path.write_text('"""One.\n\nMore."""\nexercise = Exercise(tags=("a", "b"))\n')
    return path


ONE = Outline("One.", ("a", "b"))


def ask(path: Path, monkeypatch: pytest.MonkeyPatch | None = None) -> Outline:
    """Asks as a new process would; with ``monkeypatch`` nothing may be parsed."""
    if monkeypatch:
        monkeypatch.setattr(outlines, "parsed", lambda source: pytest.fail("it was parsed"))
    with outlines.remembered() as memory:
        return outlines.outline_of(path, memory)


def test_what_was_asked_for_is_known_the_next_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(path) == ONE
    assert ask(path, monkeypatch) == ONE


def test_another_content_is_another_outline(path: Path) -> None:
    ask(path)
    path.write_text('"""Two."""')
    assert ask(path) == Outline("Two.")


def test_a_source_with_an_old_content_is_known_under_any_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(path)
    path.rename(path.with_name("ex02.py"))
    assert ask(path.with_name("ex02.py"), monkeypatch) == ONE


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"basis": "1", "values": 1}', b"\xff"])
def test_a_damaged_memory_is_none(path: Path, damage: bytes) -> None:
    ask(path)
    cache.write(outlines.REMEMBERED, damage)
    assert ask(path) == ONE
    assert ask(path) == ONE


def test_what_is_asked_for_no_more_is_forgotten_with_the_next_change(path: Path) -> None:
    ask(path)
    path.write_text("x = 1")
    ask(path)
    assert b"One." not in cache.read(outlines.REMEMBERED)


def test_what_cannot_be_read_or_is_not_python_has_a_problem(path: Path) -> None:
    path.write_text("def")
    assert ask(path).problem.startswith("SyntaxError")
    path.unlink()
    assert ask(path).problem.startswith("FileNotFoundError")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (b"\ndef (:", r"SyntaxError: invalid syntax \(line 2\)$"),
        ('"""déjà"""'.encode("latin-1"), "SyntaxError"),
        (b'"""x"""\n\0', "SyntaxError|ValueError"),
        (b"x = " + b"(" * 5_000 + b")" * 5_000, "SyntaxError|MemoryError|RecursionError"),
        (b"x = " + b"-" * 50_000 + b"1", "SyntaxError|MemoryError|RecursionError"),
        (b"x = " + b"a." * 100_000 + b"b", "|SyntaxError|MemoryError|RecursionError"),
    ],
)
def test_whatever_a_parser_does_not_bear_is_a_problem_of_this_source(path: Path, source: bytes, problem: str) -> None:
    path.write_bytes(source)
    assert re.match(problem, ask(path).problem)
    assert len(ask(path).problem) <= 500


def test_tags_that_are_nested_too_deeply_are_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(node: object) -> object:
        raise RecursionError

    monkeypatch.setattr("ast.literal_eval", deep)
    assert ask(path) == Outline("One.")


def test_a_heading_drives_no_terminal(path: Path) -> None:
    path.write_text('"""One \x1b[2J."""\nexercise = Exercise(tags=("a\\0",))')
    assert ask(path) == Outline("One \\x1b[2J.", ("a\\x00",))


def test_a_pipe_is_not_waited_for(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)
    assert ask(path).problem == "ex01.py is no file"
