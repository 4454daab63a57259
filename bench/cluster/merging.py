"""One run of many shards: the records of a plain run in the same order, each with its place.

It is read from what the attempts that count have written, and never from a journal: who was first does not matter.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from math import fsum
from pathlib import Path

from bench.cluster import attempts, handed
from bench.cluster.shards import Shard
from bench.execute.observations import run_of
from bench.model import Case, DataSource, Environment, Peak, Place, Plan, Record, Run, Task
from bench.results import store
from bench.results.store import StoreError

PART = ".part"
"""Ends the name of a file that is on its way into the run's folder."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a machine would not do a shard, and ``where`` that was, as far as it is known."""

    reason: str
    where: Environment | None = None


@dataclass(slots=True)
class Places:
    """The places of a run by name. Two that differ in anything are two, though they are one host's."""

    named: dict[str, Place] = field(default_factory=dict)
    of_host: dict[str, list[str]] = field(default_factory=dict)

    def name(self, place: Place) -> str:
        """The name of a place, which gets one if it has none."""
        names = self.of_host.setdefault(place.environment.host, [])
        for name in names:
            if self.named[name].environment == place.environment:
                self._complete(name, place)
                return name
        name = self._free(place.environment.host)
        names.append(name)
        self.named[name] = place
        return name

    def _complete(self, name: str, place: Place) -> None:
        """What was done on the GPU knows of no floor, and what was done beside it may."""
        if self.named[name].floor is None:
            self.named[name] = place

    def _free(self, host: str) -> str:
        """A name that no other place has: another host may be called what would be next."""
        # A run calls its first place by its host; an empty name stands for that one.
        first = host if host or not self.named else "host"
        return next(name for n in count(1) if (name := f"{host or 'host'}-{n}" if n > 1 else first) not in self.named)


def merge(folder: Path) -> Run:
    """The run as far as its shards are done: finished once all are. One that a machine refused has failed.

    Raises ``BenchError`` for a folder that holds no run in shards.
    """
    plan, _, shards = handed.read(folder)
    return merged(plan, shards, *taken(folder, plan, shards))


def taken(folder: Path, plan: Plan, shards: Iterable[Shard]) -> tuple[dict[int, Run], dict[int, Refusal]]:
    """What is done, by the numbers of the shards, and what is refused. One whose attempt is damaged is neither. Of one
    data source a run has one content: shards that had another are refused."""
    runs: dict[int, Run] = {}
    refused: dict[int, Refusal] = {}
    for shard in shards:
        if attempt := attempts.finished(folder, shard.number):
            try:
                runs[shard.number] = result(plan, shard, attempt)
            except StoreError:
                continue
        elif reason := attempts.refusal(folder, shard.number):
            refused[shard.number] = Refusal(reason, attempts.refuser(folder, shard.number))
    for number, reason in other_data(runs).items():
        refused[number] = Refusal(reason, runs.pop(number).environment)
    return runs, refused


def result(plan: Plan, shard: Shard, attempt: Path) -> Run:
    """The run of an attempt. Raises ``StoreError`` where it is damaged, or is not this shard's."""
    run, cases = store.read(attempt), {task.case.whole for task in shard.tasks}
    if run.id != plan.id or not run.finished or cases != {record.case.whole for record in run.records}:
        raise StoreError(f"{attempt / store.RUN}: its records are not those of shard {shard.number}")
    return run


def merged(plan: Plan, shards: Sequence[Shard], runs: Mapping[int, Run], refused: Mapping[int, Refusal]) -> Run:
    """``runs`` are those of the shards that are done, by number; ``refused`` are those that no machine has done."""
    places = Places()
    of_case: dict[Case, list[Record]] = {task.case.whole: [] for task in plan.tasks}
    peaks: list[Peak] = []
    for number in sorted(runs):
        run = runs[number]
        name = places.name(Place(environment=run.environment, floor=run.floor))
        for record in run.records:
            of_case[record.case.whole].append(replace(record, place=name))
        peaks += [replace(peak, place=name) for peak in run.peaks]
    if refused and not runs:  # the run itself is where it was planned
        places.name(Place(environment=plan.environment))
    for number, refusal in sorted(refused.items()):
        name = places.name(Place(environment=refusal.where)) if refusal.where else ""
        for task in shards[number].tasks:
            of_case[task.case.whole].append(failed(task, refusal, name))
    return placed(
        replace(
            run_of(plan, (), finished=len(runs) + len(refused) == len(shards)),
            records=tuple(record for records in of_case.values() for record in records),
            timing_seconds=fsum(run.timing_seconds for run in runs.values()),
            clock_seconds=fsum(run.clock_seconds for run in runs.values()),
            peaks=highest(peaks),
        ),
        places,
    )


