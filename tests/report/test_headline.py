"""The README's table comes from the runs that are kept, and from nothing else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bench.errors import BenchError
from bench.model import Run
from bench.report.headline import BEGIN, END, insert, markdown, runs_in
from bench.results import store

ROOT = Path(__file__).parents[2]


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]


def test_each_comparison_gives_its_fastest_variant_that_agrees(run: Run) -> None:
    rows = [row for row in cells(markdown([run])) if row[0].startswith("ex10.a.speed")]
    assert len(rows) == 4
    for place, variant, reference, times, memory, rounds in rows:
        assert "batch = " in place
        assert (variant, reference, rounds) == ("by hand, in place", "autograd", "5")
        assert 6 < float(times.split()[0]) < 7
        assert "±" in times
        assert memory.count("iB") == 2


def test_each_run_names_its_machine_and_versions(run: Run) -> None:
    text = markdown([run])
    for fact in (run.environment.cpu, run.environment.torch, run.environment.python, run.profile, run.created[:10]):
        assert fact in text


def test_no_text_of_a_plugin_becomes_markup(build: Callable[..., Run]) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown([build(hostile=True)]))
    assert "<script" not in html
    assert "<img" not in html


def test_it_goes_between_the_marks() -> None:
    assert insert(f"a\n{BEGIN}\nold\n{END}\nb", "new") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb"
    for text in ("", BEGIN, END, END + BEGIN):
        with pytest.raises(BenchError, match="needs the lines"):
            insert(text, "new")


def test_the_command_writes_it_and_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    page, folder = tmp_path / "README.md", tmp_path / "runs"
    page.write_text(f"{BEGIN}\n{END}\n")

    def command() -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "bench.report.headline", str(folder), str(page)]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    assert "holds no runs" in command().stderr
    (folder / "one").mkdir(parents=True)
    store.write(run, folder / "one")
    assert command().returncode == 0
    assert "ex10.a.speed" in page.read_text()


def test_the_readme_shows_the_reference_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert insert(text, markdown(runs_in(ROOT / "results" / "reference"))) == text
