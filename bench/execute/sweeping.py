"""What a sweep is of: one comparison, one parameter that varies over whole numbers, and all others at one value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.catalogue import Listing
from bench.errors import NothingMatched, PluginError, UsageError, did_you_mean
from bench.execute import parameters, plan, ranges
from bench.execute.executors.base import Executor
from bench.model import ByProfile, PartDescription, Plan, Profile, Task, value_at

FEWEST = 2
FORM = "--param batch=2^0..2^10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The part, its parameter that varies with its values in ascending order, and all that is given to a plan."""

    exercise: str
    part: PartDescription
    parameter: str
    values: tuple[int, ...]
    given: parameters.Given

    @property
    def name(self) -> str:
        return f"{self.exercise}.{self.part.id}"

    @property
    def candidates(self) -> Sequence[int]:
        """Every whole number from the first value to the last; the values alone where the others may be forbidden."""
        limits = self.part.limits.get(self.parameter)
        followed = any(rule.parameter == self.parameter for rule in self.part.follows.values())
        bound = followed or (limits is not None and bool(limits.one_of))
        return self.values if bound else range(self.values[0], self.values[-1] + 1)

    def narrowed(self, whole: Plan, most: Mapping[str, int | None] | None = None) -> Plan:
        """A plan of this part alone (a question brings what belongs to it). ``most`` is the largest value that each
        variant is to have: beyond it the variant is left out, and a value that none is to have with it."""
        tasks = tuple(task for task in whole.tasks if task.case.part == self.part.id)
        return replace(whole, tasks=tasks if most is None else tuple(self._up_to(tasks, most)))

    def _up_to(self, tasks: Iterable[Task], most: Mapping[str, int | None]) -> Iterator[Task]:
        for task in tasks:
            value = task.case.parameters[self.parameter]
            assert isinstance(value, int | float)
            without = tuple(name for name, end in most.items() if end is None or value > end)
            if len(without) < len(most):
                yield replace(task, without=without)


def aim(name: str, given: parameters.Given, listings: Sequence[Listing], executor: Executor, profile: Profile) -> Aim:
    """Raises ``UsageError`` for a part that is no comparison, and where not exactly one parameter varies over whole
    numbers; ``NothingMatched`` for a part that is not there, ``PluginError`` for an exercise that cannot be loaded."""
    asked, broken = plan.look_at(plan.select([name], listings), executor)
    if broken:
        raise PluginError(f"{broken[0].exercise} is broken: {broken[0].reason}")
    exercise, part = asked[0].listing.id, part_of(name, asked[0])
    parameters.known(given, [part])
    parameter = varying(f"{exercise}.{part.id}", part, given)
    values = ranges.expand(parameter, given[parameter])
    if len(values) < FEWEST:
        raise UsageError(f"--param {parameter}={values[0]}: one value is no sweep; write a range, as {FORM}")
    return Aim(
        exercise=exercise,
        part=part,
        parameter=parameter,
        values=values,
        given=settled(part, given, profile) | {parameter: tuple(map(str, values))},
    )


def part_of(name: str, asked: plan.Asked) -> PartDescription:
    """The comparison of that very name."""
    exercise, _, wanted = name.partition(".")
    compared = [part.id for part in asked.description.parts if part.kind == "comparison"]
    have = f"a sweep is of a comparison: {', '.join(f'{exercise}.{each}' for each in compared) or 'it has none'}"
    if not wanted:
        raise UsageError(f"{exercise} is a whole exercise, and {have}")
    part = next((part for part in asked.description.parts if part.id == wanted), None)
    if part is None:
        raise NothingMatched(f"{exercise} has no part {wanted!r}{did_you_mean(wanted, compared) or f'; {have}'}")
    if part.kind != "comparison":
        raise UsageError(f"{name} is a {part.kind}, and {have}")
    return part


def varying(where: str, part: PartDescription, given: parameters.Given) -> str:
    """The one parameter that is given several values, or a range."""
    several = [name for name, texts in given.items() if len(texts) > 1 or ranges.is_range(texts[0])]
    if not several:
        raise UsageError(f"nothing varies: give a parameter of {where} a range, as {FORM}")
    if len(several) > 1:
        raise UsageError(f"{' and '.join(several)} vary: a sweep is over one parameter, give the others one value each")
    declared = part.parameters[several[0]]
    kinds = declared.kinds if isinstance(declared, ByProfile) else set(map(type, parameters.as_tuple(declared)))
    if not kinds <= {int, float}:
        raise UsageError(f"{several[0]} of {where} is no number: a sweep is over whole numbers")
    return several[0]


def settled(part: PartDescription, given: parameters.Given, profile: Profile) -> dict[str, tuple[str, ...]]:
    """What is given, and of every other parameter that is declared with several values the first."""
    first: dict[str, tuple[str, ...]] = {}
    for name, declared in part.parameters.items():
        value = value_at(profile, declared)
        if isinstance(value, tuple) and value and name not in part.follows:
            first[name] = (str(value[0]),)
    return first | dict(given)
