"""One run of many shards: the records of a plain run in the same order, each with its place.

It is read from what the attempts that count have written, and never from a journal: who was first does not matter.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import fsum
from pathlib import Path

from bench.cluster import attempts, handed
from bench.cluster.shards import Shard
from bench.errors import BenchError
from bench.execute.observations import run_of
from bench.model import Case, Peak, Place, Plan, Record, Run
from bench.results import store


@dataclass(slots=True)
class Places:
    """The places of a run by name. Two that differ in anything are two, though they are one host's."""

    named: dict[str, Place] = field(default_factory=dict)

    def name(self, place: Place) -> str:
        """The name of a place, which gets one if it has none."""
        for name, known in self.named.items():
            if known.environment == place.environment:
                return name
        host = place.environment.host or "host"
        taken = sum(1 for known in self.named.values() if (known.environment.host or "host") == host)
        name = f"{host}-{taken + 1}" if taken else place.environment.host
        self.named[name] = place
        return name


def merge(folder: Path) -> Run:
    """The run as far as its shards are done: finished once all are. One that a machine refused has failed.

    Raises ``BenchError`` where two machines had different data under one name.
    """
    plan, _, shards = handed.read(folder)
    runs = {shard.number: store.read(attempt) for shard, attempt in counted(folder, shards)}
    open_ones = (shard.number for shard in shards if shard.number not in runs)
    refused = {number: reason for number in open_ones if (reason := attempts.refusal(folder, number))}
    return merged(plan, shards, runs, refused)


def counted(folder: Path, shards: Iterable[Shard]) -> Iterator[tuple[Shard, Path]]:
    """The shards that are done, each with its attempt that counts."""
    for shard in shards:
        if attempt := attempts.finished(folder, shard.number):
            yield shard, attempt


def merged(plan: Plan, shards: Sequence[Shard], runs: dict[int, Run], refused: dict[int, str]) -> Run:
    """``runs`` are those of the shards that are done, by number; ``refused`` has the reasons of those that are not."""
    places = Places()
    of_case: dict[Case, list[Record]] = {task.case.whole: [] for task in plan.tasks}
    peaks: list[Peak] = []
    for number in sorted(runs):
        run = runs[number]
        name = places.name(Place(environment=run.environment, floor=run.floor))
        for record in run.records:
            of_case[record.case.whole].append(replace(record, place=name))
        peaks += [replace(peak, place=name) for peak in run.peaks]
    for number, reason in refused.items():
        for task in shards[number].tasks:
            of_case[task.case.whole].append(Record(case=task.case.whole, outcome="failed", reason=reason))
    check_data(record for records in of_case.values() for record in records)
    return placed(
        replace(
            run_of(plan, (), finished=len(runs) + len(refused) == len(shards)),
            records=tuple(record for records in of_case.values() for record in records),
            timing_seconds=fsum(run.timing_seconds for run in runs.values()),
            clock_seconds=fsum(run.clock_seconds for run in runs.values()),
            peaks=tuple(dict.fromkeys(peaks)),
        ),
        places,
    )


def placed(run: Run, places: Places) -> Run:
    """With the places that its records name: the first is the run's own. One without any is the plan's."""
    if not places.named:
        return run
    (first, place), *others = places.named.items()
    records = tuple(replace(record, place=record.place or first) for record in run.records)
    return replace(run, records=records, environment=place.environment, floor=place.floor, elsewhere=dict(others))


def check_data(records: Iterable[Record]) -> None:
    """Raises ``BenchError`` where one data source has two contents."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for record in records:
        for data in record.findings.data:
            digest, place = seen.setdefault((data.name, data.source), (data.sha256, record.place))
            if digest != data.sha256:
                raise BenchError(
                    f"{place} and {record.place} have different data under the name {data.name} (SHA-256 "
                    f"{digest[:12]}… and {data.sha256[:12]}…): give all nodes one copy, then start again"
                )


def bring(folder: Path) -> None:
    """Put the files of the attempts that count where a plain run has them. Raises ``StoreError`` where the disk
    refuses."""
    for shard, attempt in counted(folder, handed.read(folder)[2]):
        for task in shard.tasks:
            source = attempt / task.case.folder
            if source.is_dir():
                try:
                    shutil.copytree(source, folder / task.case.folder, copy_function=linked, dirs_exist_ok=True)
                except (OSError, shutil.Error) as error:
                    why = error if isinstance(error, OSError) and error.errno else OSError(5, str(error)[:200])
                    raise store.refusal(why, folder, f"then `bench run --resume {folder.name}`") from error


def linked(source: str, target: str) -> str:
    """A second name for a file, or a copy where the disk has none; links to elsewhere are not followed."""
    if Path(source).is_symlink() or Path(target).exists():
        return target
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copyfile(source, target)
    return target
