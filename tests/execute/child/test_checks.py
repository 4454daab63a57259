"""What ``bench check`` finds wrong: each promise alone, in this process. Whole checks are in ``tests/cli/verbs``."""

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import torch

from bench import Exercise, Lab, Skip, Work
from bench.execute.child import checks
from bench.execute.child.tasks import TaskContext
from bench.execute.messages import Channel, Checked, Order
from bench.model import Case, Claim, Findings, Metric, Task

exercise = Exercise()
ORDER = Order(kind="check", module="ex01", exercise="ex01", profile="smoke")


class Nobody:
    def send(self, message: object) -> None:
        pass

    def mark(self, variant: str) -> None:
        pass


@exercise.study("a", "Draws as it should, and takes its time")
def sound(lab: Lab) -> None:
    lab.metric("drawn", torch.rand((), generator=lab.generator()))
    with lab.timed("a moment"):
        pass


@exercise.study("b", "Claims more from run to run")
def growing(lab: Lab) -> None:
    calls.append(0)
    for number in calls:
        lab.claim(f"claim {number}", 0, equals=0)


@exercise.study("c", "Leaves itself out")
def skipped(lab: Lab) -> None:
    raise Skip("nothing to see")


@exercise.comparison("d", "Two of three are wrong", reference="one")
def wrong(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
    x = torch.ones(3, dtype=lab.dtype)
    return {"one": lambda: x * 1, "twice": lambda: x * 2, "shape": lambda: x[:2] * 1, "same": lambda: x / 1}


@exercise.study("e", "Needs a GPU", devices=("cuda",))
def elsewhere(lab: Lab) -> None:
    raise AssertionError("this is not a GPU")


@exercise.study("f", "Changes the world", devices=("cpu",))
def changing(lab: Lab) -> None:
    torch.rand(())
    torch.backends.cudnn.benchmark = True


@exercise.race("g", "As it should be", target="loss ≤ 0.1", limit=5)
def fair(lab: Lab) -> dict[str, Callable[[], Iterator[float]]]:
    return {"arrives": lambda: iter([1.0, 0.1]), "never": lambda: iter([1.0] * 9), "diverges": lambda: iter([math.nan])}


@exercise.race("h", "Goes on where it was, yields words, and nobody arrives", target="loss ≤ 0.1", limit=5)
def unfair(lab: Lab) -> dict[str, Callable[[], Iterator[object]]]:
    kept = itertools.count(1)
    return {"words": lambda: iter(["low"]), "goes on": lambda: iter([next(kept), next(kept)])}


calls: list[int] = []


def verdicts(part: str, folder: Path, seen: checks.Seen | None = None) -> dict[str, str]:
    order = Order(kind="check", module="ex01", exercise="ex01", profile="smoke", folder=str(folder))
    channel = cast(Channel, Nobody())
    checked = checks.of_part(order, exercise.parts[part], channel, seen or checks.Seen())
    return {each.promise: each.problem for each in checked}


def test_a_sound_study_keeps_every_promise_though_it_never_takes_the_same_time(tmp_path: Path) -> None:
    assert verdicts("a", tmp_path) == {
        "a: two runs with one seed find the same": "",
        "a: it changes no global state": "",
    }


def test_what_the_parts_have_is_told(tmp_path: Path) -> None:
    seen = checks.Seen()
    for part in "acd":
        verdicts(part, tmp_path, seen)
    assert [metric.name for metric in seen.found["a"].metrics] == ["drawn", "a moment"]
    assert seen.found.keys() == {"a"}
    assert seen.variants == {"d": ("one", "twice", "shape", "same")}


def test_findings_that_differ_in_number_are_counted(tmp_path: Path) -> None:
    assert verdicts("b", tmp_path)["b: two runs with one seed find the same"] == "1 claims, then 2"


def test_a_part_that_leaves_itself_out_breaks_no_promise(tmp_path: Path) -> None:
    assert verdicts("c", tmp_path) == {
        "c: two runs with one seed find the same (skipped: nothing to see)": "",
        "c: it changes no global state": "",
    }


def test_what_is_left_changed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", False)
    assert verdicts("f", tmp_path)["f: it changes no global state"] == "changes cudnn.benchmark from False to True"


def test_every_variant_that_disagrees_is_named(tmp_path: Path) -> None:
    found = verdicts("d", tmp_path)
    assert found["d: two set-ups with one seed compute the same"] == ""
    first, second = found["d: its variants agree with the reference"].split("; 'shape': ")
    assert first.startswith("'twice': it is 2 × the reference's; output[")
    assert second


def test_a_fair_race_keeps_every_promise_and_its_methods_are_known(tmp_path: Path) -> None:
    seen = checks.Seen()
    assert verdicts("g", tmp_path, seen) == {
        "g: its methods yield numbers, and one of them reaches loss ≤ 0.1": "",
        "g: two runs with one seed go alike": "",
        "g: it changes no global state": "",
    }
    assert seen.variants == {"g": ("arrives", "never", "diverges")}


def test_what_is_wrong_with_a_race_is_named(tmp_path: Path) -> None:
    found = verdicts("h", tmp_path)
    problem = found["h: its methods yield numbers, and one of them reaches loss ≤ 0.1"]
    assert problem.startswith("'words': a step yields a str")
    assert "'goes on': no method reached the target; this one: over after 2 steps" in problem
    assert found["h: two runs with one seed go alike"].startswith("a step yields a str")


@pytest.mark.parametrize(
    ("error", "problem"),
    [(ZeroDivisionError("no"), "ZeroDivisionError: no"), (SystemExit(0), "called sys.exit(0)")],
)
def test_an_error_is_the_problem_of_the_promise_that_met_it(error: BaseException, problem: str) -> None:
    def fail() -> str:
        raise error

    assert checks.promise("a: it works", fail) == Checked("a: it works", problem)


def test_what_differs_is_named_with_what_to_do() -> None:
    first, second = (
        Findings(metrics=(Metric("same", 1.0), Metric("drawn", value)), claims=(Claim("c", 1.0, "equals", 1.0),))
        for value in (1.0, 2.0)
    )
    assert checks.difference("claims", first, second) == ""
    assert checks.difference("metrics", first, second).startswith("metrics: 'drawn' differs from one run to the next")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exercise], None]:
    """Says which exercise is loaded."""
    return lambda exercise: monkeypatch.setattr(checks.plugins, "load", lambda module: exercise)


