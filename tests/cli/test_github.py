"""In GitHub's Actions a summary is added and what is red is annotated; elsewhere nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.compared import compare
from bench.cli import github
from bench.report import actions
from bench.report.actions import Red
from tests.two_runs import found, pair, run, timed


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "summary.md"


def test_elsewhere_nothing_is_written_or_printed(
    summary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for value in ("false", ""):
        monkeypatch.setenv("GITHUB_ACTIONS", value)
        github.tell("text\n", [Red("a", "b")])
        github.ended(run("a", found({"error": 2.0})), compare(pair(2.0)))
        github.remark("nothing")
    assert capsys.readouterr() == ("", "")
    assert not summary.exists()


def test_summaries_follow_each_other(summary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary.write_text("by another step\n")
    github.tell("### one\n", [Red("t", "m")])
    github.remark("No *baseline*")
    assert summary.read_text() == "by another step\n### one\n\nNo \\*baseline\\*\n\n"
    assert capsys.readouterr() == ("", "::error title=t::m\n")


def test_the_comparison_comes_first_then_the_run(summary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, new = run("base", timed()), run("new", timed(1.5), found({"error": 2.0}))
    github.ended(new, compare((base, new)))
    heads = [line for line in summary.read_text().splitlines() if line.startswith("#")]
    assert heads == ["### ✗ 1 time is slower", "### ✗ bench run: 0 of 1 claims hold"]
    titles = [line.split("::")[1] for line in capsys.readouterr().err.splitlines()]
    assert titles == ["error title=bench%3A slower", "error title=bench%3A claim"]


def test_what_is_not_red_has_no_annotation(summary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    github.ended(run("new", timed(), found({"error": 0.5})), compare(pair(0.5)))
    assert capsys.readouterr().err == ""
    github.compared(compare((run("a", timed(), width=None), run("b", timed(), width=None))), strict=True)
    assert capsys.readouterr().err.startswith("::error title=bench%3A inconclusive::")


def test_a_summary_that_is_full_takes_no_more(summary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "MOST_OF_A_STEP", 300)
    lines = "".join(f"- line {number}\n" for number in range(100))
    for _ in range(5):
        github.tell(lines)
    assert "_cut here" in summary.read_text()
    assert summary.stat().st_size <= 300


def test_a_long_text_has_its_bound(summary: Path) -> None:
    github.tell("a line of some length\n" * 20_000)
    assert actions.MOST_BYTES - 100 < summary.stat().st_size <= actions.MOST_BYTES


def test_a_summary_that_cannot_be_written_is_one_line(
    summary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary.parent))
    github.tell("text\n")
    assert capsys.readouterr().err == "the summary of the step cannot be written: it is no plain file\n"
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    github.tell("text\n")
    assert capsys.readouterr().err == ""


def test_an_annotation_is_printed_as_it_stands(summary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a line of its own, however long, and no markup is read in it."""
    github.tell("", [Red("t", "[red]x[/] :warning: " + "y" * 300)])
    (line,) = capsys.readouterr().err.splitlines()
    assert "[red]x[/] :warning: yyy" in line
