"""The task of a race, with planted methods: twice as slow, twice the steps, one that diverges, one that never arrives,
one by chance, one that yields NaN. The clock is one that the methods set themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bench import Exercise, Lab, Progress
from bench.analysis import families
from bench.execute.child import racing
from bench.execute.child.context import TaskContext
from bench.execute.messages import Order
from bench.execute.observations import records_of_case
from bench.measure import clock
from bench.model import Case, Observation, PartInfo, Record, Task
from bench.report import races
from tests.execute.hosting import Nobody

exercise = Exercise()
SPENT: list[float] = []
"""What the steps since the last reading have taken, in seconds of their own telling."""
STREAM = torch.Generator().manual_seed(0)

Start = Callable[[], Iterator[Any]]


def halving(seconds: float = 1.0, factor: float = 0.5, evaluations: int = 1) -> Start:
    def steps() -> Iterator[Any]:
        value = 1.0
        while True:
            SPENT.append(seconds)
            value *= factor
            yield value if evaluations == 1 else Progress(value, evaluations)

    return steps


def by_chance() -> Iterator[float]:
    while True:
        SPENT.append(1.0)
        yield torch.rand((), generator=STREAM).item() / 4


def from_the_global_stream() -> Iterator[torch.Tensor]:
    while True:
        SPENT.append(1.0)
        yield torch.rand(()) / 4


def spoilt() -> Iterator[float]:
    yield from (0.5, 0.4, math.nan, 0.0)


def raises() -> Iterator[float]:
    yield 0.5
    raise ValueError("out of order")


PLANTED: dict[str, Start] = {
    "plain": halving(),
    "twice as slow": halving(seconds=2.0),
    "twice the steps": halving(factor=math.sqrt(0.5) - 1e-9),
    "twice the gradients": halving(evaluations=2),
    "diverges": halving(factor=1e200),
    "never arrives": halving(factor=1.0),
    "by chance": by_chance,
    "from the global stream": from_the_global_stream,
    "nan": spoilt,
    "raises": raises,
}


@exercise.race("a", "Planted", target="loss ≤ 0.02", limit=40)
def planted(lab: Lab) -> dict[str, Start]:
    return PLANTED


@exercise.race("b", "Nobody arrives", target="loss ≤ 0", limit=5)
def nobody(lab: Lab) -> dict[str, Start]:
    return {name: PLANTED[name] for name in ("plain", "nan")}


@exercise.race("c", "No such reference", target="loss ≤ 0", reference="other")
def unreferred(lab: Lab) -> dict[str, Start]:
    return {"plain": PLANTED["plain"]}


@exercise.race("d", "No methods", target="loss ≤ 0")
def nothing(lab: Lab) -> Any:
    return {"plain": 3.0}


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock reads what the steps say that they took."""
    SPENT.clear()
    STREAM.manual_seed(0)

    def time_block(call: Callable[[], Any], calls: int, device: torch.device) -> tuple[float, None, Any]:
        SPENT.clear()
        given = call()
        return sum(SPENT), None, given

    monkeypatch.setattr(clock, "time_block", time_block)


def context(part: str, folder: Path, round: int = 0, without: tuple[str, ...] = ()) -> TaskContext:
    task = Task("race", Case(exercise="ex90", part=part, device="cpu", seed=3), round, without)
    order = Order(kind="task", exercise="ex90", task=task, profile="smoke", folder=str(folder))
    return TaskContext(order=order, task=task, part=exercise.parts[part], channel=Nobody())


def rounds(part: str, folder: Path, count: int = 3) -> list[Observation]:
    return [racing.race(context(part, folder, round)) for round in range(count)]


@pytest.fixture
def records(tmp_path: Path) -> dict[str, Record]:
    return {str(record.case.variant): record for record in records_of_case(rounds("a", tmp_path))}


def info(part: str) -> PartInfo:
    return exercise.parts[part].described.at("smoke")


