"""What went wrong in a run, each in words: claims that do not hold, plugins that do not load, cases that failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bench.model import Record, Run
from bench.report import summary
from bench.report.answers.live import claim_text

Kind = Literal["claim", "broken", "case"]


@dataclass(frozen=True, slots=True)
class Failure:
    """``what`` it is about, and in ``words`` what happened. A mild one is what an exercise left out by itself."""

    kind: Kind
    what: str
    words: str
    is_mild: bool = False


def of_run(run: Run) -> Iterator[Failure]:
    """Failed claims, broken plugins, cases that are not ok, the worst of each first."""
    yield from _claims(run)
    for broken in run.broken:
        yield Failure("broken", broken.exercise, f"could not be loaded: {broken.reason}")
    declared = summary.declared(run)
    for record in summary.problems(run.records):
        mild = record.outcome == "skipped" and not record.missing
        of_part = declared.get((record.case.exercise, record.case.part), {})
        name = summary.case_name(record, of_part) + _on(run, record)
        yield Failure("case", name, f"{record.outcome}: {record.reason}", mild)


def _on(run: Run, record: Record) -> str:
    return f" on {run.where(record)}" if run.is_spread else ""


def _claims(run: Run) -> Iterator[Failure]:
    by_part = run.by_part()
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            for line in summary.claim_lines(by_part[exercise.id, part.id]):
                if not line.ok:
                    where = f"{line.found}; {line.passed} of {line.total} hold"
                    told = f"{line.worst.name}: {claim_text(line)} ({where})"
                    yield Failure("claim", f"{exercise.id}.{part.id}", told)
