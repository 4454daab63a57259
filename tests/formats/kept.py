"""The run that these tests write in every format: the sample of the reports, with hostile text in every field."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.model import Case, Record, Run, Sample
from bench.results import store
from tests.report import sample

REFERENCE = Path(__file__).parents[2] / "results" / "reference" / "20261129T055447Z-ex10-cpu"
HOSTILE = sample.build(hostile=True)
TIMED = {"autograd", "by hand", "by hand, in place"}


def reference() -> Run:
    """A real run in profile quick, as it is kept in the repository."""
    return store.read(REFERENCE)


def timed(variant: str, *samples: Sample, **more: object) -> Record:
    case = Case(exercise="ex90", part="a.speed", device="cpu", seed=0, parameters={"n": 8}, variant=variant)
    return replace(Record(case=case, outcome="ok", samples=samples), **more)


def run_of(*records: Record, **more: object) -> Run:
    return replace(HOSTILE, **{"id": "20260101T000000Z-ex90-cpu", "records": records, "broken": ()} | more)


def block(round: int, seconds: float, *laps: float, calls: int = 1) -> Sample:
    return Sample(round=round, calls=calls, seconds=seconds, laps=laps)
