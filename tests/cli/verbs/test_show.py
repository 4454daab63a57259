"""``bench show``: an exercise in the terminal."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.catalogue import Listing
from bench.cli.verbs.show import line, parameters, shown
from bench.model import (
    SCHEMA,
    ByProfile,
    Case,
    Claim,
    Declared,
    Environment,
    ExerciseInfo,
    Findings,
    Limits,
    PartDescription,
    PartInfo,
    Record,
    Run,
)
from bench.results import store

RUN = Run(
    schema=SCHEMA,
    id="",
    created="2026-11-24T18:05:00+00:00",
    command=("bench", "run"),
    profile="quick",
    devices=("cpu",),
    seeds=(0,),
    data="embedded",
    environment=Environment(python="3", torch="2", platform="Linux", cpu="c", cores=1, memory=1, threads=1),
)


def test_parts_and_answer_are_printed(bench: Callable) -> None:
    done = bench("show", "ex90.a")
    assert done.returncode == 0
    assert done.stdout.startswith("ex90: Sums, done right\n")
    assert "  a.speed  comparison  Two ways to add (against sum)\n  parameters, set by --param " in done.stdout
    assert "    n      8,64,512  a.speed\n" in done.stdout
    assert "This exercise has no written answer yet." in done.stdout
    shown = json.loads(bench("show", "ex90", "--json").stdout)
    assert (shown["id"], shown["answer"], shown["parts"][1]["reference"]) == ("ex90", "", "sum")


def test_a_race_says_its_target_and_its_limit(bench: Callable) -> None:
    out = bench("show", "ex89").stdout
    assert "  a  race        Down a bowl (to height ≤ 1e-3; in 200 steps at most)\n" in out
    assert "(against sure; to luck >= 0.9; in 50 steps at most)" in out


def test_one_question_is_shown_alone(bench: Callable, one_line: Callable) -> None:
    whole, question = bench("show", "ex07").stdout, bench("show", "ex07.b").stdout
    assert "7b — " in question
    assert "7a — " in whole
    assert "7a — " not in question
    assert [line.split()[0] for line in question.splitlines()[1:3]] == ["b", "b.speed"]
    speed = bench("show", "ex07.b.speed").stdout
    assert "7b — " in speed, "what has no heading of its own is answered with its question"
    parts = json.loads(bench("show", "ex07.b", "--json").stdout)["parts"]
    assert [part["id"] for part in parts] == ["b", "b.speed"]
    assert "ex07 has no part 'q'" in one_line(bench("show", "ex07.q"), 5)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A run with one claim of ex07, and one of smoke that is newer."""
    folder = tmp_path / "results"
    info = ExerciseInfo(id="ex07", title="t", parts=(PartInfo(id="b", title="t", kind="study"),))
    case = Case(exercise="ex07", part="b", device="cpu", seed=0)
    for day, profile, value in ((1, "quick", 0.25), (2, "smoke", 0.75)):
        claim = Claim("every derivative of the first epoch", value, "at_most", 1.0)
        record = Record(case=case, outcome="ok", findings=Findings(claims=(claim,)))
        name = f"2026110{day}T000000Z-ex07-cpu"
        run = replace(RUN, id=name, profile=profile, exercises=(info,), records=(record,))
        (folder / name).mkdir(parents=True)
        store.write(run, folder / name)
    return folder


