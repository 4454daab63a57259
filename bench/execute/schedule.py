"""The order of tasks: a study is one; a comparison first agrees, then is timed in rounds, then is weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bench.measure.sampling import Effort
from bench.model import Case, Observation, Task

Do = Callable[[Task], Observation]


@dataclass(frozen=True, slots=True)
class Sound:
    """A case whose reference works, and its variants: those that agree, and the others, which are left out."""

    case: Case
    variants: tuple[str, ...]
    without: tuple[str, ...]


def groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """The cases of one part on one device, which are measured in turn with one another."""
    for _, group in groupby(tasks, key=lambda task: (task.case.exercise, task.case.part, task.case.device)):
        yield list(group)


def perform(group: Sequence[Task], effort: Effort, do: Do) -> None:
    """Do the first task of every case, and all that follows from what it saw."""
    seen = [insist(task, do) for task in group]
    sound = [one for one in map(agreed, seen) if one]
    for round in range(effort.rounds):
        sound = [still for one in sound if (still := timed(one, round, do))]
    for round in range(effort.weighings):
        for one in sound:
            weighed(one, round, do)


def untimed(task: Task, effort: Effort, do: Do) -> None:
    """All of a case that is held against no clock: its study, or its agreement and what its variants weigh."""
    if one := agreed(insist(task, do)):
        for round in range(effort.weighings):
            weighed(one, round, do)


def weighed(sound: Sound, round: int, do: Do) -> None:
    for variant in sound.variants:
        do(Task("weigh", replace(sound.case, variant=variant), round))


def insist(task: Task, do: Do) -> Observation:
    """Do a task again without the variant that killed its process, so that the others are still measured."""
    seen = do(task)
    culprits = tuple(name for name in seen.variants if name not in task.without)
    if seen.outcome == "ok" or not culprits:
        return seen
    return insist(replace(task, without=(*task.without, *culprits)), do)


def agreed(seen: Observation) -> Sound | None:
    """The case to be timed; None for a study, and where the reference itself failed."""
    if seen.task.kind != "agree" or seen.outcome != "ok":
        return None
    return keep(Sound(seen.task.case, (), seen.task.without), seen)


def timed(sound: Sound, round: int, do: Do) -> Sound | None:
    seen = insist(Task("time", sound.case, round, sound.without), do)
    return keep(replace(sound, without=seen.task.without), seen) if seen.outcome == "ok" else None


def keep(sound: Sound, seen: Observation) -> Sound | None:
    good = tuple(name for name, one in seen.variants.items() if one.outcome == "ok")
    bad = tuple(name for name, one in seen.variants.items() if one.outcome != "ok")
    return Sound(sound.case, good, (*sound.without, *bad)) if good else None
