"""Numbers of runs that are kept with an answer: what a full run found, told where no reader can wait for one.

They lie in ``kept.json`` beside the answer: runs, stripped to the claims and metrics that the answer names.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bench.model import SCHEMA, Findings, Record, Run
from bench.report import facts, summary
from bench.report.answers import live
from bench.report.answers.live import Shown
from bench.report.answers.pieces import Reference
from bench.results import store

Resolve = Callable[[Reference], Shown]
FILE = "kept.json"
FUNCTIONS = ("kept", "kept_run")
NOT_KEPT = Shown("no run is kept with it", measured=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The content of ``kept.json``: no two runs have the same part."""

    schema: int
    runs: tuple[Run, ...] = ()


@lru_cache(maxsize=64)
def read(text: str) -> Kept:
    """Raises ``StoreError`` for what is no such file."""
    data = text.encode()
    store.check(data)
    return store.decode(data, Kept)


def look_up(reference: Reference, text: str) -> Shown:
    """A number of a kept run, which a reader sees the run of; or that run in words. ``text`` is that of the file."""
    try:
        kept = read(text) if text else Kept(schema=0)
    except store.StoreError as error:
        return replace(NOT_KEPT, text=f"{FILE}: {error}")
    run = run_of(reference.names[0], kept.runs)
    if run is None:
        return NOT_KEPT
    if reference.function == "kept_run":
        return Shown(in_words(run, reference.names[0]))
    found = number(reference, run)
    return replace(found, detail="; ".join(filter(None, (found.detail, run.id)))) if found.measured else NOT_KEPT


def beside(resolve: Resolve, sources: Mapping[str, str]) -> Resolve:
    """``resolve`` for a run's own numbers, and those of ``kept.json`` among an exercise's ``sources``."""
    text = sources.get(FILE, "")
    return lambda each: look_up(each, text) if each.function in FUNCTIONS else resolve(each)


def run_of(part: str, runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if any(record.case.part == part for record in run.records)), None)


def number(reference: Reference, run: Run) -> Shown:
    """The metric of that name, else the claim."""
    part, name = reference.names
    records = tuple(matching(run.records, part, reference.parameters))
    metric = live.of_metric(name, records)
    return metric if metric.measured else live.of_claim(name, records)


def matching(records: Sequence[Record], part: str, wanted: Sequence[tuple[str, object]]) -> Iterator[Record]:
    for record in records:
        given = live.parameters_of(record)
        if record.case.part == part and all(given.get(name) == value for name, value in wanted):
            yield record


def in_words(run: Run, part: str) -> str:
    """ "run in profile full of 26 November 2026 (AMD EPYC, PyTorch 2.14.1; MNIST: 60000 train, 10000 test)"."""
    data = {
        source.name: source for record in run.records if record.case.part == part for source in record.findings.data
    }
    named = [f"{name}: {_sizes(source.sizes)}" for name, source in data.items()]
    seeds = summary.plural(len(run.seeds), "seed") if len(run.seeds) > 1 else ""
    where = "; ".join(filter(None, (facts.machine(run), seeds, *named)))
    return f"run in profile {run.profile} of {facts.moment(run.created).partition(',')[0]} ({where})"


def _sizes(sizes: dict[str, int]) -> str:
    return ", ".join(f"{size} {split}" for split, size in sizes.items())


def stripped(run: Run, exercise: str, references: Sequence[Reference]) -> Run:
    """What ``kept.json`` keeps of a run: the records with something that is named, and of them only that."""
    wanted = {(each.names[0], each.names[1]) for each in references if each.function == "kept"}
    told = {each.names[0] for each in references if each.function == "kept_run"}
    records = (_only(record, wanted) for record in run.records if record.case.exercise == exercise)
    kept = tuple(
        record
        for record in records
        if record.findings.claims or record.findings.metrics or (record.case.part in told and record.findings.data)
    )
    return replace(run, command=(), exercises=(), records=kept, broken=(), code={}, peaks=(), floor=None)


def _only(record: Record, wanted: Container[tuple[str, str]]) -> Record:
    part, found = record.case.part, record.findings
    left = Findings(
        claims=tuple(each for each in found.claims if (part, each.name) in wanted),
        metrics=tuple(each for each in found.metrics if (part, each.name) in wanted),
        data=found.data,
    )
    return Record(case=record.case, outcome=record.outcome, findings=left)


def merged(kept: Kept, run: Run, exercise: str, references: Sequence[Reference]) -> Kept:
    """With what is named of ``run`` in the place of what there was of its parts; of the rest what is named still."""
    new = stripped(run, exercise, references)
    replaced = {record.case.part for record in new.records}
    others = (stripped(_without(old, replaced), exercise, references) for old in kept.runs if old.id != new.id)
    runs = tuple(each for each in (*others, new) if each.records)
    return Kept(schema=max((each.schema for each in runs), default=SCHEMA), runs=runs)


def _without(run: Run, parts: Container[str]) -> Run:
    return replace(run, records=tuple(record for record in run.records if record.case.part not in parts))


def missing(references: Sequence[Reference], kept: Kept) -> list[Reference]:
    """What an answer names and no kept run has."""
    return [each for each in references if not _has(each, kept)]


def _has(reference: Reference, kept: Kept) -> bool:
    run = run_of(reference.names[0], kept.runs)
    return run is not None and (reference.function == "kept_run" or number(reference, run).measured)
