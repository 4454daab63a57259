"""What the page says, before a template sets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.model import Run, Table
from bench.report.page import view


def test_columns_of_numbers_are_known_also_where_they_are_written_out() -> None:
    table = Table("t", ("text", "number", "digits"), (("w1", 1.5, "0.899000"), ("2 steps", None, "-1,024.5e-3")))
    assert view.Placed(table, ()).numeric == (False, True, True)


def test_equal_tables_of_several_seeds_stand_once(build: Callable[..., Run]) -> None:
    page = view.view(build(hostile=False, seeds=(0, 1)))
    (table,) = page.exercises[0].parts[0].tables
    assert table.label == "cpu, seed 0; cpu, seed 1"


def test_a_moment_is_a_date_in_words_or_stands_as_it_is() -> None:
    assert view.moment("2026-11-24T18:05:00+00:00") == "24 November 2026, 18:05 UTC"
    assert view.moment("2026-11-04T08:05:00") == "4 November 2026, 08:05"
    assert view.moment("yesterday") == "yesterday"


def test_facts_that_are_not_known_are_left_out(build: Callable[..., Run]) -> None:
    run = build(hostile=False)
    facts = dict(view.facts(run))
    assert not {"GPU", "driver", "CUDA"} & set(facts)
    assert facts["commit"] == "b481930, with uncommitted changes"
    clean = replace(run, environment=replace(run.environment, commit="", gpu="a card"))
    assert "commit" not in dict(view.facts(clean))
    assert dict(view.facts(clean))["GPU"] == "a card"


def test_a_part_stands_below_its_own_heading_or_its_letters_or_last(run: Run) -> None:
    def blocks(answer: str) -> list[tuple[str, list[str]]]:
        (exercise,) = view.view(replace(run, exercises=(replace(run.exercises[0], answer=answer),))).exercises
        return [(block.title, [part.info.id for part in block.parts]) for block in exercise.blocks]

    assert blocks("## 10a — One\n\nx\n\n## 10b — Two\n\ny") == [
        ("10a — One", ["a", "a.speed"]),
        ("10b — Two", ["b"]),
        ("", ["c", "d"]),
    ]
    assert blocks("## 10a — One\n\nx\n\n## 10a.speed — Speed\n\ny")[:2] == [
        ("10a — One", ["a"]),
        ("10a.speed — Speed", ["a.speed"]),
    ]


def test_files_are_the_data_the_drawings_and_what_studies_drew(run: Run) -> None:
    files = view.view(run).files
    assert files[:2] == ("run.json", "journal.jsonl")
    assert files[-1] == "a/mistakes.png"
    assert len(files) == len(set(files)), "three seeds drew one picture"
