"""What was not run, by question."""

from __future__ import annotations

from dataclasses import replace

from bench.model import ExerciseInfo, PartInfo, Run
from bench.report.answers.pieces import Fold, Prose, Section
from bench.report.page.lacks import Lack, home, is_mostly_open, is_whole, lacking


def part(id: str, devices: tuple[str, ...] = ("cpu", "cuda")) -> PartInfo:
    return PartInfo(id=id, title=f"<{id}>", kind="study", devices=devices)


EXERCISE = ExerciseInfo(
    id="ex10",
    title="",
    parts=(part("a"), part("a.speed"), part("b"), part("c", ("cuda",)), part("z")),
)
ASKED = (
    Section(title="Before"),
    Section(question="a", title="10a"),
    Section(question="b", title="10b"),
    Section(question="c", title="10c"),
)


def test_every_question_is_a_line_with_its_command(run: Run) -> None:
    quick = replace(run, profile="quick", devices=("cpu",))
    assert lacking(quick, EXERCISE, ASKED[1:], ["a.speed"]) == (
        Lack(title="10a", command="bench run ex10.a", ran=("ex10.a.speed",)),
        Lack(title="10b", command="bench run ex10.b"),
        Lack(title="10c", command="bench run ex10.c --device cuda"),
        Lack(title="&lt;z&gt;", command="bench run ex10.z"),
    )
    assert lacking(quick, EXERCISE, ASKED[1:], [each.id for each in EXERCISE.parts]) == ()


def test_a_part_that_another_name_runs_is_not_named(run: Run) -> None:
    full = replace(run, profile="full", devices=("cpu",))
    first, *_ = lacking(full, EXERCISE, ASKED[1:], ["b"])
    assert first == Lack(title="10a", command="bench run ex10.a --profile full")


def test_the_home_of_a_part_is_the_longest_name() -> None:
    assert home("a.speed", ["a", "a.speed"]) == "a.speed"
    assert home("a.speed", ["a"]) == "a"
    assert home("a", ["b"]) is None


OPEN, KNOWN = '<span class="unmeasured" title="x">…</span>', '<span class="live" title="x">1</span>'


def test_an_answer_is_mostly_open_where_more_of_its_numbers_are_missing_than_known() -> None:
    inside = Fold("Why", (Prose(f"<p>{OPEN}</p>"),))
    assert is_mostly_open(Section(answer=KNOWN, pieces=(Prose(OPEN), inside)))
    assert not is_mostly_open(Section(answer=KNOWN, pieces=(inside,)))
    assert is_whole(KNOWN)
    assert not is_whole(KNOWN + OPEN)