def test_times_steps_and_evaluations_are_what_was_planted(records: dict[str, Record]) -> None:
    (table,) = races.tables(info("a"), records.values(), families.NO_FAMILY)
    lines = {line.method: line for line in table.lines}
    shown = {name: (line.outcome, line.against, line.steps, line.evaluations) for name, line in lines.items()}
    assert shown["plain"] == ("6 s", "reference", "6", "6")
    assert shown["twice as slow"] == ("12 s", "2 times slower", "6", "6")
    assert shown["twice the steps"] == ("12 s", "2 times slower", "12", "12")
    assert shown["twice the gradients"] == ("6 s", "no change detected", "6", "12")
    assert shown["diverges"] == ("diverged at step 2", "", "", "")
    assert shown["nan"] == ("diverged at step 3", "", "", "")
    assert shown["never arrives"] == ("not in 40 steps", "more than 6.7 times slower", "", "")
    assert shown["raises"] == ("failed", "", "", "")
    assert (lines["nan"].best, lines["never arrives"].best, lines["raises"].reason) == (
        "0.4",
        "1",
        "ValueError: out of order",
    )
    assert next(iter(lines)) == "plain"


def test_a_method_that_draws_from_a_stream_of_its_own_is_called_by_that(records: dict[str, Record]) -> None:
    (table,) = races.tables(info("a"), records.values(), families.NO_FAMILY)
    (note,) = table.notes
    assert note.startswith("by chance: is not deterministic: ")
    assert len(records["by chance"].trials) > 1


def test_every_run_has_the_global_streams_from_their_beginning(records: dict[str, Record]) -> None:
    (trial,) = records["from the global stream"].trials
    assert trial.runs >= 3


def test_not_to_arrive_is_a_result(records: dict[str, Record]) -> None:
    assert {name for name, record in records.items() if not record.passed} == {"raises"}
    assert [trial.runs for trial in records["never arrives"].trials] == [3]
    assert records["never arrives"].samples == ()
    assert records["plain"].trials[0].runs == sum(len(sample.laps) for sample in records["plain"].samples)


def test_a_race_that_nobody_wins_has_failed_and_says_so(tmp_path: Path) -> None:
    for record in records_of_case(rounds("b", tmp_path, 2)):
        assert record.outcome == "failed"
        assert record.reason.startswith("no method reached the target; this one: ")
        assert record.findings.curves
        assert not record.passed


def test_courses_are_kept_against_seconds_and_steps(records: dict[str, Record]) -> None:
    seconds, steps = records["twice as slow"].findings.curves
    assert (seconds.name, steps.name) == ("loss against seconds", "loss against steps")
    assert (seconds.x, steps.x) == ((2.0, 4.0, 6.0, 8.0, 10.0, 12.0), (1.0, 2.0, 3.0, 4.0, 5.0, 6.0))
    assert seconds.y == steps.y == tuple(0.5**k for k in range(1, 7))
    assert {(curve.series, curve.kind, curve.scale) for curve in (seconds, steps)} == {
        ("twice as slow", "course", "log-y")
    }
    assert [curve.y for curve in records["nan"].findings.curves] == [(0.5, 0.4)] * 2
    assert records["diverges"].findings.curves[0].y == (1e200,)


def test_only_the_first_round_tells_the_courses(tmp_path: Path) -> None:
    assert all(not result.curves for result in racing.race(context("a", tmp_path, round=1)).variants.values())


def test_what_has_failed_or_never_arrived_before_is_not_run(tmp_path: Path) -> None:
    seen = racing.race(context("a", tmp_path, 2, without=("raises", "never arrives"))).variants
    assert "plain" in seen
    assert not {"raises", "never arrives"} & seen.keys()


@pytest.mark.parametrize(
    ("part", "says"),
    [("c", "the reference 'other' is not among the methods plain"), ("d", "must give {method: start}")],
)
def test_a_set_up_that_gives_no_race_is_refused(part: str, says: str, tmp_path: Path) -> None:
    from bench.errors import PluginError

    with pytest.raises(PluginError, match=says):
        racing.race(context(part, tmp_path))


def test_laps_are_as_many_as_there_is_time_for() -> None:
    from bench.measure.sampling import EFFORTS

    runner = racing.Runner(name="a", start=PLANTED["plain"], track=None)  # type: ignore[arg-type]
    effort = replace(EFFORTS["smoke"], laps=4, seconds=1.0)
    assert racing.laps([], effort) == 1
    runner.trials, runner.elapsed = [trial(True)], [0.3]
    assert racing.laps([runner], effort) == 3
    runner.elapsed = [1e-9]
    assert racing.laps([runner], effort) == 4
    runner.elapsed = [20.0]
    assert racing.laps([runner], effort) == 1
    runner.trials, runner.elapsed = [trial(False)], [0.3]
    assert racing.laps([runner], effort) == 1


def trial(reached: bool) -> Any:
    from bench.model import Trial

    return Trial(end="reached" if reached else "limit", steps=1, evaluations=1, best=1.0, seconds=1.0)
