"""What ``bench sweep`` prints: a table a variant, laws, the knee, the largest value that fits; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bench.analysis import largest, measured, peak_memory, quantities, statistics
from bench.analysis.comparisons import sweeps
from bench.analysis.exponents import Difference
from bench.analysis.largest import Largest
from bench.analysis.measured import Measured, Point
from bench.analysis.statistics import Interval
from bench.model import Record, Run
from bench.report import summary
from bench.report.texts import BAD, SOFT, indented, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

DOCUMENT = "sweep.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A run over the values of one parameter. ``into`` is the memory that was searched for the largest value that fits
    of each variant, in words; empty where nothing was searched."""

    run: Run
    parameter: str
    largest: Mapping[str, Largest] = field(default_factory=dict)
    into: str = ""

    @property
    def variants(self) -> tuple[Measured, ...]:
        return tuple(each for sweep in sweeps(self.run.records, self.parameter) for each in measured.of(sweep))

    @property
    def whole(self) -> tuple[Record, ...]:
        """The cases that died before any variant could be told apart."""
        return tuple(record for record in self.run.records if record.case.variant is None)


def show(swept: Swept, console: Console) -> None:
    """Print all of it; texts of plugins as they stand."""
    records = swept.run.records
    if records:
        case = records[0].case
        fixed = ", ".join(f"{name} = {value}" for name, value in case.parameters.items() if name != swept.parameter)
        title = f"{case.exercise}.{case.part} over {swept.parameter} on {case.device}{fixed and f' ({fixed})'}"
        console.print(text(title, "bold"))
    for each in swept.variants:
        console.print(text(f"\n{each.variant}"))
        console.print(_table(each))
        for line in _said_of(each, swept):
            console.print(indented(line, SOFT))
    for record in swept.whole:
        value = record.case.parameters.get(swept.parameter)
        console.print(text(f"✗ {swept.parameter} = {value}  {record.outcome}: {record.reason}", BAD), soft_wrap=True)
    if swept.run.profile == "smoke":
        console.print(text(summary.SCOPES["smoke"], SOFT))


def _table(each: Measured) -> Table:
    from rich import box
    from rich.table import Table

    headers = (each.parameter, "time of a batch" if each.is_batch else "time", f"{each.unit}/s", each.meter, "exponent")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style=SOFT)
    for header in headers:
        table.add_column(text(header), justify="right", no_wrap=True)
    for point in each.points:
        cells = _cells(point, each.meter) if point.outcome == "ok" else (point.outcome, "", "", "")
        style = "" if point.outcome == "ok" else BAD
        table.add_row(*(text(cell, style) for cell in (quantities.number(point.value), *cells)))
    return table


def _cells(point: Point, meter: str) -> tuple[str, str, str, str]:
    # By the meter that the law is of: the other one would not lie on it.
    in_words = peak_memory.tensors_in_words if meter == "tensors" else peak_memory.middle_in_words
    memory = in_words(point.peak) if point.peak else ""
    return statistics.time_in_words(point.time), _rate(point.rate), memory, exponent_in_words(point.exponent)


def _rate(rate: Interval | None) -> str:
    return "" if rate is None else quantities.interval(rate.centre, rate.low, rate.high)


def exponent_in_words(exponent: Difference | None) -> str:
    """ "0.97 ± 0.02"; nothing where there is none. It may be below zero, and have its zero within the interval."""
    if exponent is None:
        return ""
    if exponent.low is None or exponent.high is None:
        return f"{exponent.centre:.2f}"
    half = (exponent.high - exponent.low) / 2
    places = min(3, max(1, quantities.decimals(half))) if half > 0 else 3
    return f"{quantities.fixed(exponent.centre, places)} ± {quantities.fixed(half, places)}".replace("-", "−")


def _said_of(each: Measured, swept: Swept) -> Iterator[str]:
    yield from each.laws_in_words
    yield f"throughput: {each.knee_in_words}"
    if fits := _fits(each, swept):
        yield fits
    for reason in dict.fromkeys(point.reason for point in each.points if point.reason):
        values = [quantities.number(point.value) for point in each.points if point.reason == reason]
        yield f"at {swept.parameter} {', '.join(values)}: {reason}"


def _fits(each: Measured, swept: Swept) -> str:
    """The largest value of a variant in words, empty where it was not searched."""
    most = swept.largest.get(each.variant)
    return "" if most is None else largest.in_words(most, swept.parameter, swept.into)


def document(swept: Swept) -> dict[str, Any]:
    """All of it as numbers, and what a page shows in words: seconds, bytes, units of work per second; intervals are of
    95 %."""
    return {
        "run": swept.run.id,
        "parameter": swept.parameter,
        "memory": swept.into,
        "variants": [_variant(each, swept) for each in swept.variants],
        "died": [{"case": each.case.label, "outcome": each.outcome, "reason": each.reason} for each in swept.whole],
    }


def _variant(each: Measured, swept: Swept) -> dict[str, Any]:
    most = swept.largest.get(each.variant)
    # A law that there is none of is an object of its reason alone.
    return asdict(each) | {
        "knee_in_words": each.knee_in_words,
        "largest": None if most is None else asdict(most) | {"everything_fits": most.everything_fits},
        "largest_in_words": _fits(each, swept),
    }
