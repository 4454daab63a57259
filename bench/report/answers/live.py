"""Live numbers: ``{{ claim("name") }}`` in an answer is replaced by what this run measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.analysis import families, peak_memory, quantities, roofline, statistics
from bench.analysis.families import Family
from bench.errors import BenchError
from bench.model import ExerciseInfo, Parameter, Record, Run, variations
from bench.report import races, summary
from bench.report.answers import settings
from bench.report.answers.pieces import Reference


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the text. ``ok`` is False for a failed claim and None where nothing was claimed, or smoke decides
    nothing; ``detail`` tells the settings one by one, where there are several."""

    text: str
    ok: bool | None = None
    measured: bool = True
    detail: str = ""


NOT_MEASURED = Shown("not measured in this run", measured=False)
NO_RESULT = Shown("no ratio in smoke", measured=False)
"""What is timed in profile smoke is timed once, on next to nothing."""


def look_up(reference: Reference, run: Run, exercise: ExerciseInfo, family: Family) -> Shown:
    """The value in this run: the worst claim, the median metric with its range, the measured time. ``family`` is that
    of the run."""
    records = summary.records_of(run, exercise.id)
    if reference.function == "claim":
        found = of_claim(reference.names[0], records)
        return replace(found, ok=None) if run.profile == "smoke" else found
    if reference.function == "metric":
        return of_metric(reference.names[0], records)
    if reference.function == "ratio" and run.profile == "smoke":
        return NO_RESULT
    chosen = _chosen(reference, records)
    read: Callable[[Record], str] = {
        "ratio": lambda record: _ratio(record, exercise, records, family),
        "memory": lambda record: peak_memory.peak_in_words(peak_memory.peak(record)),
        "time": lambda record: races.outcome(record, statistics.time_in_words(statistics.estimate(record))),
        "throughput": _throughput,
        "roof": lambda record: _roof(record, run),
        "steps": lambda record: races.outcome(record, races.steps(record)),
        "evaluations": lambda record: races.outcome(record, races.evaluations(record)),
    }[reference.function]
    return _by_setting(chosen, read)


def of_claim(name: str, records: Sequence[Record]) -> Shown:
    """The worst of it in these records."""
    claiming = [record for record in records if any(claim.name == name for claim in record.findings.claims)]
    lines = [line for line in summary.claim_lines(claiming) if line.worst.name == name]
    if not lines:
        return NOT_MEASURED
    # One a place: the text has room for the worst.
    worst = max(lines, key=lambda line: (not line.ok, summary.miss(line.worst)))
    return Shown(claim_text(worst), worst.ok)


def claim_text(line: summary.ClaimLine) -> str:
    """ "3e-16 ≤ 1e-12"; a claim that fails turns its relation around."""
    claim = line.worst
    symbol = summary.SYMBOLS[claim.relation] if claim.passed else summary.BROKEN[claim.relation]
    value, bound = summary.tell_apart(claim.value, claim.bound, claim.passed)
    return f"{value} {symbol} {bound}"


def of_metric(name: str, records: Sequence[Record]) -> Shown:
    """Its median in these records, with its range over seeds, for each setting."""
    measuring = [record for record in records if any(metric.name == name for metric in record.findings.metrics)]
    lines = [line for line in summary.metric_lines(measuring) if line.name == name]
    if len(lines) < 2:
        return Shown(metric_text(lines[0])) if lines else NOT_MEASURED
    labels = _labels([(line.which, line.device) for line in lines])
    detail = settings.listed(labels, [metric_text(replace(line, which="")) for line in lines])
    return Shown(_medians(lines, labels), detail=detail)


def _medians(lines: Sequence[summary.MetricLine], labels: Sequence[str]) -> str:
    """ "33.6 / 41.2 % (epochs 5 / 9)", "33.6 to 41.2 % over 5 values of epochs"."""
    texts = [_with_unit(line.median, line.unit) for line in lines]
    if len(texts) <= settings.MOST or len(set(texts)) == 1 or len({line.unit for line in lines}) > 1:
        return settings.phrase(labels, texts)
    low, high = min(line.median for line in lines), max(line.median for line in lines)
    return f"{quantities.number(low, 4)} to {_with_unit(high, lines[0].unit)} {settings.over(labels)}"


def _with_unit(value: float, unit: str) -> str:
    return " ".join(piece for piece in (quantities.number(value, 4), unit) if piece)


def _labels(places: Sequence[tuple[str, str]]) -> list[str]:
    """What tells settings apart, of their parameters and devices: "epochs=5", "cuda", "epochs=5, cuda"."""
    several = len({device for _, device in places}) > 1
    return [", ".join(word for word in (which, device if several else "") if word) for which, device in places]


def metric_text(line: summary.MetricLine, name_device: bool = False) -> str:
    """ "0.975 (0.97 to 0.98 over 3 seeds)"."""
    value = _with_unit(line.median, line.unit)
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
        and all(parameters_of(record).get(name) == value for name, value in wanted.items())
    ]


def parameters_of(record: Record) -> dict[str, Parameter]:
    return {"device": record.case.device, "seed": record.case.seed, **record.case.parameters}


def _by_setting(records: list[Record], read: Callable[[Record], str]) -> Shown:
    """What is read of each setting and device, of its first seed that says something."""
    which, several = variations(record.case for record in records), summary.is_spread(records)
    texts: dict[tuple[str, str], str] = {}
    for record in records:
        text = read(record)
        if text:
            told = ", ".join(filter(None, (which[record.case.unseeded], record.place if several else "")))
            texts.setdefault((told, record.case.device), text)
    if not texts:
        return NOT_MEASURED
    labels, values = _labels([*texts]), [*texts.values()]
    return Shown(settings.phrase(labels, values), detail=settings.listed(labels, values))


def _ratio(record: Record, exercise: ExerciseInfo, records: Sequence[Record], family: Family) -> str:
    part = next((part for part in exercise.parts if part.id == record.case.part), None)
    if part and part.kind == "race":
        return races.against_of(part, record, records, family)
    elsewhere = ""
    for other in records:
        if part and other.case.part == part.id and other.case.variant == part.reference:
            if other.place != record.place and other.case.whole == record.case.whole:
                elsewhere = f"no ratio: {part.reference} was measured on {other.place or 'another place'}"
            try:
                ratio = statistics.ratio(record, other)
            except BenchError:
                continue  # the reference on another device, seed, parameter or place
            judged = family.get(record.case, families.ALONE).judged(ratio)
            return statistics.in_words(judged) if judged else ""
    return elsewhere


def _throughput(record: Record) -> str:
    rate = statistics.throughput(record)
    if rate is None or record.work is None:
        return ""
    return f"{quantities.interval(rate.centre, rate.low, rate.high)} {record.work.unit}/s"


def _roof(record: Record, run: Run) -> str:
    """ "34 % of the roof"; what memory alone would not let it reach came from a cache."""
    share = roofline.share(record, run.peaks_at(record.place)) if record.outcome == "ok" else None
    if share is None:
        return ""
    return (
        f"{quantities.number(100 * share, 2)} % of the roof"
        if share < 1
        else f"{quantities.number(share, 2)} × the roof"
    )
