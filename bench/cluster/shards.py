"""A plan cut into shards: what is compared stays together, and none is so small that starting it costs more than it.

A shard is one study, or one part on one device whole, bundled with its like until it takes a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from bench.execute.schedule import group_of
from bench.model import Plan, Task

AT_LEAST = 60.0
"""Seconds of work in a shard: that of one training step takes 6.5 s of a processor, of which 5.4 import torch and the
compiler that its optimisers import, and sleeps for nothing (medians; two busy cores of an EPYC, torch 2.14.1)."""

Estimate = Callable[[Task], float]
"""The seconds that the whole case of a task will take, as far as anybody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a machine has to have for a shard: a ``device`` (cpu or cuda), a core for each of ``threads``, nobody else
    on it where it is ``alone``, and so many ``seconds``, where that is known."""

    device: str
    threads: int
    alone: bool
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The first tasks of some cases, which one process does from beginning to end."""

    number: int
    tasks: tuple[Task, ...]
    needs: Needs


class Unit(NamedTuple):
    """What may not be divided, and the seconds that it takes."""

    tasks: tuple[Task, ...]
    seconds: float


def cut(plan: Plan, estimate: Estimate, at_least: float = AT_LEAST) -> tuple[Shard, ...]:
    """The shards of a plan, in the order of their first tasks. Every task is in one of them."""
    bundles: dict[tuple[str, bool], list[Unit]] = {}
    filled: dict[tuple[str, bool], float] = {}
    whole: list[tuple[tuple[str, bool], list[Unit]]] = []
    for unit in _units(plan.tasks, estimate):
        kind = unit.tasks[0].case.device, unit.tasks[0].kind != "study"
        bundles.setdefault(kind, []).append(unit)
        filled[kind] = filled.get(kind, 0.0) + unit.seconds
        if filled[kind] >= at_least:
            whole.append((kind, bundles.pop(kind)))
            del filled[kind]
    whole += bundles.items()
    place = {task: number for number, task in enumerate(plan.tasks)}
    whole.sort(key=lambda entry: place[entry[1][0].tasks[0]])
    return tuple(
        _shard(number, units, Needs(device=device, threads=plan.threads, alone=timed))
        for number, ((device, timed), units) in enumerate(whole)
    )


def _shard(number: int, units: Iterable[Unit], needs: Needs) -> Shard:
    units = tuple(units)
    seconds = fsum(unit.seconds for unit in units)
    needs = Needs(device=needs.device, threads=needs.threads, alone=needs.alone, seconds=seconds)
    return Shard(number=number, tasks=tuple(task for unit in units for task in unit.tasks), needs=needs)


def _units(tasks: Iterable[Task], estimate: Estimate) -> Iterator[Unit]:
    """Studies one by one; of anything that is timed all cases of its part on a device, for they are compared."""
    together: dict[object, list[Task]] = {}
    for task in tasks:
        together.setdefault(task if task.kind == "study" else group_of(task), []).append(task)
    for unit in together.values():
        yield Unit(tuple(unit), fsum(estimate(task) for task in unit))
