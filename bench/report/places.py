"""The places of a run that was done on several: what each is called, what it is, and what was done there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.analysis import quantities
from bench.model import Place, Record, Run
from bench.report import noise, summary

NAMED = 8
"""Places that a sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One place of the table: what it is, and what was done there, in words."""

    name: str
    processor: str
    cores: str
    memory: str
    gpu: str
    torch: str
    noise: str
    done: str


def called(run: Run, name: str) -> str:
    """ "n2 (AMD EPYC 7B13, NVIDIA H200)"."""
    where = run.at(name).environment
    return f"{name or 'a place without a name'} ({', '.join(filter(None, (where.cpu, where.gpu)))})"


def of_records(run: Run, records: Iterable[Record]) -> str:
    """Where records were done: "n1 (AMD EPYC 7B13)", "n1 and n2"; empty in a run of one place."""
    if not run.is_spread:
        return ""
    found = {run.where(record) for record in records}
    names = [name for name in run.places if name in found]
    return called(run, names[0]) if len(names) == 1 else listed(names)


def listed(names: Iterable[str]) -> str:
    """ "n1, n2 and n3"; of many the first, and how many more there are."""
    *most, last = names
    if len(most) >= NAMED:
        return f"{', '.join(most[:NAMED])} and {len(most) + 1 - NAMED} more"
    return f"{', '.join(most)} and {last}" if most else last


def table(run: Run) -> tuple[Row, ...]:
    """A row a place; none for a run of one, whose facts are told by themselves."""
    if not run.is_spread:
        return ()
    done: dict[str, list[Record]] = {name: [] for name in run.places}
    for record in run.records:
        done[run.where(record)].append(record)
    return tuple(_row(name, here, done[name]) for name, here in run.places.items())


def _row(name: str, here: Place, done: Sequence[Record]) -> Row:
    where = here.environment
    return Row(
        name=name,
        processor=where.cpu,
        cores=str(where.cores),
        memory=quantities.size(where.memory),
        gpu=where.gpu,
        torch=where.torch,
        noise=noise.within(here.floor.widest) if here.floor else "",
        done=_done(done),
    )


def _done(records: Sequence[Record]) -> str:
    """ "14 cases on cpu, cuda", whatever became of them."""
    cases = len({record.case.whole for record in records})
    devices = ", ".join(dict.fromkeys(record.case.device for record in records))
    return f"{summary.plural(cases, 'case')}{f' on {devices}' if devices else ''}"
