"""Runs that have a name: what it stands for, where that ran, and whether it is there still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli import comparing
from bench.errors import BenchError, NothingMatched, UsageError
from bench.results import months, named

if TYPE_CHECKING:
    from rich.console import Console

    from bench.model import Environment, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One baseline. Where its run cannot be read, ``gone`` says why, and the rest is empty."""

    name: str
    run: str
    gone: str = ""
    machine: str = ""
    torch: str = ""
    commit: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A run of a folder, by the name that it has there."""

    folder: str
    run: Run


def choose(name: str, run: str, root: Path) -> tuple[Chosen, str]:
    """Let a name stand for a whole run of the folder. Returns it, and the run that had the name before.

    Raises ``UsageError`` for a name that is not safe and a run that lies elsewhere, ``NothingMatched`` for a run that
    is not there, and a ``BenchError`` of exit code 2 for one that cannot be read or was stopped.
    """
    folder = named.resolve(run, root)
    homes = (*months.homes(root), root / named.KEPT)
    if folder.resolve().parent not in {home.resolve() for home in homes}:
        raise UsageError(
            f"{folder} is not among the runs of {root}: a baseline stands for one of them; name their folder with -o"
        )
    chosen = Chosen(folder.resolve().name, comparing.read(run, root))
    before = named.tags(root).get(name, "")
    named.tag(name, chosen.folder, root)
    return chosen, before


def cautions(chosen: Chosen) -> Iterator[str]:
    """Why less can be said against a run than one may think."""
    run = chosen.run
    if run.profile == "smoke":
        yield "its profile is smoke: against it every time is inconclusive; a baseline wants quick or full"
    if wrong := sum(not record.passed for record in run.records):
        yield f"{wrong} of its {len(run.records)} records did not pass: what fails already cannot be lost"
    if run.environment.dirty:
        yield "it has uncommitted changes: its commit does not say what ran"


def run_of(name: str, root: Path) -> str:
    """The name of the run, be it there or not. Raises ``NothingMatched`` for a name that is no baseline."""
    given = named.tags(root)
    if name not in given:
        raise NothingMatched(f"no baseline is called {name!r} in {root}; there are {', '.join(given) or 'none'}")
    return given[name]


def one(name: str, root: Path) -> Row:
    """Raises ``NothingMatched`` for a name that is no baseline, or whose run is gone, and a ``BenchError`` of exit code
    2 for a run that cannot be read."""
    return _row(name, run_of(name, root), comparing.read(name, root))


def forget(name: str, root: Path) -> str:
    """Take a name away from its run, and return that. Raises ``NothingMatched`` for a name that is no baseline."""
    run = run_of(name, root)
    named.untag(name, root)
    return run


def every(root: Path) -> list[Row]:
    """All of a folder, sorted by name; one that cannot be read hides no other."""
    rows = []
    for name, run in named.tags(root).items():
        try:
            rows.append(one(name, root))
        except BenchError as error:
            rows.append(Row(name=name, run=run, gone=str(error)))
    return rows


def _row(name: str, folder: str, run: Run) -> Row:
    place = run.environment
    changes = " + changes" if place.dirty else ""
    return Row(
        name=name,
        run=folder,
        machine="; ".join(dict.fromkeys(_machine(at.environment, run.devices) for at in run.places.values())),
        torch=place.torch,
        commit=f"{place.commit[:8] or 'no commit'}{changes}",
        created=run.created[:16].replace("T", " "),
    )


def _machine(place: Environment, devices: Iterable[str]) -> str:
    """ "EPYC, 2 cores", with the GPU before it where one was used."""
    cores = f"{place.cpu or 'unknown processor'}, {place.cores} core{'' if place.cores == 1 else 's'}"
    used = any(device != "cpu" for device in devices)
    return f"{place.gpu}; {cores}" if used and place.gpu else cores


def as_json_row(row: Row) -> dict[str, object]:
    return asdict(row) | {"gone": row.gone or None}


def show(rows: Iterable[Row], console: Console) -> None:
    """Two lines a baseline, for a name of a run is long: what it stands for, and where that ran, or why it cannot be
    read. Nothing of a file is read as markup."""
    from bench.report.texts import BAD, SOFT, text

    listed = list(rows)
    width = max((len(row.name) for row in listed), default=0)
    for row in listed:
        console.print(text(f"{row.name:{width}}  ", "bold") + text(row.run), soft_wrap=True)
        facts = (row.machine, f"torch {row.torch}", row.commit, row.created)
        line = text(f"✗ {row.gone}", BAD) if row.gone else text(" · ".join(facts), SOFT)
        console.print(text(" " * (width + 2)) + line, soft_wrap=True)
