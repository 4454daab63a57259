"""The two streams."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from bench.cli.output import open_streams, plainly, print_json, red, stderr, stdout, unheard, visible


@pytest.mark.parametrize(
    ("colours", "term", "text"), [("", "xterm", "\x1b[31mx\x1b[0m"), ("1", "xterm", "x"), ("", "dumb", "x")]
)
def test_red_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch, colours: str, term: str, text: str) -> None:
    monkeypatch.setenv("NO_COLOR", colours)
    monkeypatch.setenv("TERM", term)
    assert red("x") == text


def test_results_and_progress_do_not_meet(capsys: pytest.CaptureFixture[str]) -> None:
    stdout().print("a result of 7")
    stderr().print("at work")
    assert tuple(capsys.readouterr()) == ("a result of 7\n", "at work\n")


@pytest.mark.parametrize(("columns", "width"), [(None, 120), ("80", 80), ("200", 200)])
def test_a_pipe_is_wide_unless_someone_says_how_wide(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str | None, width: int
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    assert stdout().width == width


def test_a_sign_that_an_old_terminal_has_not_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    old = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", old)
    open_streams()
    stdout().print("✓ 2 × 3 µs, ✗ ∂")
    old.flush()
    assert old.buffer.getvalue() == b"v 2 x 3 us, X ?\n"  # type: ignore[attr-defined]
    with pytest.raises(UnicodeDecodeError):
        plainly(UnicodeDecodeError("ascii", b"x", 0, 1, "no"))


def test_json_is_one_document_that_any_program_reads(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"∂": [1, None]})
    assert capsys.readouterr().out == '{\n  "∂": [\n    1,\n    null\n  ]\n}\n'
    with pytest.raises(ValueError, match="JSON compliant"):
        print_json(float("nan"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_is_whole_in_every_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    open_streams()
    print_json({"é": "✓ 误 \N{GRINNING FACE}"})
    stream.flush()
    assert json.loads(stream.buffer.getvalue()) == {"é": "✓ 误 \N{GRINNING FACE}"}  # type: ignore[attr-defined]


def test_what_a_stream_cannot_take_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the name of a file that is no UTF-8: Python keeps its bytes as halves of letters."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stderr", stream)
    open_streams()
    stream.write("\udcff")
    stream.flush()
    assert stream.buffer.getvalue() == b"\\udcff"  # type: ignore[attr-defined]


def test_a_stream_that_is_closed_is_read_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    open_streams()
    stdout().print("nothing")
    assert sys.stdin.read() == ""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


def test_no_file_takes_the_place_of_a_stream_that_is_closed() -> None:
    code = "from bench.cli import output; output.open_streams(); print(open('/dev/null').fileno(), flush=True)"
    closed = f'{sys.executable} -c "{code}" <&- 2>&-'
    done = subprocess.run(["sh", "-c", closed], capture_output=True, text=True)
    assert int(done.stdout) > 2


@pytest.mark.parametrize("stream", [stdout, stderr])
def test_nothing_of_others_moves_the_cursor(capsys: pytest.CaptureFixture[str], stream: Callable[[], Console]) -> None:
    table = Table("head \x1b[2J")
    table.add_row("a cell \x1b]0;title\x07")
    stream().print("t \x1b[2J\x9b1m", markup=False)
    stream().print(table)
    told = "".join(capsys.readouterr())
    assert "\x1b" not in told
    assert "\x9b" not in told
    assert "t �[2J�1m" in told


def test_lines_and_columns_of_a_text_stay() -> None:
    assert visible("a\n\tb — é 误") == "a\n\tb — é 误"
    assert visible("a\rb\x7f") == "a�b�"


def test_json_on_a_terminal_commands_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"name": "\x9b2J \u202e ##[add-mask]x", "é": "::error::x"}
    for inside in ("false", "true"):
        monkeypatch.setenv("GITHUB_ACTIONS", inside)
        print_json(given)
        document = capsys.readouterr().out
        assert json.loads(document) == given
        assert not {"\x9b", "\u202e"} & set(document)
        assert "é" in document
        assert ("##[" in document) is (inside == "false")


def test_a_log_of_actions_is_commanded_by_ours_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    stdout().print("::error::x ##[y]", markup=False)
    assert capsys.readouterr().out == ":\u200b:error:\u200b:x #\u200b#[y]\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_what_is_said_where_there_is_no_room_is_lost_and_nothing_else() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        stream = unheard(full)
        print("word", file=stream)
        stream.flush()
        assert (stream.encoding, stream.line_buffering) == ("utf-8", True)
        stream.close()
        assert full.fileno() > 2
