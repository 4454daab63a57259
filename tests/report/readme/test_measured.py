"""The tables of kept runs: every number is that of a run."""

from collections.abc import Callable
from dataclasses import replace

from markdown_it import MarkdownIt

from bench.model import Run
from bench.report.readme.measured import machine, markdown


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
    for text in (markdown([run]), machine(run)):
        for fact in (run.environment.cpu, run.environment.torch, run.environment.python, run.profile, "2026-11-24"):
            assert fact in text


def test_what_was_run_again_stands_there_once(run: Run) -> None:
    again = replace(run, created="2026-11-25T18:05:00+00:00")
    text = markdown([run, again])
    assert text.count("| ex10.a.speed") == 4
    assert "2026-11-24" not in text
    assert "2026-11-25" in text


def test_no_text_of_a_plugin_becomes_markup(build: Callable[..., Run]) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown([build(hostile=True)]))
    assert "<script" not in html
    assert "<img" not in html
