"""The summary on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.model import Record, Run
from bench.report import console


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
