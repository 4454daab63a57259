"""``bench check``: promise by promise. What is promised is tested in ``tests/execute/child/test_checks.py``."""

import json
from collections.abc import Callable

import pytest

from bench.cli.verbs.check import asked, exit_code
from bench.execute.messages import Checked

ANSWERED = """
from bench import Exercise, hookimpl

exercise = Exercise()


@exercise.study("a", "What is it?")
def one(lab):
    lab.metric("one", 1)


@hookimpl
def bench_exercise():
    return exercise
"""


def test_what_is_sound_passes(bench: Callable) -> None:
    done = bench("check", "ex90")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout
    assert done.stdout.count("✓") == 3 + 2 + 4


@pytest.mark.parametrize(
    ("name", "code", "problems"),
    [
        ("ex91", 4, ["RuntimeError: the import went wrong"]),
        ("ex92", 4, ["bench_excercise"]),
        ("ex94", 4, ["SIGSEGV"]),
        ("ex95", 1, ["SIGSEGV", "while it worked on 'dies'"]),
        ("ex97", 1, ["default dtype from torch.float32", "grad mode", "'drawn' differs", "other values from the same"]),
    ],
)
def test_every_broken_promise_is_named(bench: Callable, name: str, code: int, problems: list[str]) -> None:
    done = bench("check", name)
    assert done.returncode == code
    for problem in problems:
        assert problem in done.stdout
    assert done.stderr == ""


def test_several_are_checked_in_turn_each_once(bench: Callable) -> None:
    done = bench("check", "ex91", "ex97", "ex90", "ex90")
    assert done.returncode == 1
    rows = [line.split()[:2] for line in done.stdout.splitlines()]
    assert [id for _, id in rows] == ["ex91", *["ex97"] * (len(rows) - 10), *["ex90"] * 9]
    assert rows[0] == ["✗", "ex91"]
    assert {mark for mark, id in rows if id == "ex90"} == {"✓"}


def test_json_is_one_document(bench: Callable) -> None:
    done = bench("check", "ex90", "ex91", "--json")
    assert done.returncode == 4
    rows = json.loads(done.stdout)
    assert [row["exercise"] for row in rows] == ["ex90"] * 9 + ["ex91"]
    assert [bool(row["problem"]) for row in rows] == [False] * 9 + [True]


@pytest.mark.parametrize(
    ("problems", "code"), [(["", "", ""], 0), (["", "", "broken"], 1), (["does not load"], 4), (["does not", "x"], 4)]
)
def test_an_exercise_that_does_not_load_is_another_matter(problems: list[str], code: int) -> None:
    assert exit_code([Checked("a promise", problem) for problem in problems]) == code


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [([], 2, "name an exercise"), (["ex90", "--all"], 2, "name none beside it"), (["ex90", "ex9"], 5, "'ex9'")],
)
def test_it_refuses_before_it_begins(
    bench: Callable, one_line: Callable, arguments: list[str], code: int, says: str
) -> None:
    assert says in one_line(bench("check", *arguments), code)


def test_an_answer_is_held_against_its_exercise(bench: Callable, install: Callable) -> None:
    package = install("more", ex98_answered=ANSWERED)
    answer = package / "ex98_answered.md"
    answer.write_text('# T\n\n## a — Why?\n\nIt is {{ metric("one") }}.\n')
    done = bench("check", "ex98")
    assert "✓ ex98  ex98_answered.md: its headings bind, and what it names is there\n" in done.stdout
    assert done.returncode == 0
    answer.write_text('# T\n\n## b — Why?\n\nIt is\n{{ metric("two") }}.\n')
    done = bench("check", "ex98")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("✗")] == [
        '✗ ex98  ex98_answered.md:1: no heading takes part a: write one such as "## a — What is it?"',
        "✗ ex98  ex98_answered.md:3: the heading names question b, which no part answers; there is a",
        '✗ ex98  ex98_answered.md:6: metric("two"): no study has a metric of this name; there is one',
    ]


def test_all_means_every_exercise() -> None:
    ids = [listing.id for listing in asked((), everything=True)]
    assert {"ex06", "ex90"} < set(ids)
    assert ids == sorted(ids)
