"""A comparison on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from rich.console import Console

from bench.analysis.compared import compare
from bench.report.between import console
from tests.two_runs import case, found, pair, run, timed, weighed


def shown(*runs: Any, width: int = 120, **more: Any) -> str:
    out = io.StringIO()
    console.show(compare(runs, **more), Console(file=out, width=width))
    return out.getvalue()


def test_what_is_worse_comes_first_and_the_verdict_last() -> None:
    base = run("base", timed(), found({"error": 0.5}, {"accuracy": 90.0}), timed(of=case(n=2)))
    broken = replace(timed(of=case(n=2)), outcome="failed", reason="ValueError: no")
    lines = shown(base, run("new", timed(1.1), found({"error": 2.0}, {"accuracy": 80.0}), broken)).splitlines()
    assert lines[2:4] == [
        "✗ claim lost   ex01.a n=1: error: 2 > 1, was 0.5 (bound 1)",
        "✗ case lost    ex01.a.speed n=2: mine: failed: ValueError: no",
    ]
    assert any(line.split()[-1:] == ["slower"] and "+10" in line for line in lines)
    assert "metric  ex01.a n=1: accuracy 90 % to 80 % (−11 %)" in lines
    assert lines[-1] == "✗ 1 of 2 times is slower, 1 claim is lost, 1 case is lost"


def test_a_cause_that_all_share_is_said_once() -> None:
    base, new = (run(id, *(timed(of=case(n=n)) for n in range(4)), profile="smoke") for id in "ab")
    text = shown(base, new, by=("torch",))
    assert text.count("its numbers are no results") == 1
    assert text.splitlines()[-1] == "– Nothing can be said of the times (over torch)"


def test_long_lists_are_cut_and_doubts_are_told() -> None:
    count = console.MOST_LINES + 5
    base, new = (run(id, *(timed(f, case(n=n)) for n in range(count))) for id, f in (("a", 1.0), ("b", 1.01)))
    text = shown(base, new, warnings=[("another system",)])
    assert "and 5 more times, in the page" in text
    assert "! another system" in text
    assert "that may be the machine" in text


def test_memory_is_told_and_text_is_no_markup() -> None:
    evil = "[bold red]\x1b[2J"
    record = replace(weighed((0,), 2**20), case=case(evil))
    heavier = replace(weighed((0,), 2**21), case=case(evil))
    text = shown(run("a", record), run("b", heavier))
    assert "memory  ex01.a.speed n=1: [bold red]" in text
    assert "more, 1 MiB to 2 MiB (tensors)" in text
    assert "\x1b" not in text


def test_it_fits_80_columns() -> None:
    assert all(len(line) <= 80 for line in shown(*pair(1.1), width=80).splitlines() if "page" not in line)
