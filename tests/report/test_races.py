"""The rows of a race, in words: one seed and several, who is behind and by how much at least, hostile names."""

import re
from dataclasses import replace
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.analysis.families import NO_FAMILY
from bench.model import Case, Environment, ExerciseInfo, PartInfo, Record, Run, Sample, Trial
from bench.report import races
from bench.report.charts.of_run import charts
from bench.report.console import show
from bench.report.page import html
from tests.report.sample import EVIL

PART = PartInfo(id="b.race", title="t", kind="race", target="loss ≤ 0.1", limit=100)


def method(
    name: str, seconds: float = 1.0, *, end: Any = "reached", steps: int = 10, seed: int = 0, **more: Any
) -> Record:
    case = Case(exercise="ex10", part="b.race", device="cpu", seed=seed, parameters={"batch": 8}, variant=name)
    trial = Trial(end=end, steps=steps, evaluations=steps, best=0.05, seconds=seconds, runs=3)
    laps = [Sample(round=r, calls=1, seconds=seconds, laps=(seconds * (1 + 1e-3 * r),)) for r in range(3)]
    return Record(case=case, outcome="ok", trials=(trial,), samples=tuple(laps) if trial.is_reached else (), **more)


def lines(*records: Record, part: PartInfo = PART) -> dict[str, races.Line]:
    (table,) = races.tables(part, records)
    return {line.method: line for line in table.lines}


def printed(*records: Record, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width)
    for each in races.renderables(PART, records, NO_FAMILY):
        console.print(each)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_line_has_time_ratio_steps_evaluations_and_best() -> None:
    found = lines(method("SGD"), method("Adam", 0.5, steps=4))
    assert found["SGD"].against == "reference"
    adam = found["Adam"]
    assert (adam.time, adam.against, adam.verdict) == ("500 ms", "2 times faster", "faster")
    assert (adam.steps, adam.evaluations, adam.best, adam.end, adam.is_reached) == ("4", "4", "0.05", "reached", True)


def test_the_declared_reference_comes_first() -> None:
    part = replace(PART, reference="Adam")
    assert list(lines(method("SGD"), method("Adam", 0.5), part=part)) == ["Adam", "SGD"]


def test_who_did_not_arrive_is_behind_by_what_it_ran_in_vain() -> None:
    found = lines(method("SGD"), method("stuck", 30.0, end="limit", steps=100), method("nan", 30.0, end="diverged"))
    assert (found["stuck"].outcome, found["stuck"].against) == ("not in 100 steps", "more than 30 times slower")
    assert (found["stuck"].steps, found["stuck"].is_bad, found["stuck"].is_reached) == ("", False, False)
    assert (found["nan"].outcome, found["nan"].against) == ("diverged at step 10", "")
    assert lines(method("SGD"), method("short", 0.5, end="limit"))["short"].against == ""


def test_where_the_reference_did_not_arrive_the_others_are_ahead_by_that() -> None:
    found = lines(method("stuck", 30.0, end="limit"), method("SGD"), method("slow", 60.0))
    assert found["stuck"].against == "reference"
    assert found["SGD"].against == "more than 30 times faster"
    assert found["slow"].against == "the reference did not arrive"


def test_a_method_that_arrives_by_chance_has_no_ratio() -> None:
    chance = method("chance", 30.0, end="limit")
    chance = replace(chance, trials=(*chance.trials, replace(chance.trials[0], end="reached", steps=3)))
    line = lines(method("SGD"), chance)["chance"]
    assert (line.outcome, line.against, line.steps) == ("reached in 3 of 6 runs", "", "3")


def test_what_failed_has_its_reason() -> None:
    broken = replace(method("broken"), outcome="failed", reason="ValueError: no", trials=(), samples=())
    line = lines(method("SGD"), broken)["broken"]
    assert (line.outcome, line.reason, line.is_bad) == ("failed", "ValueError: no", True)


def test_several_seeds_first_say_what_they_say_together() -> None:
    records = [method("SGD", 1.0 + seed, steps=10 + seed, seed=seed) for seed in range(3)]
    records += [method("Adam", 0.25 * (1.0 + seed), seed=seed) for seed in range(3)]
    records += [method("odd", 1.0, end="limit" if seed else "reached", seed=seed) for seed in range(3)]
    together, *each = races.tables(PART, records)
    assert [table.seeds for table in (together, *each)] == [(0, 1, 2), (0,), (1,), (2,)]
    sgd, adam, odd = together.lines
    assert (sgd.steps, sgd.against) == ("10 to 12", "reference")
    assert (adam.against, adam.verdict, adam.is_reached) == ("4 times faster", "faster", True)
    assert (odd.outcome, odd.against) == ("reached with 1 of 3 seeds", "")
    assert races.heading(together, several_devices=False) == "batch = 8, over 3 seeds"
    assert races.heading(each[2], several_devices=True) == "batch = 8, on cpu, seed 2"


def test_methods_on_two_devices_are_never_held_against_each_other() -> None:
    records = [method("SGD"), method("Adam", 0.5)]
    records += [replace(each, case=replace(each.case, device="cuda")) for each in records]
    one, other = races.tables(PART, records)
    assert (one.device, other.device) == ("cpu", "cuda")
    for table in (one, other):
        assert [line.against for line in table.lines] == ["reference", "2 times faster"]


