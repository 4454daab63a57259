"""Numbers of kept runs: looked up by part and name, stripped to what is named, told with the run that they are from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.model import SCHEMA, Case, Claim, DataSource, Findings, Metric, Record, Run
from bench.report.answers import calls, kept, theory
from bench.report.answers.kept import Kept
from bench.report.answers.live import Shown
from bench.report.answers.pieces import Reference
from bench.results import store

DIGITS = DataSource(name="MNIST", source="files", sha256="0" * 64, sizes={"train": 60_000, "test": 10_000})


def record(part: str, accuracy: float, **parameters: int) -> Record:
    found = Findings(
        metrics=(Metric("accuracy", accuracy, "%"), Metric("never named", 1.0, "")),
        claims=(Claim("it learns", accuracy, "at_least", 90.0),),
        data=(DIGITS,),
    )
    case = Case(exercise="ex10", part=part, device="cpu", seed=0, parameters=parameters)
    return Record(case=case, outcome="ok", findings=found, seconds=4.0, notes=("a note",))


def asked(*texts: str) -> list[Reference]:
    return [calls.parse(text) for text in texts]


@pytest.fixture
def full(run: Run) -> Run:
    other = Record(case=Case(exercise="ex04", part="a", device="cpu", seed=0), outcome="ok")
    records = (record("a", 98.5, batch=1), record("a", 97.5, batch=8), record("b", 99.0), other)
    return replace(run, id="full-run", profile="full", created="2026-11-26T08:36:01+00:00", records=records)


def text_of(*runs: Run) -> str:
    return store.encode(Kept(schema=SCHEMA, runs=runs)).decode()


def test_a_number_is_that_of_its_part_and_setting(full: Run) -> None:
    text = text_of(full)
    metric, claim, all_of_b = asked('kept("a", "accuracy", batch=8)', 'kept("b", "it learns")', 'kept("b", "accuracy")')
    assert kept.look_up(metric, text) == Shown("97.5 %", detail="full-run")
    assert kept.look_up(claim, text) == Shown("99 ≥ 90", True, detail="full-run")
    assert kept.look_up(all_of_b, text).text == "99 %"


def test_several_settings_are_told_apart(full: Run) -> None:
    shown = kept.look_up(*asked('kept("a", "accuracy")'), text_of(full))
    assert shown.text == "98.5 / 97.5 % (batch 1 / 8)"
    assert shown.detail.endswith("; full-run")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ('kept("c", "accuracy")', "a run"),
        ('kept("a", "another name")', "a run"),
        ('kept("a", "accuracy", batch=9)', "a run"),
        ('kept("a", "accuracy")', ""),
        ('kept_run("c")', "a run"),
    ],
)
def test_what_is_not_kept_is_left_open(call: str, text: str, full: Run) -> None:
    assert kept.look_up(*asked(call), text and text_of(full)) == kept.NOT_KEPT


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"schema": 99, "runs": []}', '{"schema": 1, "runs": [1]}', '{"runs": []}']
)
def test_a_file_that_is_none_of_ours_is_said_to_be_so(text: str) -> None:
    shown = kept.look_up(*asked('kept("a", "accuracy")'), text)
    assert not shown.measured
    assert shown.text.startswith("kept.json: ")


def test_a_run_is_told_with_its_profile_machine_and_data(full: Run) -> None:
    words = kept.look_up(*asked('kept_run("a")'), text_of(full)).text
    assert words.startswith("run in profile full of 26 November 2026 (")
    assert f"PyTorch {full.environment.torch}" in words
    assert "MNIST: 60000 train, 10000 test" in words


def test_only_what_is_named_is_kept_of_a_run(full: Run) -> None:
    left = kept.stripped(full, "ex10", asked('kept("a", "accuracy")', 'kept("b", "it learns")'))
    assert [each.case.part for each in left.records] == ["a", "a", "b"]
    assert [metric.name for each in left.records for metric in each.findings.metrics] == ["accuracy"] * 2
    assert [claim.name for each in left.records for claim in each.findings.claims] == ["it learns"]
    assert (left.exercises, left.code, left.command, left.records[0].notes) == ((), {}, (), ())
    assert kept.stripped(full, "ex10", asked('kept_run("b")')).records[0].findings.data == (DIGITS,)


def test_a_newer_run_takes_the_place_of_its_parts_alone(full: Run) -> None:
    references = asked('kept("a", "accuracy")', 'kept("b", "accuracy")')
    first = kept.merged(Kept(schema=0), full, "ex10", references)
    newer = replace(full, id="newer", records=(record("b", 99.5),))
    both = kept.merged(first, newer, "ex10", references)
    assert [(each.id, sorted({r.case.part for r in each.records})) for each in both.runs] == [
        ("full-run", ["a"]),
        ("newer", ["b"]),
    ]
    assert kept.merged(both, newer, "ex10", references) == both
    assert kept.missing(references, both) == []


def test_what_is_no_longer_named_goes(full: Run) -> None:
    first = kept.merged(Kept(schema=0), full, "ex10", asked('kept("a", "accuracy")', 'kept("b", "accuracy")'))
    left = kept.merged(first, replace(full, id="other", records=()), "ex10", asked('kept("a", "accuracy")'))
    assert {record.case.part for each in left.runs for record in each.records} == {"a"}


def test_an_answer_shows_them_beside_the_runs_own(run: Run, full: Run) -> None:
    exercise = replace(run.exercises[0], sources={kept.FILE: text_of(full)})
    answer = '## a — x\n\n{{ kept("a", "accuracy", batch=1) }} and {{ kept("z", "accuracy") }}'
    (section,) = theory.render(answer, run, exercise)
    html = str(section.pieces[0])
    assert "full-run" in html
    assert ">98.5" in html
    assert "no run is kept with it" in html
