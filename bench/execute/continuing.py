"""``--continue RUN``: a new run whose trainings go on from the checkpoints that another one kept.

Only the number of epochs may differ: anything else would make trainings of neither run. The other run is read, and
never written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import NothingMatched, UsageError
from bench.lab import CHECKPOINTS
from bench.model import Case, Environment, Profile, Record, Run, Task
from bench.results import environment, store
from bench.results.journal import JOURNAL
from bench.results.store import RUN

EPOCHS = "epochs"
KEEP = "--keep-checkpoints"
SHOWN = 3
"""Reasons that are named; more do not fit into a line."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run to go on from, and its folder."""

    run: Run
    folder: Path

    @classmethod
    def read(cls, folder: Path) -> Earlier:
        """Raises ``UsageError`` for a run that has not ended, ``StoreError`` for a folder that holds no whole run."""
        if (folder / JOURNAL).is_file() and not (folder / RUN).exists():
            raise UsageError(f"{folder.name} has not ended: wait for it, or `bench run --resume {folder.name}` first")
        return cls(store.read(folder), folder)

    def trained(self, case: Case) -> list[Record]:
        """The records of a part that kept checkpoints."""
        return [
            record
            for record in self.run.records
            if (record.case.exercise, record.case.part) == (case.exercise, case.part) and record.checkpoints
        ]


def tasks_of(earlier: Earlier, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The trainings among the tasks that the earlier run has begun: studies with a number of epochs.

    Raises ``NothingMatched`` where there is none, and ``UsageError`` where one differs in more than the epochs, or does
    not go further.
    """
    tasks = tuple(tasks)
    begun = tuple(
        task for task in tasks if task.kind == "study" and EPOCHS in task.case.parameters and earlier.trained(task.case)
    )
    if not begun:
        raise NothingMatched(f"{earlier.run.id} has no checkpoints of {nothing_kept(earlier, tasks)}")
    for task in begun:
        # Looked for now: a run that would miss one of them later must not begin.
        for _ in files(earlier, origin(earlier, task.case)):
            pass
    return begun


def nothing_kept(earlier: Earlier, tasks: Sequence[Task]) -> str:
    """Of what there are none, and what to do: another run would have none either, where this one was to keep them."""
    names = ", ".join(dict.fromkeys(f"{task.case.exercise}.{task.case.part}" for task in tasks[:SHOWN]))
    ran = {(record.case.exercise, record.case.part) for record in earlier.run.records if record.outcome == "ok"}
    if KEEP in earlier.run.command and any((task.case.exercise, task.case.part) in ran for task in tasks):
        return f"{names}, though it was to keep them: such trainings leave none; run them anew, without --continue"
    return f"{names}: make one with {KEEP}, and go on from that"


def origin(earlier: Earlier, case: Case) -> Record:
    """The record that a case goes on from: of the same training, the one that came furthest on the way."""
    name, candidates = f"{case.exercise}.{case.part}", earlier.trained(case)
    same = [record for record in candidates if not differing(record.case, case)]
    if not same:
        raise UsageError(refusal(earlier, f"in {name} ", differing(candidates[0].case, case)))
    shorter = [record for record in same if epochs(record.case) < epochs(case)]
    if not shorter:
        most = max(epochs(record.case) for record in same)
        raise UsageError(
            f"{name} has had {most} epochs in {earlier.run.id} already: ask for more, --param {EPOCHS}={2 * most}"
        )
    return max(shorter, key=lambda record: epochs(record.case))


def epochs(case: Case) -> int:
    value = case.parameters[EPOCHS]
    return value if isinstance(value, int) else 0


def differing(was: Case, case: Case) -> list[str]:
    """What tells two trainings apart besides their length."""
    before, now = (dict(each.key) for each in (was, case))
    names = sorted((before.keys() | now.keys()) - {f"parameters.{EPOCHS}"})
    return [
        f"{name.removeprefix('parameters.')} is {now.get(name, 'nothing')} here and {before.get(name, 'nothing')} there"
        for name in names
        if before.get(name) != now.get(name)
    ]


def refusal(earlier: Earlier, where: str, reasons: Sequence[str]) -> str:
    more = f" and {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
    return f"{earlier.run.id} cannot be continued like this: {where}{'; '.join(reasons[:SHOWN])}{more}"


def check(earlier: Earlier, *, profile: Profile, data: str, here: Environment, code: Mapping[str, str]) -> None:
    """Raises ``UsageError`` where the rest of a run would not give the bits that the earlier one would have given."""
    reasons = [
        f"{name} is {now} here and {was} there"
        for name, now, was in (("profile", profile, earlier.run.profile), ("data", data, earlier.run.data))
        if now != was
    ]
    reasons += dict.fromkeys(
        reason for place in _trained(earlier.run) for reason in environment.differences(place, here)
    )
    reasons += [f"{name} has changed" for name, digest in code.items() if earlier.run.code.get(name) != digest]
    if reasons:
        raise UsageError(refusal(earlier, "", reasons))


def _trained(run: Run) -> Iterator[Environment]:
    """The places whose checkpoints would be gone on from: of a run of one place that one."""
    names = {run.where(record) for record in run.records if record.checkpoints}
    yield from (place.environment for name, place in run.places.items() if name in names or not run.is_spread)


def files(earlier: Earlier, record: Record) -> Iterator[Path]:
    """The checkpoints of a record. Raises ``UsageError`` for one that is gone, or lies elsewhere than in the run."""
    home = earlier.folder.resolve()
    for path in record.checkpoints:
        file = Path(os.path.realpath(home / path))  # Path.resolve() raises for a link that leads to itself
        if not (store.inside(path) and file.is_relative_to(home) and file.is_file()):
            raise UsageError(f"{earlier.run.id} has lost its checkpoint {path!r}: put it back, or start a new run")
        yield file


def bring(earlier: Earlier, tasks: Iterable[Task], folder: Path) -> None:
    """Copy the checkpoints to where the tasks of the new run look for them, before it has a journal: a run that could
    be resumed without them would begin where the other one began.

    Raises ``StoreError`` where the disk refuses; then no copy is left."""
    places = [(folder / task.case.folder / CHECKPOINTS, origin(earlier, task.case)) for task in tasks]
    try:
        for place, record in places:
            for file in files(earlier, record):
                place.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place / file.name)
    except BaseException as error:
        for place, _ in places:
            shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, OSError):
            raise store.refusal(error, folder, "then start again") from error
        raise
