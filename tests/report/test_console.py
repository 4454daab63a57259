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
from bench.report import console
from bench.report.page import view
from bench.report.readme import measured
from tests import places
from tests.report import sample


def printed(run: Run, width: int = 80, **more: Any) -> str:
    out = StringIO()
    console.show(run, Console(file=out, width=width, no_color=True), Path("results/one"), **more)
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


def test_a_part_is_one_line_and_a_variant_is_one_bar(run: Run) -> None:
    lines = printed(run, width=120).splitlines()
    assert any(line.startswith("✗ ex10.a ") and "How noisy is training? 9 of 12 claims hold" in line for line in lines)
    speed = lines.index(next(line for line in lines if line.startswith("✓ ex10.a.speed")))
    assert "Time and memory by batch size: 2 variants agree with autograd" in lines[speed]
    one, two = lines[speed + 1 : speed + 3]
    assert re.match(r"    by hand +│█+[▏▎▍▌▋▊▉]? +[\d.]+ to [\d.]+ × faster \(batch = ", one)
    assert two.startswith("    by hand, in place  │████████████  ")
    assert "µs" not in "".join(lines)
    assert "test accuracy" not in "".join(lines)


def test_ratios_that_say_nothing_share_one_line(run: Run) -> None:
    text = printed(run, width=120)
    assert text.count("inconclusive: ") == 1
    assert "    1 ratio inconclusive: shaky; -v shows them\n" in text.replace(" \n", "\n")
    assert "unstable" not in text


def test_details_are_shown_where_they_are_asked_for(run: Run) -> None:
    text = printed(run, width=120, verbose=True)
    assert "test accuracy: 0.9741 of 1 (0.973 to 0.975 over 3 seeds)" in text
    assert "worst error 0.31 > 1.9e-6: wrong" in text
    assert "│" not in text


def test_without_utf_8_bars_are_of_ascii(run: Run) -> None:
    class Old(StringIO):
        encoding = "ascii"  # type: ignore[assignment]

    out = Old()
    console.show(run, Console(file=out, width=80, no_color=True))
    assert re.search(r"by hand, in place  \|#{12}  ", out.getvalue())
    assert not set(out.getvalue()) & set("│█▏▎▍▌▋▊▉▐")


def test_smoke_calls_nothing_faster_and_says_what_its_numbers_are(run: Run) -> None:
    smoke = replace(run, profile="smoke")
    for verbose in (False, True):
        out = StringIO()
        terminal = Console(file=out, width=120, force_terminal=True, color_system="standard", _environ={})
        console.show(smoke, terminal, verbose=verbose)
        text = out.getvalue()
        assert not re.search("faster|slower|no change|inconclusive|unstable", text)
        assert "\x1b[32m" not in text
        assert not re.search(r"✓|agrees? with|\d claims? hold", text)
        assert "· ex10.a  every claim holds: 0.63 < 0.9" in text, "what ends the run with 1 is told"
        assert "its numbers are no results" in text
        assert "known to" not in text


def test_at_the_end_of_smoke_stands_what_ran_and_no_verdict(run: Run) -> None:
    records = tuple(record for record in run.records if record.case.part == "a")
    text = printed(replace(run, profile="smoke", records=records, broken=()))
    assert "\neverything ran (3 cases)" in text
    assert "· ex10.a" in text
    assert "✗" not in text
    assert "claims hold" not in text.partition("everything ran")[2]


@pytest.mark.parametrize("bad", [False, True])
def test_a_run_that_was_stopped_is_no_success(run: Run, bad: bool) -> None:
    records = run.records if bad else run.records[3:5]
    text = printed(replace(run, finished=False, records=records, broken=()))
    (verdict,) = [line for line in text.splitlines() if "stopped before its end" in line]
    assert verdict.startswith("✗ stopped" if bad else "stopped before its end; so far 1 case measured")
    assert "cut short" not in text


def test_a_difference_that_may_be_chance_is_no_bar(run: Run) -> None:
    many = may_be_chance(run)
    text = printed(many, width=300)
    assert "8 ratios inconclusive: by hand (batch = 1), by hand (batch = 8), " in text
    assert "│" not in text


def may_be_chance(run: Run) -> Run:
    weak = [1.0, 1.03, 1.01, 1.05, 1.02, 1.04]

    def blurred(record: Record) -> Record:
        reference = record.case.variant in ("autograd", "plain")
        samples = tuple(
            Sample(round=round, calls=1, seconds=1.0 if reference else 1 / factor) for round, factor in enumerate(weak)
        )
        return replace(record, samples=samples) if record.samples else record

    return replace(run, records=tuple(map(blurred, run.records)))


def test_every_place_says_the_same_of_a_difference_that_may_be_chance(run: Run) -> None:
    """The console, the page's rows and the tables of kept runs are given the family of the run."""
    many = may_be_chance(run)
    family = families.of_run(many)
    among = {standing.among for standing in family.values()}
    assert len(among) == 1
    words = f"or chance: one of {among.pop()} ratios"
    assert words in printed(many, width=300, verbose=True)
    assert words in measured.markdown([many])
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
    run = build(hostile=False, devices=devices)
    assert ("batch = 1, cuda" in printed(run, verbose=True)) == ("cuda" in devices)
    assert ("by hand, in place on cuda" in printed(run, width=200)) == ("cuda" in devices)


def test_an_empty_run_says_that_nothing_ran(run: Run) -> None:
    assert "nothing ran" in printed(replace(run, records=(), exercises=(), broken=()))


def test_of_several_places_each_has_a_line() -> None:
    spread = places.spread(sample.build(hostile=False, devices=("cpu", "cuda")), places.by_device, gpu="NVIDIA H200")
    text = printed(spread, width=120)
    assert "on        node-2: 7 cases on cuda (Intel Xeon Platinum 8481C, NVIDIA H200)" in text
    assert "by hand on cuda of node-2" in text
    assert "on        " not in printed(sample.build(hostile=False))


def test_of_very_many_parts_and_failures_the_first_are_printed_and_with_v_all(run: Run) -> None:
    record = next(each for each in run.records if each.case.variant is None)
    cases = [replace(record.case, part=f"p{number:03}") for number in range(250)]
    failed = [Record(case=case, outcome="failed", reason="broke") for case in cases]
    many = replace(run, records=tuple(failed), exercises=(), broken=())
    lines = printed(many).splitlines()
    assert "✗ and 150 more; -v prints them all" in lines
    assert "and 50 parts more; -v prints them all" in lines
    assert sum(line.endswith("failed: broke") for line in lines) == 100
    assert sum("failed: broke" in line for line in printed(many, verbose=True).splitlines()) == 250
    assert "p249" in printed(many, verbose=True)
