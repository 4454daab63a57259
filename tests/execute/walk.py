"""The plain walk over a run, one task at a time and by recursion: what the schedule is held against.

``perform`` is the order in which a single process would do everything; ``ahead`` is what may be done before it, side
by side. It is written as one would explain it, and shares no line with the schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bench.measure.sampling import Effort
from bench.model import Case, Observation, Task

Do = Callable[[Task], Observation]
Sound = tuple[Case, tuple[str, ...], tuple[str, ...]]
"""A case whose reference works, its variants that agree, and those that are left out."""


def walk(tasks: Iterable[Task], effort: Effort, do: Do) -> None:
    for group in groups(tasks):
        perform(group, effort, do)


def groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    for _, group in groupby(tasks, key=lambda task: (task.case.exercise, task.case.part, task.case.device)):
        yield list(group)


def perform(group: Sequence[Task], effort: Effort, do: Do) -> None:
    sound = [one for one in [agreed(insist(task, do)) for task in group] if one]
    for round in range(effort.rounds):
        sound = [still for one in sound if (still := timed(one, round, do))]
    for round in range(effort.weighings):
        for one in sound:
            weigh(one, round, do)


def ahead(tasks: Iterable[Task], effort: Effort, do: Do) -> None:
    """Studies, agreements and weighings on the CPU, before anything is timed."""
    for task in tasks:
        if task.case.device == "cpu" and (one := agreed(insist(task, do))):
            for round in range(effort.weighings):
                weigh(one, round, do)


def weigh(sound: Sound, round: int, do: Do) -> None:
    case, variants, _ = sound
    for variant in variants:
        do(Task("weigh", replace(case, variant=variant), round))


def insist(task: Task, do: Do) -> Observation:
    observation = do(task)
    culprits = tuple(name for name in observation.variants if name not in task.without)
    if observation.outcome == "ok" or not culprits:
        return observation
    return insist(replace(task, without=(*task.without, *culprits)), do)


def agreed(observation: Observation) -> Sound | None:
    if observation.task.kind != "agree" or observation.outcome != "ok":
        return None
    return narrow(observation.task.case, observation.task.without, observation)


def timed(sound: Sound, round: int, do: Do) -> Sound | None:
    case, _, without = sound
    observation = insist(Task("time", case, round, without), do)
    return narrow(case, observation.task.without, observation) if observation.outcome == "ok" else None


def narrow(case: Case, without: tuple[str, ...], observation: Observation) -> Sound | None:
    good = tuple(name for name, result in observation.variants.items() if result.outcome == "ok")
    bad = tuple(name for name, result in observation.variants.items() if result.outcome != "ok")
    return (case, good, (*without, *bad)) if good else None
