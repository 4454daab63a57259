"""The two streams."""

import io

import pytest

from bench.cli.output import plainly, print_json, red, stderr, stdout


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
