"""Live numbers: ``{{ claim("name") }}`` in an answer is replaced by what this run measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.analysis import families, quantities, roofline, statistics
from bench.analysis.families import Family
from bench.errors import BenchError
from bench.model import ExerciseInfo, Parameter, Record, Run
from bench.report import races, summary
from bench.report.answers.pieces import Reference


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the text. ``ok`` is False for a failed claim and None where nothing was claimed."""

    text: str
    ok: bool | None = None
    measured: bool = True


NOT_MEASURED = Shown("not measured in this run", measured=False)
NO_RESULT = Shown("no ratio in smoke", measured=False)
"""What is timed in profile smoke is timed once, on next to nothing."""


def look_up(reference: Reference, run: Run, exercise: ExerciseInfo, family: Family) -> Shown:
    """The value in this run: the worst claim, the median metric with its range, the measured time. ``family`` is that
    of the run."""
    records = summary.records_of(run, exercise.id)
    if reference.function == "claim":
        return _claim(reference.names[0], records)
    if reference.function == "metric":
        return _metric(reference.names[0], records)
    if reference.function == "ratio" and run.profile == "smoke":
        return NO_RESULT
    chosen = _chosen(reference, records)
    read: Callable[[Record], str] = {
        "ratio": lambda record: _ratio(record, exercise, records, family),
        "memory": lambda record: statistics.peak_in_words(statistics.peak(record)),
        "time": lambda record: races.outcome(record, statistics.time_in_words(statistics.estimate(record))),
        "throughput": _throughput,
        "roof": lambda record: _roof(record, run),
        "steps": lambda record: races.outcome(record, races.steps(record)),
        "evaluations": lambda record: races.outcome(record, races.evaluations(record)),
    }[reference.function]
    return _by_device(chosen, read)


def _claim(name: str, records: Sequence[Record]) -> Shown:
    claiming = [record for record in records if any(claim.name == name for claim in record.findings.claims)]
    line = next((line for line in summary.claim_lines(claiming) if line.worst.name == name), None)
    return NOT_MEASURED if line is None else Shown(claim_text(line), line.ok)


def claim_text(line: summary.ClaimLine) -> str:
    """ "3e-16 ≤ 1e-12"; a claim that fails turns its relation around."""
    claim = line.worst
    symbol = summary.SYMBOLS[claim.relation] if claim.passed else summary.BROKEN[claim.relation]
    value, bound = summary.tell_apart(claim.value, claim.bound, claim.passed)
    return f"{value} {symbol} {bound}"


def _metric(name: str, records: Sequence[Record]) -> Shown:
    measuring = [record for record in records if any(metric.name == name for metric in record.findings.metrics)]
    lines = [line for line in summary.metric_lines(measuring) if line.name == name]
    return Shown("; ".join(metric_text(line, len(lines) > 1) for line in lines)) if lines else NOT_MEASURED


def metric_text(line: summary.MetricLine, name_device: bool = False) -> str:
    """ "0.975 (0.97 to 0.98 over 3 seeds)"."""
    value = " ".join(piece for piece in (quantities.number(line.median, 4), line.unit) if piece)
    if line.count > 1 and line.high > line.low:
        low, high = quantities.number(line.low, 3), quantities.number(line.high, 3)
        value += f" ({low} to {high} over {line.count} seeds)"
    value += f" for {line.which}" if line.which else ""
    return f"{value} on {line.device}" if name_device else value


def _chosen(reference: Reference, records: Sequence[Record]) -> list[Record]:
    part, variant = reference.names
    wanted = dict(reference.parameters)
    return [
        record
        for record in records
        if (record.case.part, record.case.variant) == (part, variant)
        and all(_parameters(record).get(name) == value for name, value in wanted.items())
    ]


def _parameters(record: Record) -> dict[str, Parameter]:
    return {"device": record.case.device, "seed": record.case.seed, **record.case.parameters}


def _by_device(records: list[Record], read: Callable[[Record], str]) -> Shown:
    """One phrase a device, of its first seed that has one; the devices are named where there are several."""
    phrases: dict[str, str] = {}
    for record in records:
        text = read(record)
        if text:
            phrases.setdefault(record.case.device, text)
    if len(phrases) < 2:
        return Shown(next(iter(phrases.values()))) if phrases else NOT_MEASURED
    return Shown("; ".join(f"{text} on {device}" for device, text in phrases.items()))


def _ratio(record: Record, exercise: ExerciseInfo, records: Sequence[Record], family: Family) -> str:
    part = next((part for part in exercise.parts if part.id == record.case.part), None)
    if part and part.kind == "race":
        return races.against_of(part, record, records, family)
    for other in records:
        if part and other.case.part == part.id and other.case.variant == part.reference:
            try:
                ratio = statistics.ratio(record, other)
            except BenchError:
                continue  # the reference on another device, seed or parameter
            judged = family.get(record.case, families.ALONE).judged(ratio)
            return statistics.in_words(judged) if judged else ""
    return ""


def _throughput(record: Record) -> str:
    rate = statistics.throughput(record)
    if rate is None or record.work is None:
        return ""
    return f"{quantities.interval(rate.centre, rate.low, rate.high)} {record.work.unit}/s"


def _roof(record: Record, run: Run) -> str:
    """ "34 % of the roof"; what memory alone would not let it reach came from a cache."""
    share = roofline.share(record, run.peaks) if record.outcome == "ok" else None
    if share is None:
        return ""
    return (
        f"{quantities.number(100 * share, 2)} % of the roof"
        if share < 1
        else f"{quantities.number(share, 2)} × the roof"
    )