def test_evaluations_are_shown_where_they_are_not_the_steps() -> None:
    assert "evaluations" not in printed(method("SGD"))
    twice = method("SGD")
    assert "evaluations" in printed(replace(twice, trials=(replace(twice.trials[0], evaluations=20),)))


def test_a_terminal_shows_every_method_and_the_notes() -> None:
    chance = method("chance", 3.0)
    chance = replace(chance, trials=(*chance.trials, replace(chance.trials[0], steps=12)))
    text = printed(method("SGD"), chance)
    assert "to loss ≤ 0.1, batch = 8" in text
    assert "3 × slower" in text
    assert "chance: is not deterministic: 10 to 12 steps in 6 runs" in text
    assert all(line.startswith("    ") for line in text.splitlines() if line.strip()), "as far in as other rows"


def test_hostile_names_are_printed_as_they_stand() -> None:
    text = printed(method("SGD"), method(EVIL[:30] + "[bold]x\x1b[2J", 2.0), width=200)
    assert "[bold]x�[2J" in text
    assert "\x1b[2J" not in text


@pytest.mark.parametrize(
    ("records", "found"),
    [((method("SGD"), method("Adam", 0.5)), "2 times faster"), ((method("SGD"),), ""), ((method("Adam"),), "")],
)
def test_an_answer_asks_for_one_of_them(records: tuple[Record, ...], found: str) -> None:
    assert races.against_of(PART, records[-1], records, NO_FAMILY) == found


def test_an_answer_hears_that_a_method_did_not_arrive() -> None:
    stuck, there = method("stuck", end="limit", steps=7), method("SGD", steps=7)
    assert races.outcome(stuck, "1 s") == "not in 7 steps"
    assert races.outcome(there, "1 s") == "1 s"
    assert races.outcome(replace(there, trials=()), "1 s") == "1 s"
    assert (races.steps(there), races.evaluations(there), races.steps(stuck)) == ("7", "7", "")


def run_of(*records: Record) -> Run:
    return Run(
        schema=1,
        id="r",
        created="2026-11-28T00:00:00+00:00",
        command=("bench", "run", "ex10"),
        profile="quick",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=Environment(python="", torch="", platform="", cpu="", cores=1, memory=1, threads=1),
        exercises=(
            ExerciseInfo(
                id="ex10",
                title="t",
                parts=(PART,),
                answer='# T\n\n## b — Q\n\n{{ ratio("b.race", "Adam") }}, {{ steps("b.race", "Adam") }} steps in '
                '{{ time("b.race", "Adam") }}; {{ time("b.race", "stuck") }}; {{ evaluations("b.race", "SGD") }}\n',
            ),
        ),
        records=records,
    )


def test_a_page_shows_the_table_and_the_answer_its_numbers(tmp_path: Path) -> None:
    run = run_of(
        method("SGD"), method("Adam", 0.5, steps=4), method("stuck", 30.0, end="limit", steps=100), method(EVIL, 2.0)
    )
    html.bench_report(run, tmp_path)
    page = "".join(path.read_text() for path in sorted(tmp_path.glob("ex*.html")))
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "To loss ≤ 0.1, batch = 8" in text
    assert "Time to the target Against the reference Steps Best" in text
    assert "Adam 500 ms 2 times faster 4 0.05" in text
    assert "stuck not in 100 steps more than 30 times slower" in text
    assert "2 times faster , 4 steps in 500 ms ; not in 100 steps ; 10" in text
    assert EVIL not in page


def test_an_answer_places_the_table_of_a_race_once(tmp_path: Path) -> None:
    run = run_of(method("SGD"), method("Adam", 0.5, steps=4))
    placing = replace(run.exercises[0], answer='## b — Q\n\nText.\n\n{{ compare("b.race") }}\n')
    html.bench_report(replace(run, exercises=(placing,)), tmp_path)
    page = (tmp_path / "ex10.html").read_text()
    assert page.count("To loss ≤ 0.1, batch = 8") == 1
    assert page.index("<caption>To loss") < page.index('class="fold evidence"')
    assert "Not in this run" not in page


def test_the_summary_of_a_run_shows_a_race_and_no_time_per_call() -> None:
    console = Console(file=StringIO(), width=100)
    show(run_of(method("SGD"), method("Adam", 0.5, steps=4)), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "2 × faster" in text
    assert "2 methods" in text
    assert "agree" not in text
    assert charts(run_of(method("SGD"))) == {}


def test_methods_of_two_places_race_in_tables_of_their_own() -> None:
    listed = [
        replace(method(name, seconds, seed=seed), place=f"node-{seed}")
        for seed in (1, 2)
        for name, seconds in (("SGD", 1.0), ("Adam", 0.5))
    ]
    found = races.tables(PART, listed)
    assert [(table.place, table.seeds) for table in found] == [("node-1", (1,)), ("node-2", (2,))]
    assert "on node-2" in races.heading(found[1], several_devices=False, several_places=True)
    assert "on node-2" in printed(*listed)
