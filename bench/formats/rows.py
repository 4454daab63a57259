"""A run as rows: one for each record, timed block, claim or metric, in columns that are the same for every run.

Every row begins with what its case is (``case`` is the name that the other formats use too, ``parameters.batch`` one
column a parameter) and ends with where the run took place, so that rows of several runs can be put together.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bench.analysis import comparisons, families
from bench.analysis.comparisons import Row
from bench.formats import names, timings
from bench.model import Case, Parameter, PartInfo, Record, Run

Of = Literal["records", "samples", "claims", "metrics"]
OF: tuple[Of, ...] = ("records", "samples", "claims", "metrics")
Kind = Literal["text", "number", "whole", "truth"]
Cell = str | float | int | bool | None
INT64 = 2**63
"""Whole numbers from here on fit no column of them."""

CASE: dict[str, Kind] = {
    "run": "text",
    "case": "text",
    "exercise": "text",
    "part": "text",
    "kind": "text",
    "device": "text",
    "seed": "whole",
    "variant": "text",
}
PLACE: dict[str, Kind] = {
    "created": "text",
    "profile": "text",
    "place": "text",
    "python": "text",
    "torch": "text",
    "cpu": "text",
    "gpu": "text",
    "threads": "whole",
    "commit": "text",
}
COLUMNS: dict[Of, dict[str, Kind]] = {
    "records": {
        "outcome": "text",
        "reason": "text",
        "is_reference": "truth",
        "rounds": "whole",
        "seconds": "number",
        "seconds_low": "number",
        "seconds_high": "number",
        "ratio": "number",
        "ratio_low": "number",
        "ratio_high": "number",
        "verdict": "text",
        "peak_bytes": "number",
        "tensor_bytes": "whole",
        "error": "number",
        "allowed": "number",
        "claims": "whole",
        "failed_claims": "whole",
        "duration": "number",
    },
    "samples": {
        "round": "whole",
        "block": "whole",
        "calls": "whole",
        "seconds": "number",
        "waited": "number",
        "retaken": "whole",
    },
    "claims": {"claim": "text", "value": "number", "relation": "text", "bound": "number", "passed": "truth"},
    "metrics": {"metric": "text", "value": "number", "unit": "text"},
}
"""Behind those of the case: what a row is of."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns with what they hold, and rows with a cell for each, ``None`` where there is nothing."""

    columns: dict[str, Kind]
    cells: tuple[tuple[Cell, ...], ...]

    def column(self, name: str) -> list[Cell]:
        place = list(self.columns).index(name)
        return [row[place] for row in self.cells]


def of_run(run: Run, of: Of = "records") -> Rows:
    """Times in seconds, sizes in bytes. A number that is not finite is no cell of a table: ``None`` stands there."""
    swept = _parameters(run)
    columns = CASE | swept | COLUMNS[of] | PLACE
    places = {name: _place(run, name) for name in run.places}
    cases = _cases(run, swept)
    listed = [cases[record.case] | cells | places[run.where(record)] for record, cells in _EACH[of](run)]
    rows = tuple(tuple(_finite(cells.get(name)) for name in columns) for cells in listed)
    return Rows(_fitting(columns, rows), rows)