def failed(task: Task, refusal: Refusal, place: str) -> Record:
    """What a machine would not do."""
    return Record(case=task.case.whole, outcome="failed", reason=refusal.reason, place=place)


def placed(run: Run, places: Places) -> Run:
    """With the places that its records name: the first is the run's own, and that of whatever names none."""
    if not places.named:
        return run
    (first, place), *others = places.named.items()
    records = tuple(replace(record, place=record.place or first) for record in run.records)
    return replace(run, records=records, environment=place.environment, floor=place.floor, elsewhere=dict(others))


def highest(peaks: Iterable[Peak]) -> tuple[Peak, ...]:
    """One peak for a device of a place: the most that any of its shards has seen."""
    found: dict[tuple[str, str, str, int], Peak] = {}
    for peak in peaks:
        best = found.setdefault((peak.place, peak.device, peak.dtype, peak.threads), peak)
        faster = peak if peak.bandwidth > best.bandwidth else best
        found[peak.place, peak.device, peak.dtype, peak.threads] = replace(faster, flops=max(peak.flops, best.flops))
    return tuple(found.values())


Source = tuple[str, str]


def other_data(runs: Mapping[int, Run]) -> dict[int, str]:
    """The shards whose data are not those that most shards had under their name, of equally many the first; and why
    they cannot stand beside them."""
    contents: dict[Source, Counter[str]] = {}
    for number in sorted(runs):
        for source, digest in {(_source(data), data.sha256) for data in _data(runs[number])}:
            contents.setdefault(source, Counter())[digest] += 1
    most = {source: digests.most_common(1)[0][0] for source, digests in contents.items()}
    reasons = ((number, _other(run, most)) for number, run in sorted(runs.items()))
    return {number: reason for number, reason in reasons if reason}


def _other(run: Run, most: Mapping[Source, str]) -> str:
    for data in _data(run):
        if data.sha256 != (usual := most[_source(data)]):
            return (
                f"{run.environment.host or 'the machine'} has other data under the name {data.name} than most have "
                f"(SHA-256 {data.sha256[:12]}… and {usual[:12]}…): give all one copy, then resume the run"
            )
    return ""


def _data(run: Run) -> Iterator[DataSource]:
    return (data for record in run.records for data in record.findings.data)


def _source(data: DataSource) -> Source:
    return data.name, data.source


def bring(folder: Path, shards: Iterable[Shard]) -> None:
    """Put the files of the attempts that count where a plain run has them. Raises ``StoreError`` where the disk
    refuses."""
    for shard in shards:
        if attempt := attempts.finished(folder, shard.number):
            for place in {task.case.folder for task in shard.tasks}:
                if (attempt / place).is_dir() and (attempt / place).resolve() == attempt.resolve() / place:
                    with brought(folder):
                        _bring(attempt / place, folder / place)


def _bring(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=linked, dirs_exist_ok=True, ignore=foreign)


@contextmanager
def brought(folder: Path) -> Iterator[None]:
    """Raises ``StoreError`` where a tree cannot be copied: of many reasons the first."""
    try:
        yield
    except shutil.Error as error:
        _, target, why = error.args[0][0]
        raise StoreError(f"{target} cannot be written: {why}") from error
    except OSError as error:
        raise store.refusal(error, folder, store.resuming(folder)) from error


def foreign(at: str, names: list[str]) -> set[str]:
    """For ``copytree``: all that is neither a file nor a folder of its own. A link leads anywhere, a pipe waits."""
    return {name for name in names if (path := Path(at) / name).is_symlink() or not (path.is_file() or path.is_dir())}


def linked(source: str, target: str) -> str:
    """A second name for a file, or a copy where the disk has none; what another attempt had left there is replaced."""
    at = Path(target)
    if at.exists() and at.samefile(source):
        return target
    part = at.with_name(f".{at.name}{PART}")
    part.unlink(missing_ok=True)
    try:
        os.link(source, part, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        shutil.copyfile(source, part)
    part.replace(at)
    return target
