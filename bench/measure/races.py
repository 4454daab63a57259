"""One method on its way to a target: a step at a time, and only the steps are timed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.errors import PluginError
from bench.measure import clock
from bench.model import End, Progress, Target, Trial

if TYPE_CHECKING:
    import torch

Start = Callable[[], Iterable[Any]]
"""Gives a fresh training; each of its items is what one step has come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One run of one method: what every step came to, and the seconds that it took."""

    end: End
    values: tuple[float, ...]
    seconds: tuple[float, ...]
    evaluations: int

    @property
    def total(self) -> float:
        return math.fsum(self.seconds)

    def trial(self, target: Target) -> Trial:
        return Trial(
            end=self.end,
            steps=len(self.values),
            evaluations=self.evaluations,
            best=target.best(self.values),
            seconds=self.total,
        )


def follow(start: Start, *, target: Target, limit: int, device: torch.device) -> Course:
    """Make steps until the target is reached, a value is not finite, the training is over, or there were ``limit``.

    ``start()`` is not timed, and neither is what is done with a value. Raises ``PluginError`` for a start that gives no
    iterable, and for a step that yields no number.
    """
    steps = begun(start)
    values: list[float] = []
    seconds: list[float] = []
    evaluations = 0
    end: End | None = None
    while end is None:
        try:
            took, _, given = clock.time_block(steps.__next__, 1, device)
        except StopIteration:
            end = "over"
            break
        value, cost = reading(given)
        values.append(value)
        seconds.append(took)
        evaluations += cost
        end = ending(value, target, last=len(values) >= limit)
    return Course(end=end, values=tuple(values), seconds=tuple(seconds), evaluations=evaluations)


def begun(start: Start) -> Iterator[Any]:
    given = start()
    try:
        return iter(given)
    except TypeError as error:
        raise PluginError(
            f"its start() gives {type(given).__name__}, which cannot be iterated: yield a value"
        ) from error


def ending(value: float, target: Target, *, last: bool) -> End | None:
    if not math.isfinite(value):
        return "diverged"
    if target.is_reached(value):
        return "reached"
    return "limit" if last else None


def reading(given: Any) -> tuple[float, int]:
    """The value after a step, and how many evaluations the step took."""
    progress = given if isinstance(given, Progress) else Progress(given)
    if type(progress.evaluations) is not int or progress.evaluations < 0:
        raise PluginError(f"a step says that it took {progress.evaluations!r} evaluations: give a whole number")
    return number(progress.value), progress.evaluations


def number(value: Any) -> float:
    """A Python float of a number, NumPy's or torch's included."""
    try:
        plain = value.item() if hasattr(value, "item") else value
    except (ValueError, RuntimeError, TypeError) as error:
        raise PluginError(f"a step yields a {type(value).__name__} of several numbers: yield one") from error
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise PluginError(f"a step yields a {type(plain).__name__}: yield a number, or Progress(number, evaluations=…)")
    return float(plain)
