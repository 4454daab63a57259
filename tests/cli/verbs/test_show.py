"""``bench show``: an exercise in the terminal."""

import json
from collections.abc import Callable

import pytest

from bench.cli.verbs.show import line
from bench.model import ByProfile, PartDescription


def test_parts_and_answer_are_printed(bench: Callable) -> None:
    done = bench("show", "ex90.a")
    assert done.returncode == 0
    assert done.stdout.startswith("ex90: Sums, done right\n")
    assert "  a.speed  comparison  Two ways to add (n=8,64,512; against sum)\n" in done.stdout
    assert "This exercise has no written answer yet." in done.stdout
    shown = json.loads(bench("show", "ex90", "--json").stdout)
    assert (shown["id"], shown["answer"], shown["parts"][1]["reference"]) == ("ex90", "", "sum")


def test_a_race_says_its_target_and_its_limit(bench: Callable) -> None:
    out = bench("show", "ex89").stdout
    assert "  a  race        Down a bowl (rate=0.1,0.2,0.3; to height ≤ 1e-3; in 200 steps at most)\n" in out
    assert "(against sure; to luck >= 0.9; in 50 steps at most)" in out


def test_what_cannot_be_loaded_is_one_line(bench: Callable, one_line: Callable) -> None:
    assert "the import went wrong" in one_line(bench("show", "ex91"), 4)
    assert "did you mean" in one_line(bench("show", "ex9"), 5)


def test_it_reads_in_a_terminal_and_needs_no_torch(
    bench: Callable, without_torch: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its description is known, no process is started either."""
    first = bench("show", "ex01")
    monkeypatch.setattr("bench.cli.verbs.show.learnt", lambda listing: pytest.fail("a process was asked"))
    assert bench("show", "ex01").stdout == first.stdout
    done = without_torch("show", "ex01")
    assert "∂L/∂w" in done.stdout
    assert [mark for mark in ("$", "\\", "{{") if mark in done.stdout] == []


@pytest.mark.parametrize(
    ("parameters", "reference", "notes"),
    [
        ({}, None, ""),
        ({"lr": 0.1}, None, " (lr=0.1)"),
        ({"n": (1, 2)}, "sum", " (n=1,2; against sum)"),
        ({"epochs": ByProfile(smoke=1, quick=3, full=15)}, None, " (epochs=1 smoke, 3 quick, 15 full)"),
        ({"n": ByProfile(smoke=(1, 2), quick=(3,), full=(4,))}, None, " (n=1,2 smoke, 3 quick, 4 full)"),
    ],
)
def test_a_part_says_what_it_sweeps_and_against_what(
    parameters: dict[str, object], reference: str | None, notes: str
) -> None:
    part = PartDescription(id="a", title="Why?", kind="study", parameters=parameters, reference=reference)  # type: ignore[arg-type]
    assert line(part, 3) == f"  a    study       Why?{notes}"
