"""One run of several devices as a matrix: a row a case, a column a kind of device, with ratios to the first.

These are the ratios that no other table makes: they go across devices and machines, for that is what is asked. Nothing
that slowed one column down falls out of them, so that each has the noise floors of both places in its interval
(``between``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.analysis import between, statistics
from bench.analysis.between import Change, Floor
from bench.errors import NothingMatched, UsageError
from bench.model import Case, Environment, Record, Run

BESIDES = ("torch", "python", "threads")
"""What may differ between the columns beside the machine itself, and moves a time: it is told."""
NO_TIMES = "nothing was timed in this run: a matrix is of times"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column is of: one kind of processor or card, with the versions that its times depend on."""

    device: str
    model: str
    cores: int
    besides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A column: its name, and the places of its kind that timed something."""

    name: str
    device: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One case in one column: its time on one place. ``change`` is that time by the first column's, and ``why`` says
    why there is none."""

    record: Record
    place: str
    time: statistics.Interval | None
    change: Change | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One case, whose device is that of the column, with a cell for each column that has it."""

    case: Case
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All cases that were timed. ``notes`` are what else differs between the columns, and what is not known."""

    run: Run
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def of_run(run: Run) -> Matrix:
    """The matrix of a run. Raises ``NothingMatched`` where nothing was timed, and ``UsageError`` where all of it was on
    one kind of device."""
    records = [record for record in run.records if record.samples]
    if not records:
        raise NothingMatched(f"{run.id}: {NO_TIMES}")
    kinds = _kinds(run, records)
    if len(kinds) < 2:
        raise UsageError(
            f"{run.id} was timed on one kind of device, {_names(list(kinds))[0]}: a matrix wants two; take "
            "`bench run --device all`, or name a second run"
        )
    names = _names(list(kinds))
    spots = tuple(Spot(name, kind.device, at) for name, (kind, at) in zip(names, kinds.items(), strict=True))
    lines = _lines(run, spots, records)
    return Matrix(run=run, spots=spots, lines=lines, notes=(*_gaps(spots, lines), *_notes(run, kinds, names)))


def _kinds(run: Run, records: Sequence[Record]) -> dict[Kind, tuple[str, ...]]:
    """The columns, CPUs first, each with its places."""
    met = dict.fromkeys((record.case.device, run.where(record)) for record in records)
    ranks = {name: number for number, name in enumerate(run.places)}
    found: dict[Kind, tuple[str, ...]] = {}
    for device, place in sorted(met, key=lambda pair: (pair[0] != "cpu", pair[0], ranks.get(pair[1], 0))):
        kind = _kind(device, run.at(place).environment)
        found[kind] = (*found.get(kind, ()), place)
    return found


def _kind(device: str, where: Environment) -> Kind:
    besides = tuple(str(getattr(where, name)) for name in BESIDES)
    return Kind(device, where.cpu, where.cores, besides) if device == "cpu" else Kind(device, where.gpu, 0, besides)


def _names(kinds: Sequence[Kind]) -> list[str]:
    """ "cpu: AMD EPYC 7B13", with what tells two of one model apart."""
    plain = [f"{kind.device}: {kind.model}" if kind.model else kind.device for kind in kinds]
    return [
        f"{name} ({_details(kind)})" if plain.count(name) > 1 else name for name, kind in zip(plain, kinds, strict=True)
    ]


def _details(kind: Kind) -> str:
    cores = [f"{kind.cores} cores"] if kind.cores else []
    return ", ".join([*cores, *(f"{name} {value}" for name, value in zip(BESIDES, kind.besides, strict=True))])


def _lines(run: Run, spots: Sequence[Spot], records: Sequence[Record]) -> tuple[Line, ...]:
    floors = between.floors_at(run)
    columns = {(spot.device, place): at for at, spot in enumerate(spots) for place in spot.places}
    by_case: dict[Case, dict[int, Record]] = {}
    for record in records:
        column = columns[record.case.device, run.where(record)]
        # Two records of one column are of two places: the first stands, for nothing is of both.
        by_case.setdefault(replace(record.case, device=""), {}).setdefault(column, record)
    return tuple(
        Line(case, tuple(_cell(run, found, at, floors) for at in range(len(spots)))) for case, found in by_case.items()
    )


def _cell(run: Run, found: dict[int, Record], at: int, floors: dict[str, Floor | None]) -> Cell | None:
    record = found.get(at)
    if record is None:
        return None
    place, rounds = run.where(record), _rounds(record)
    cell = Cell(record=record, place=place, time=statistics.geometric_mean(rounds))
    base = found.get(0)
    if base is None or at == 0:
        return cell
    if why := _unfair(run, base, record):
        return replace(cell, why=why)
    widths = [floor.width for name in (run.where(base), place) if (floor := floors[name])]
    change = between.change(_rounds(base), rounds, widths)
    return replace(cell, change=change, why="" if change else "one process: no interval")


def _rounds(record: Record) -> list[float]:
    return list(statistics.rounds(record).values()) if record.outcome == "ok" else []


def _unfair(run: Run, base: Record, record: Record) -> str:
    """Why a ratio of the two would say nothing."""
    if run.profile == "smoke":
        return "no ratio in smoke"
    if base.outcome != "ok":
        return f"{base.outcome} in the first column"
    if record.outcome != "ok":
        return record.outcome
    ours, theirs = base.work, record.work
    if ours and theirs and (ours.count, ours.unit) != (theirs.count, theirs.unit):
        return f"other work: {ours.count:,} {ours.unit} and {theirs.count:,} {theirs.unit}"
    return ""


def _gaps(spots: Sequence[Spot], lines: Sequence[Line]) -> tuple[str, ...]:
    """Why cells are empty, which is not that a device was slow or failed."""
    gaps = sum(None in line.cells for line in lines)
    if not gaps:
        return ()
    told = f"{gaps} of {len(lines)} cases have no time in every column"
    if len({spot.device for spot in spots}) == len(spots):
        return (f"{told}: on the others they were not planned, or nothing of them could be timed",)
    return (
        f"{told}: one run does a case once on a device, on whichever machine is free; for ratios between machines run "
        "it once on each, and `bench compare` the two runs `--by machine`",
    )


def _notes(run: Run, kinds: dict[Kind, tuple[str, ...]], names: Sequence[str]) -> tuple[str, ...]:
    notes = []
    for number, field in enumerate(BESIDES):
        values = [kind.besides[number] for kind in kinds]
        if len(set(values)) > 1:
            told = ", ".join(f"{value} ({name})" for name, value in zip(names, values, strict=True))
            notes.append(f"the columns differ in {field} too: {told}")
    floors = between.floors_at(run)
    unknown = [place for place in dict.fromkeys(place for at in kinds.values() for place in at) if not floors[place]]
    if unknown and run.profile != "smoke":
        named = ", ".join(unknown[:5]) or "this machine"
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        notes.append(f"no noise floor is known of {named}{more}: these intervals are of processes alone")
    return tuple(notes)
