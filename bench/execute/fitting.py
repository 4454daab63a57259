"""The largest value of a parameter that fits into memory: doubling until a child dies of it, then bisection.

Every value is tried in a child of its own, which may die. One that dies of anything else than want of memory ends the
search: what lies beyond it nobody knows.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bench import ctrl_c
from bench.analysis import largest, quantities
from bench.analysis.largest import Attempt, Largest
from bench.errors import BenchError
from bench.execute.executors.base import Executor
from bench.execute.observations import observation_of, result_of
from bench.execute.session import order_of
from bench.model import Case, Observation, Plan, Task

MOST = 200
"""Values that one search tries at most. The widest range takes about a hundred, unless values fit by chance."""
MORE = "; allow more by --memory, or begin lower"


@dataclass(slots=True)
class Search:
    """One search over ``values``, in ascending order; ``attempt`` tries one of them."""

    values: Sequence[int]
    attempt: Callable[[int], Attempt]
    tried: list[Attempt] = field(default_factory=list)

    def run(self) -> Largest:
        """Try until the largest that fits is known, everything fits, nothing does, or something else goes wrong."""
        low, high = self._double()
        while low is not None and high is not None and len(self.tried) < MOST:
            # Near the edge chance decides: only what fits twice does.
            middle = (low + high) // 2 if high - low > 1 else low
            end = self._try(self.values[middle])
            if not (end.fits or end.starves) or (middle == low and end.fits):
                break
            low, high = (middle, high) if end.fits else (self._below(middle), middle)
        return largest.of(self.tried, self.values[-1])

    def _double(self) -> tuple[int | None, int | None]:
        """The places of a value that fits and of one that dies of memory; ``None`` for one that there is not."""
        place, low = 0, None
        while True:
            end = self._try(self.values[place])
            if not end.fits:
                return low, place if end.starves else None
            if place == len(self.values) - 1:
                return place, None
            low, place = place, self._doubled(place)

    def _doubled(self, place: int) -> int:
        twice = bisect_left(self.values, 2 * self.values[place])
        return min(len(self.values) - 1, max(place + 1, twice))

    def _below(self, place: int) -> int | None:
        """The place of the largest value below one that has died that fitted before."""
        fitted = [bisect_left(self.values, each.value) for each in self.tried if each.fits]
        return max((each for each in fitted if each < place), default=None)

    def _try(self, value: int) -> Attempt:
        self.tried.append(self.attempt(value))
        return self.tried[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Tries values of one parameter in children, on the device of a case and with everything else of it.

    ``say`` is told of each value that was tried.
    """

    plan: Plan
    executor: Executor
    case: Case
    parameter: str
    folder: Path
    say: Callable[[str], None]

    def first(self, value: int) -> Observation:
        """Every variant at one value, in one child."""
        return self._observe(self._case(value))

    def attempt(self, value: int, variant: str) -> Attempt:
        """One variant at one value."""
        result = result_of(variant, self._observe(replace(self._case(value), variant=variant)))
        self.say(f"  {variant}, {self.parameter}={value}: {'fits' if result.outcome == 'ok' else result.outcome}")
        return Attempt(value=value, outcome=result.outcome, reason=result.reason)

    def _case(self, value: int) -> Case:
        # As a parameter is declared: one of a float is handed a float.
        is_float = isinstance(self.case.parameters[self.parameter], float)
        given = float(value) if is_float else value
        return replace(self.case, parameters=self.case.parameters | {self.parameter: given})

    def _observe(self, case: Case) -> Observation:
        # The kind of the order says what is done; that of the task only that it is about one variant.
        task = Task("weigh", case)
        order = order_of(self.plan, task, folder=self.folder, devices=self.plan.devices)
        reply = ctrl_c.result(self.executor.submit(replace(order, kind="fit"), timeout=self.plan.timeout))
        return observation_of(task, reply, self.plan.timeout)


def of_plan(
    plan: Plan, parameter: str, values: Sequence[int], *, executor: Executor, say: Callable[[str], None]
) -> dict[str, Largest]:
    """The largest of some values that fits, for each variant of the part that a plan is about.

    Raises ``BenchError`` where the part cannot be set up at the least value.
    """
    with tempfile.TemporaryDirectory(prefix="bench-fit-", ignore_cleanup_errors=True) as folder:
        trials = Trials(
            plan=plan,
            executor=executor,
            case=plan.tasks[0].case,
            parameter=parameter,
            folder=Path(folder),
            say=say,
        )
        seen = trials.first(values[0])
        if seen.outcome != "ok" and not seen.variants:
            advice = MORE if seen.outcome == "oom" else ""
            raise BenchError(f"{plan.tasks[0].case.label} cannot be set up: {seen.outcome}: {seen.reason}{advice}")
        return {name: Search(values, partial(trials.attempt, variant=name)).run() for name in seen.variants}


def most(found: Mapping[str, Largest], parameter: str, into: str) -> dict[str, int | None]:
    """The largest value that each variant fits at. Raises ``BenchError`` where none fits at any."""
    if all(each.value is None for each in found.values()):
        name, first = next(iter(found.items()))
        # More memory helps nobody whose case dies of something else.
        advice = "" if first.stopped else MORE
        raise BenchError(f"{name}: {largest.in_words(first, parameter, into)}{advice}")
    return {name: each.value for name, each in found.items()}


def room(plan: Plan) -> str:
    """What the cases of a plan have to fit into, in words."""
    if plan.memory is None:
        return f"the memory of {plan.devices[0]}"
    return f"the {quantities.size(plan.memory)} that were free"
