"""One method on its way: when it ends, what is counted, and that only its steps are timed."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from bench.errors import PluginError
from bench.measure import clock
from bench.measure.races import Course, follow
from bench.model import Progress, Target

CPU = torch.device("cpu")
TARGET = Target.parse("loss ≤ 1")


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step takes a second."""

    def time_block(call: Callable[[], Any], calls: int, device: torch.device) -> tuple[float, None, Any]:
        assert calls == 1
        return 1.0, None, call()

    monkeypatch.setattr(clock, "time_block", time_block)


def run(*values: Any, limit: int = 10) -> Course:
    return follow(lambda: iter(values), target=TARGET, limit=limit, device=CPU)


@pytest.mark.parametrize(
    ("values", "end", "steps"),
    [
        ((3.0, 2.0, 1.0, 0.5), "reached", 3),
        ((0.5,), "reached", 1),
        ((3.0,) * 20, "limit", 10),
        ((*(3.0,) * 9, 1.0), "reached", 10),
        ((3.0, math.nan, 0.5), "diverged", 2),
        ((3.0, -math.inf), "diverged", 2),
        ((3.0, 2.0), "over", 2),
        ((), "over", 0),
    ],
)
def test_a_run_ends_in_one_of_four_ways(values: tuple[float, ...], end: str, steps: int) -> None:
    course = run(*values)
    assert (course.end, len(course.values)) == (end, steps)
    assert (course.seconds, course.total, course.evaluations) == ((1.0,) * steps, steps, steps)


def test_a_step_says_how_many_evaluations_it_took() -> None:
    trial = run(Progress(3.0, evaluations=2), 2.0, Progress(torch.tensor(1.0), 0)).trial(TARGET)
    assert (trial.steps, trial.evaluations, trial.best, trial.seconds, trial.runs) == (3, 3, 1.0, 3.0, 1)
    assert run(math.nan).trial(TARGET).best is None


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), torch.tensor(2.0), torch.tensor([2])])
def test_any_number_is_a_number(value: Any) -> None:
    assert run(value).values == (2.0,)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("low", "a step yields a str"),
        (None, "a step yields a NoneType"),
        (True, "a step yields a bool"),
        (2j, "a step yields a complex"),
        (torch.ones(2), "of several numbers"),
        (Progress(1.0, evaluations=-1), "it took -1 evaluations"),
        (Progress(1.0, evaluations=1.5), "it took 1.5 evaluations"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_number_is_refused(value: Any, says: str) -> None:
    with pytest.raises(PluginError, match=says):
        run(value)


def test_a_start_that_gives_no_training_is_refused() -> None:
    with pytest.raises(PluginError, match=r"its start\(\) gives float, which cannot be iterated"):
        follow(lambda: 3.0, target=TARGET, limit=1, device=CPU)  # type: ignore[arg-type, return-value]


def test_no_step_is_made_after_the_target_and_the_start_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    log = []

    def time_block(call: Callable[[], Any], calls: int, device: torch.device) -> tuple[float, None, Any]:
        log.append("clock")
        return 1.0, None, call()

    def start() -> Iterator[float]:
        log.append("start")
        return steps()

    def steps() -> Iterator[float]:
        for value in (3.0, 1.0, 0.0):
            log.append("step")
            yield value

    monkeypatch.setattr(clock, "time_block", time_block)
    assert follow(start, target=TARGET, limit=10, device=CPU).end == "reached"
    assert log == ["start", "clock", "step", "clock", "step"]