def test_numbers_are_those_of_the_newest_results_and_named(
    bench: Callable, one_line: Callable, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = '# 7\n\n## 7b — Why\n\nIt is {{ claim("every derivative of the first epoch") }}, not {{ metric("x") }}.\n'
    monkeypatch.setattr(Listing, "answer", answer)
    shown = bench("show", "ex07.b").stdout
    assert "  numbers of results/20261101T000000Z-ex07-cpu: profile quick, 2026-11-24 18:05 UTC\n" in shown
    assert "It is 0.25 ≤ 1 ✓, not …." in shown
    latest = bench("show", "ex07.b", "--run", "latest").stdout
    assert "profile smoke, 2026-11-24 18:05 UTC; smoke: its numbers are no results" in latest
    assert "It is 0.75 ≤ 1, not …." in latest, "smoke decides nothing"
    none = bench("show", "ex07.b", "--run", "none").stdout
    assert "numbers" not in none
    assert "It is …, not …." in none
    elsewhere = bench("show", "ex07.b", "-o", "elsewhere").stdout
    assert "numbers are left open (…): no results of ex07.b in elsewhere; `bench run ex07.b` measures them" in elsewhere
    newer = results / "20261109T000000Z-ex09-cpu"
    newer.mkdir()
    store.write(replace(RUN, id=newer.name, exercises=(), records=()), newer)
    told = one_line(bench("show", "ex07.b", "--run", "latest"), 5)
    assert "has nothing of ex07.b; the newest that has it: --run 20261101T000000Z-ex07-cpu" in told
    assert "has nothing of ex90; `bench run ex90` measures it" in one_line(bench("show", "ex90", "--run", "latest"), 5)


def test_where_nobody_has_measured_the_numbers_are_those_of_a_kept_run(
    bench: Callable, one_line: Callable, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = '## 7b — Why\n\nIt is {{ claim("every derivative of the first epoch") }}.\n'
    monkeypatch.setattr(Listing, "answer", answer)
    (results / "reference").mkdir()
    for name in ("20261101T000000Z-ex07-cpu", "20261102T000000Z-ex07-cpu"):
        (results / name).rename(results / "reference" / name)
    whose = "  numbers of results/reference/20261101T000000Z-ex07-cpu: profile quick"
    assert whose in bench("show", "ex07.b").stdout
    assert whose in bench("show", "ex07.b", "--run", "20261101").stdout
    assert "no results of ex07.a in results; `bench run ex07.a` measures them" in bench("show", "ex07.a").stdout
    assert "has nothing of ex07.a; `bench run ex07.a`" in one_line(bench("show", "ex07.a", "--run", "latest"), 5)


def test_numbers_of_a_run_that_lies_by_month_say_where_it_is(bench: Callable, results: Path) -> None:
    (results / "2026-11").mkdir()
    (results / "20261101T000000Z-ex07-cpu").rename(results / "2026-11" / "20261101T000000Z-ex07-cpu")
    whose = "  numbers of results/2026-11/20261101T000000Z-ex07-cpu: profile quick"
    assert whose in bench("show", "ex07.b").stdout
    assert whose in bench("show", "ex07.b", "--run", "20261101").stdout


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


def test_a_part_says_against_what() -> None:
    part = PartDescription(id="a", title="Why?", kind="comparison", parameters={"n": 1}, reference="sum")
    assert line(part, 3) == "  a    comparison  Why? (against sum)"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0.1, "0.1"),
        ((1, 2), "1,2"),
        (ByProfile(smoke=1, quick=3, full=15), "1 smoke, 3 quick, 15 full"),
        (ByProfile(smoke=(1, 2), quick=(3,), full=(4,)), "1,2 smoke, 3 quick, 4 full"),
        (ByProfile(smoke=1, quick=3, full=3), "1 smoke, 3 else"),
    ],
)
def test_a_value_is_told_for_each_profile(value: Declared, says: str) -> None:
    assert shown(value) == says


def test_a_parameter_that_parts_share_has_one_line_in_columns() -> None:
    rate = {"rate": Limits(above=0.0)}
    parts = [
        PartDescription(id="a", title="A", kind="study", parameters={"rate": 0.1, "n": 8}, limits=rate),
        PartDescription(id="b", title="B", kind="study", parameters={"rate": 0.1, "n": (1, 2)}, limits=rate),
    ]
    assert list(parameters(parts)) == [
        "  parameters, set by --param NAME=VALUE:",
        "    rate  0.1  above 0  a, b",
        "    n     8             a",
        "    n     1,2           b",
    ]
    assert list(parameters([])) == []
