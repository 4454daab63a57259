"""The summary on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.analysis import families
from bench.model import Record, Run, Sample
from bench.report import console, headline
from bench.report.page import view


def printed(run: Run, width: int = 80, **more: Any) -> str:
    out = StringIO()
    console.show(run, Console(file=out, width=width, no_color=True, **more), Path("results/one"))
    return out.getvalue()


def test_it_is_plain_text_of_80_columns(run: Run) -> None:
    text = printed(run)
    assert "\x1b" not in text
    files = ("report ", "again ")
    assert max(len(line) for line in text.splitlines() if not line.startswith(files)) <= 80


def test_failed_claims_come_first_then_broken_plugins_then_cases(run: Run) -> None:
    lines = printed(run).splitlines()
    assert lines[0] == "✗ ex10.a  every claim holds: 0.63 < 0.9 (cpu, seed 2; 0 of 3 hold)"
    assert lines[1].startswith("✗ ex99  could not be loaded")
    assert "disagrees" in lines[2]


def test_every_outcome_is_named_with_its_reason(run: Run) -> None:
    text = printed(run, width=200)
    for word in ("disagrees", "failed: ValueError", "timeout: no answer", "oom: killed", "skipped: needs two GPUs"):
        assert word in text
    assert "bench data fetch cifar10" in text


def test_comparisons_show_time_ratio_memory_and_rate(run: Run) -> None:
    line = next(line for line in printed(run).splitlines() if line.startswith("  by hand, in place"))
    assert "µs" in line
    assert "× faster" in line
    assert "KiB" in line
    assert line.split()[-1].replace(",", "").isdigit()
    text = printed(run, width=200)
    assert "no change detected" in text
    assert "unstable: " in text
    assert "worst error 0.31 > 1.9e-6: wrong" in text
    assert "by hand: t = 210 µs + 13 µs · batch" in text
    assert "bends at batch 16" in text


def counted(record: Record) -> Record:
    if record.memory is None:
        return record
    return replace(record, memory=replace(record.memory, tensors=2**21, children=3 * 2**20))


def test_tensors_stand_in_a_column_where_they_were_counted_and_children_below_the_table(run: Run) -> None:
    assert "tensors" not in printed(run)
    known = replace(run, records=tuple(map(counted, run.records)))
    line = next(line for line in printed(known, width=100).splitlines() if line.startswith("  by hand, in place"))
    assert re.search(r"KiB +2 MiB +[\d,]+$", line.rstrip())
    text = printed(known)
    line = next(line for line in text.splitlines() if line.startswith("  by hand, in place"))
    assert "2 MiB" not in line, "where a rate takes the room"
    assert max(len(line) for line in text.splitlines()[:-2]) <= 80
    assert "    same: and 3 MiB in child processes\n" in text
    assert any(re.search(r"^same .* below 64 KiB +2 MiB$", line.rstrip()) for line in text.splitlines())


def test_every_place_says_the_same_of_a_difference_that_may_be_chance(run: Run) -> None:
    """The console, the page's rows and the headline are given the family of the run."""
    weak = [1.0, 1.03, 1.01, 1.05, 1.02, 1.04]

    def blurred(record: Record) -> Record:
        reference = record.case.variant in ("autograd", "plain")
        samples = tuple(
            Sample(round=round, calls=1, seconds=1.0 if reference else 1 / factor) for round, factor in enumerate(weak)
        )
        return replace(record, samples=samples) if record.samples else record

    many = replace(run, records=tuple(map(blurred, run.records)))
    family = families.of_run(many)
    among = {standing.among for standing in family.values()}
    assert len(among) == 1
    words = f"or chance: one of {among.pop()} ratios"
    assert words in printed(many, width=300)
    assert words in headline.markdown([many])
    rows = [
        row
        for exercise in view.view(many)
        for part in exercise.parts
        for compared in part.compared
        for group in compared.groups
        for row in group.rows
    ]
    assert {row.record.case for row in rows if row.ratio_words.endswith(words)} == set(family)


def test_it_ends_with_the_files_and_the_command(run: Run) -> None:
    report, again = printed(run).splitlines()[-2:]
    assert report.split() == ["report", "results/one/index.html"]
    assert again.split() == ["again", "bench", "run", "ex10", "--seeds", "3"]


def test_what_the_ratios_are_known_to_stands_beside_the_verdict(run: Run) -> None:
    text = printed(run, width=200)
    assert "\nratios here are known to ± " in text
    assert "; `bench doctor --noise` measures this machine's floor\n" in text
    assert "are known to" not in printed(replace(run, records=run.records[:1]))


def test_texts_of_plugins_are_not_markup(hostile_run: Run) -> None:
    text = printed(hostile_run, width=1000)
    assert "[bold]{{ 7*7 }}" in text
    assert text.count("[bold]") > 10


def test_control_characters_do_not_reach_the_terminal(run: Run) -> None:
    case = run.records[-1].case
    evil = replace(run, records=(Record(case=case, outcome="failed", reason="\x1b[2J\x1b]0;owned\x07 gone"),))
    assert "\x1b" not in printed(evil)
    assert "gone" in printed(evil)


def test_colour_where_it_is_wanted(run: Run) -> None:
    out = StringIO()
    terminal = Console(file=out, force_terminal=True, color_system="standard", no_color=False, _environ={})
    console.show(run, terminal)
    assert "\x1b[1;31m" in out.getvalue()


@pytest.mark.parametrize("devices", [("cpu",), ("cpu", "cuda")])
def test_several_devices_are_told_apart(devices: tuple[str, ...], build: Callable[..., Run]) -> None:
    assert ("batch = 1, cuda" in printed(build(hostile=False, devices=devices))) == ("cuda" in devices)


def test_an_empty_run_says_that_nothing_ran(run: Run) -> None:
    assert "nothing ran" in printed(replace(run, records=(), exercises=(), broken=()))