def _finite(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _fitting(columns: dict[str, Kind], rows: tuple[tuple[Cell, ...], ...]) -> dict[str, Kind]:
    """Columns of whole numbers too large for 64 bits become columns of numbers."""
    large = {
        name
        for place, name in enumerate(columns)
        if columns[name] == "whole" and any(abs(row[place] or 0) >= INT64 for row in rows)  # type: ignore[arg-type]
    }
    return {name: "number" if name in large else kind for name, kind in columns.items()}


def _parameters(run: Run) -> dict[str, Kind]:
    """A column for each parameter of the run, in the order in which they come."""
    values: dict[str, list[Parameter]] = {}
    for record in run.records:
        for name, value in record.case.parameters.items():
            values.setdefault(_column(name), []).append(value)
    return {name: _kind(listed) for name, listed in values.items()}


def _column(parameter: str) -> str:
    return f"parameters.{names.plain(parameter)}"


def _kind(values: list[Parameter]) -> Kind:
    # A study that has all values at once would turn a column of numbers into one of text.
    types: set[type] = {type(value) for value in values if not isinstance(value, tuple)} or {tuple}
    if types == {bool}:
        return "truth"
    if types == {int}:
        return "whole"
    return "number" if types <= {int, float} else "text"


def _cell(value: Parameter, kind: Kind) -> Cell:
    if kind != "text":
        return None if isinstance(value, tuple) else value
    return names.plain(value if isinstance(value, str) else json.dumps(value))


def _cases(run: Run, swept: dict[str, Kind]) -> dict[Case, dict[str, Cell]]:
    called, parts = names.of_cases(record.case for record in run.records), _parts(run)
    return {
        case: {
            "run": names.plain(run.id),
            "case": name,
            "exercise": names.plain(case.exercise),
            "part": names.plain(case.part),
            "kind": part.kind if (part := parts.get((case.exercise, case.part))) else None,
            "device": names.plain(case.device),
            "seed": case.seed,
            "variant": None if case.variant is None else names.plain(case.variant),
            **{_column(key): _cell(value, swept[_column(key)]) for key, value in case.parameters.items()},
        }
        for case, name in called.items()
    }


def _parts(run: Run) -> dict[tuple[str, str], PartInfo]:
    return {(exercise.id, part.id): part for exercise in run.exercises for part in exercise.parts}


def _place(run: Run, name: str) -> dict[str, Cell]:
    place = run.at(name).environment
    texts = {"python": place.python, "torch": place.torch, "cpu": place.cpu, "gpu": place.gpu, "commit": place.commit}
    texts |= {"place": name}
    told = {field: names.plain(text) or None for field, text in texts.items()}
    return {"created": names.plain(run.created), "profile": run.profile, "threads": place.threads, **told}


def _records(run: Run) -> Iterator[tuple[Record, dict[str, Cell]]]:
    rows = _compared(run)
    for record in run.records:
        yield record, _outcome(record) | (_measured(rows[record.case]) if record.case in rows else {})


def _compared(run: Run) -> dict[Case, Row]:
    """Every variant beside its reference, with the verdict that it keeps among all of the run."""
    family, parts = families.of_run(run), _parts(run)
    by_part: dict[tuple[str, str], list[Record]] = {}
    for record in run.records:
        if record.case.variant is not None:
            by_part.setdefault((record.case.exercise, record.case.part), []).append(record)
    return {
        row.record.case: row
        for key, records in by_part.items()
        if key in parts
        for group in comparisons.groups(parts[key], records, family)
        for row in group.rows
    }


def _outcome(record: Record) -> dict[str, Cell]:
    agreement = record.agreement
    return {
        "outcome": record.outcome,
        "reason": names.plain(record.reason, 1_000) or None,
        "error": agreement.error if agreement else None,
        "allowed": agreement.allowed if agreement else None,
        "claims": len(record.findings.claims),
        "failed_claims": len(record.failed_claims),
        "duration": record.seconds,
    }


def _measured(row: Row) -> dict[str, Cell]:
    time, ratio, peak = row.time, row.ratio, row.peak
    return {
        "is_reference": row.is_reference,
        "rounds": time.rounds if time else None,
        "seconds": time.centre if time else None,
        "seconds_low": time.low if time else None,
        "seconds_high": time.high if time else None,
        "ratio": ratio.centre if ratio else None,
        "ratio_low": ratio.low if ratio else None,
        "ratio_high": ratio.high if ratio else None,
        "verdict": ratio.verdict if ratio else None,
        "peak_bytes": peak.median if peak else None,
        "tensor_bytes": peak.tensors if peak else None,
    }


def _samples(run: Run) -> Iterator[tuple[Record, dict[str, Cell]]]:
    for record in run.records:
        for sample in record.samples:
            shared: dict[str, Cell] = {"round": sample.round, "calls": sample.calls}
            shared |= {"waited": sample.waited, "retaken": sample.retaken}
            for block, seconds in enumerate(timings.per_call(sample)):
                yield record, {**shared, "block": block, "seconds": seconds}


def _claims(run: Run) -> Iterator[tuple[Record, dict[str, Cell]]]:
    for record in run.records:
        for claim in record.findings.claims:
            yield (
                record,
                {
                    "claim": names.plain(claim.name),
                    "value": float(claim.value),
                    "relation": claim.relation,
                    "bound": float(claim.bound),
                    "passed": claim.passed,
                },
            )


def _metrics(run: Run) -> Iterator[tuple[Record, dict[str, Cell]]]:
    for record in run.records:
        for metric in record.findings.metrics:
            told = {"metric": names.plain(metric.name), "unit": names.plain(metric.unit) or None}
            yield record, {**told, "value": float(metric.value)}


_EACH = {"records": _records, "samples": _samples, "claims": _claims, "metrics": _metrics}
