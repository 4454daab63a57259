"""An exercise's page, before a template sets it."""

from __future__ import annotations

from dataclasses import replace

from bench.model import Peak, Run, Work
from bench.report.page import placing, view
from bench.report.page.lacks import Lack
from bench.report.page.placing import Drawn
from bench.report.page.view import ExerciseView

PLACED = """# Exercise 10

Before.

## 10a — One

**Question.** Which?

::: answer
Batch 1 is noisier.
:::

{{ chart("a", "Training loss", beside=True) }}

Text beside it.

{{ compare("a.speed", show="table") }}

::: details Derivation
Because.
:::

## 10z — Not run

x

## References

- none
"""


def page(run: Run, answer: str) -> ExerciseView:
    (exercise,) = view.view(replace(run, exercises=(replace(run.exercises[0], answer=answer),)))
    return exercise


def test_a_part_stands_below_its_own_heading_or_its_letters_or_alone(run: Run) -> None:
    def blocks(answer: str) -> list[tuple[str, list[str]]]:
        return [(q.title, [part.info.id for part in q.whole]) for q in page(run, answer).questions]

    assert blocks("## 10a — One\n\nx\n\n## 10b — Two\n\ny") == [
        ("10a — One", ["a", "a.speed"]),
        ("10b — Two", ["b"]),
        ("Two GPUs", ["c"]),
        ("Real pictures", ["d"]),
    ]
    assert blocks("## 10a — One\n\nx\n\n## 10a.speed — Speed\n\ny")[:2] == [
        ("10a — One", ["a"]),
        ("10a.speed — Speed", ["a.speed"]),
    ]


def test_the_files_that_an_answer_prints_are_those_that_the_run_kept(run: Run) -> None:
    answer = '## 10a — One\n\n{{ code("solution.py") }}\n\n{{ code("other.py") }}'
    kept = replace(run, exercises=(replace(run.exercises[0], answer=answer, sources={"solution.py": "x < 1"}),))
    (exercise,) = view.view(kept)
    code, absent = placing.things(exercise.questions[0].rows)
    assert code == placing.Code("solution.py", "x < 1")
    assert absent == placing.Absent("the code of other.py")


def test_what_is_placed_stands_once(run: Run) -> None:
    question = page(run, PLACED).questions[0]
    shown = [thing for thing in placing.things(question.rows) if isinstance(thing, Drawn)]
    assert [thing.chart.name for thing in shown] == ["Training loss"]
    names = [chart.name for part in question.parts for chart in part.charts]
    assert "Training loss" not in names
    assert "Training loss" in [chart.name for part in question.whole for chart in part.charts]
    assert [part.compared for part in question.parts if part.info.id == "a.speed"] == [()]
    assert question.wording == "<p><strong>Question.</strong> Which?</p>\n"
    assert "noisier" in question.answer


def test_text_of_no_question_stands_around_them(run: Run) -> None:
    around = page(run, PLACED)
    assert "Before." in around.before
    assert "References" in around.after


def test_a_question_that_this_run_lacks_is_one_line(run: Run) -> None:
    kept = tuple(record for record in run.records if record.case.part == "b")
    lacking = page(replace(run, records=kept), '## 10a — One\n\n{{ metric("x") }}\n\n## 10b — Two\n\ny')
    assert lacking.lacking[0] == Lack(title="10a — One", command="bench run ex10.a")
    assert [question.title for question in lacking.questions] == ["10b — Two"]


def test_what_an_answer_places_of_a_part_that_was_not_run_takes_no_room(run: Run) -> None:
    kept = tuple(record for record in run.records if record.case.part == "a.speed")
    question = page(replace(run, records=kept), PLACED).questions[0]
    assert [row.is_paired for row in question.rows] == [False, False, False]
    assert [thing.kind for thing in placing.things(question.rows)] == ["comparison"]
    assert not question.is_paired
    assert page(run, PLACED).questions[0].is_paired


def test_a_question_of_words_alone_is_no_lack(run: Run) -> None:
    asked = page(run, PLACED)
    assert "10z — Not run" not in [lack.title for lack in asked.lacking]
    assert "10z — Not run" in [question.title for question in asked.questions]


def test_the_titles_of_parts_are_text(hostile_run: Run) -> None:
    alone = page(hostile_run, "")
    assert all("<script>" not in question.title for question in alone.questions)


def test_a_roofline_that_is_placed_stands_once(run: Run) -> None:
    work = Work(8, "images", flops=4e6, bytes=1e6)
    peak = Peak(device="cpu", flops=80e9, bandwidth=20e9, threads=1, array=1)
    records = tuple(replace(record, work=work) for record in run.records)
    answer = (
        '## 10a — Which?\n\n::: answer\nThis.\n:::\n\n{{ compare("a.speed", show="roofline", beside=True) }}\n\nText.'
    )
    question = page(replace(run, records=records, peaks=(peak,)), answer).questions[0]
    shown = [thing.chart.name for thing in placing.things(question.rows) if isinstance(thing, Drawn)]
    assert shown == ["roofline"]
    assert "roofline" not in [chart.name for part in question.parts for chart in part.charts]