def test_an_exercise_without_parts_is_none(loads: Callable[[Exercise], None]) -> None:
    loads(Exercise())
    checked = checks.check(ORDER, Nobody()).checked  # type: ignore[arg-type]
    assert [bool(each.problem) for each in checked] == [False, False, True]
    assert checked[-1].problem.startswith("no part is declared")


def test_only_parts_for_the_processor_are_tried(
    loads: Callable[[Exercise], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", False)
    loads(exercise)
    checked = checks.check(ORDER, Nobody()).checked  # type: ignore[arg-type]
    assert {each.promise[:2] for each in checked[3:]} == {"a:", "b:", "c:", "d:", "f:", "g:", "h:"}


def test_set_ups_that_differ_are_found_for_the_variant_that_shows_it(tmp_path: Path) -> None:
    moving = Exercise()

    @moving.comparison("a", "Only one of the variants moves", reference="still")
    def setup(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
        calls.append(0)
        here = float(len(calls))
        return {"still": lambda: torch.ones(2), "moves": lambda: torch.full((2,), here)}

    task = Task("agree", Case(exercise="ex01", part="a", device="cpu", seed=0))
    order = Order(kind="check", exercise="ex01", profile="smoke", folder=str(tmp_path))
    context = TaskContext(order=order, task=task, part=moving.parts["a"], channel=Nobody())
    assert checks.same_outputs(context, checks.Seen()).startswith("'moves' gives other values from the same seed")


def test_what_a_call_gets_done_is_tried(tmp_path: Path) -> None:
    counting = Exercise()
    works: dict[str, object] = {
        "a": Work(1, "rows", flops=2, bytes=4),
        "b": "many rows",
    }

    def setup(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
        return {"one": lambda: torch.ones(2)}

    for id, work in works.items():
        counting.comparison(id, "Counts", reference="one", work=lambda work=work: work)(setup)
    counting.comparison("c", "Counts half", reference="one", work=lambda: Work(1, "rows", flops=2))(setup)
    order, seen = Order(kind="check", exercise="ex01", profile="smoke"), checks.Seen()
    every = list(checks.of_parts(order, counting, Nobody(), seen))
    problems = [each.problem for each in every if "sound Work" in each.promise]
    assert problems[0] == ""
    assert problems[1] == "work gives a str, and not a Work"
    assert problems[2].endswith("a Work has flops and bytes, or neither: give bytes too")
    assert seen.work == {"a": works["a"]}
