"""The details of a part on a terminal (``-v``): its table, what else is known of its variants, laws and metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis import laws, peak_memory, quantities, statistics
from bench.analysis.comparisons import Group, Row, groups, sweeps, whereabouts
from bench.analysis.families import Family
from bench.model import PartInfo, Record
from bench.report import bars, summary
from bench.report.answers.live import metric_text
from bench.report.texts import BAD, GOOD, SOFT, indented, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

NAMES, RATIOS = 16, 14
"""The least columns for what may be wrapped: a variant's name, and its ratio in words."""
LEAST = 4
"""Columns that stay, whatever the width."""


def show(console: Console, part: PartInfo, records: Sequence[Record], family: Family, *, judged: bool) -> None:
    """Print them. What is not ``judged`` is not called faster or slower."""
    compared = [record for record in records if record.case.variant is not None]
    if compared:
        grouped = groups(part, compared, family)
        console.print(_comparison(grouped, console, judged))
        console.print(_agreement(part, compared))
        for note in dict.fromkeys(note for group in grouped for note in group.notes):
            console.print(indented(note, SOFT))
        for line in (*_children(grouped), *(_laws(compared) if judged else ())):
            console.print(indented(line, SOFT))
    lines = summary.metric_lines(records)
    several = len({line.device for line in lines}) > 1
    for metric in lines:
        console.print(indented(f"{metric.name}: {metric_text(metric, several)}"))


def _comparison(compared: Sequence[Group], console: Console, judged: bool) -> Table:
    """One table: variants by device, seed and parameters. What does not fit is left to the page, tensors first."""
    unit = next((row.record.work.unit for group in compared for row in group.rows if row.record.work), "")
    counted = any(row.peak and row.peak.tensors is not None for group in compared for row in group.rows)
    wanted = [
        *([Column("", lambda row: _agrees(row.record))] if judged else []),
        Column("time", lambda row: text(statistics.time_in_words(row.time)), number=True),
        *([Column("against reference", _ratio, wraps=True)] if judged else []),
        *([Column(f"{unit}/s", _rate, number=True)] if unit else []),
        Column("memory", lambda row: text(peak_memory.middle_in_words(row.peak) if row.peak else ""), number=True),
        *([Column("tensors", _tensors, number=True)] if counted else []),
    ]
    while True:
        table = _table(compared, wanted)
        if len(wanted) < LEAST or console.measure(table).minimum <= console.width:
            return table
        wanted = wanted[:-1]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table, and what stands there of a variant that is sound."""

    header: str
    cell: Callable[[Row], Text]
    number: bool = False
    wraps: bool = False


def _table(compared: Sequence[Group], columns: Sequence[Column]) -> Table:
    from rich import box
    from rich.table import Table

    cells = [[column.cell(row) for column in columns] for group in compared for row in group.rows]
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True, show_edge=False, header_style=SOFT
    )
    table.add_column("variant", min_width=NAMES)
    for index, column in enumerate(columns):
        widest = max([len(column.header), *(row[index].cell_len for row in cells)])
        # Rich counts the longest word as the least width, whether a cell may be wrapped or not.
        table.add_column(
            text(column.header),
            justify="right" if column.number else "left",
            no_wrap=not column.wraps,
            min_width=RATIOS if column.wraps else widest,
        )
    for group, place, where in zip(compared, bars.places(compared), whereabouts(compared), strict=True):
        _add_rows(table, group, ", ".join((*place, where) if where else place), columns)
    return table


def _add_rows(table: Table, group: Group, label: str, columns: Sequence[Column]) -> None:
    if label:
        table.add_row(text(label, SOFT))
    for row in group.rows:
        name = text(("  " if label else "") + row.name)
        if row.record.outcome == "ok":
            table.add_row(name, *(column.cell(row) for column in columns))
        else:
            table.add_row(name, text("✗", BAD), text(row.record.outcome, BAD))


def _ratio(row: Row) -> Text:
    verdict = row.ratio.verdict if row.ratio else None
    colour = GOOD if verdict == "faster" else "red" if verdict == "slower" else ""
    return text(row.ratio_words.replace(" times ", " × ", 1), colour)


def _agrees(record: Record) -> Text:
    if record.agreement is None:
        return text("")
    return text("✓", GOOD) if record.agreement.passed else text("✗", BAD)


def _agreement(part: PartInfo, records: Sequence[Record]) -> Padding:
    """The agreement nearest to its bound, or furthest beyond it."""
    held = [(record, record.agreement) for record in records if record.agreement is not None]
    if not held:
        return indented("agreement was not measured", SOFT)
    # An allowed error of 0 is that of integers: any error is infinitely beyond it.
    record, worst = max(held, key=lambda pair: (not pair[1].passed, pair[1].error / (pair[1].allowed or 1e-300)))
    error, allowed = quantities.number(worst.error, 2), quantities.number(worst.allowed, 2)
    verdict = f"worst error {error} {'≤' if worst.passed else '>'} {allowed}: "
    which = summary.parameters(record, part.parameters)
    return indented(verdict + ", ".join(w for w in (record.case.variant, which) if w), SOFT)


def _tensors(row: Row) -> Text:
    return text(peak_memory.tensors_in_words(row.peak))


def _rate(row: Row) -> Text:
    return text(quantities.number(row.throughput.centre, 3) if row.throughput else "")


def _children(grouped: Sequence[Group]) -> Iterator[str]:
    """What the table has no room for."""
    for group in grouped:
        for row in group.rows:
            words = peak_memory.children_in_words(row.peak) if row.peak else ""
            if words:
                yield f"{', '.join(word for word in (row.name, group.label) if word)}: and {words}"


def _laws(records: Sequence[Record]) -> Iterator[str]:
    """One line a variant: the laws of time and of memory."""
    swept = sweeps(records)
    for sweep, where in zip(swept, whereabouts(swept), strict=True):
        for variant, points in sweep.lines.items():
            if len(points) >= laws.FEWEST:
                place = ", ".join(w for w in (variant, sweep.label, where) if w)
                yield f"{place}: {'; '.join(sweep.in_words(variant))}"
