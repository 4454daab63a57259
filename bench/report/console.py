"""The summary on a terminal: what failed first, then every part, then where the files are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analysis import families, laws, quantities, statistics
from bench.analysis.comparisons import Group, Row, groups, sweeps
from bench.analysis.families import Family
from bench.model import ExerciseInfo, PartInfo, Record, Run
from bench.report import changes, noise, summary
from bench.report.answers.live import claim_text, metric_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

GOOD, BAD, SOFT, CHANGED = "green", "bold red", "dim", "yellow"
WIDE = 96
"""Columns of a terminal that has room for everything."""
MOST_METRICS = 12
"""More metrics than this are left to the page."""


def show(run: Run, console: Console, folder: Path | None = None) -> None:
    """Print the summary of a run. Every text of a plugin is printed as it stands, never read as markup."""
    for words in changes.words(run):
        console.print(_text(words, CHANGED), soft_wrap=True)
    for line in _failures(run):
        console.print(line)
    family = families.of_run(run)
    for exercise in summary.exercises(run):
        console.print(_title(run, exercise))
        for part in summary.parts(run, exercise):
            _show_part(console, part, summary.records_of(run, exercise.id, part.id), exercise.id, family)
    console.print(_verdict(run))
    if clocked := noise.clocked(run):
        console.print(_text(clocked, SOFT))
    if precision := noise.of_run(run):
        console.print(_text(f"{precision}{noise.hint(run)}", SOFT))
    if folder is not None:
        console.print(_text(f"report    {folder / 'index.html'}", SOFT), soft_wrap=True)
    console.print(_text(f"again     {shlex.join(run.command)}", SOFT), soft_wrap=True)


def _text(text: str, style: str = "") -> Text:
    """Text without markup and without control characters, which could move the cursor."""
    from rich.text import Text

    return Text("".join(c if c == "\n" or c.isprintable() else "�" for c in text), style=style)


def _indented(text: str, style: str = "") -> Padding:
    from rich.padding import Padding

    return Padding(_text(text, style), (0, 0, 0, 4), expand=False)


def _failures(run: Run) -> Iterator[Text]:
    """Failed claims, broken plugins, cases that went wrong."""
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            for line in summary.claim_lines(summary.records_of(run, exercise.id, part.id)):
                if not line.ok:
                    where = f"{line.where}; {line.passed} of {line.total} hold"
                    text = f"✗ {exercise.id}.{part.id}  {line.worst.name}: {claim_text(line)} ({where})"
                    yield _text(text, BAD)
    for broken in run.broken:
        yield _text(f"✗ {broken.exercise}  could not be loaded: {broken.reason}", BAD)
    for record in summary.problems(run.records):
        mild = record.outcome == "skipped" and not record.missing
        text = f"{'-' if mild else '✗'} {summary.case_name(record)}  {record.outcome}: {record.reason}"
        yield _text(text, SOFT if mild else BAD)


def _title(run: Run, exercise: ExerciseInfo) -> Text:
    tally = summary.tally(summary.records_of(run, exercise.id))
    title = _text(f"\n{exercise.id}  {exercise.title}", "bold")
    return title.append_text(_text(f"  {tally.words}", GOOD if tally.ok else BAD))


def _show_part(console: Console, part: PartInfo, records: Sequence[Record], exercise: str, family: Family) -> None:
    tally = summary.tally(records)
    sign = _text("✓ " if tally.ok else "✗ ", GOOD if tally.ok else BAD)
    console.print(sign + _text(f"{exercise}.{part.id}  {part.title}") + _text(f"  {tally.words}", SOFT))
    compared = [record for record in records if record.case.variant is not None]
    if compared:
        grouped = groups(part, compared, family)
        console.print(_comparison(grouped, console.width))
        console.print(_agreement(compared))
        for note in dict.fromkeys(note for group in groups(part, compared) for note in group.notes):
            console.print(_indented(note, SOFT))
        for line in (*_children(grouped), *_laws(compared)):
            console.print(_indented(line, SOFT))
    lines = summary.metric_lines(records)
    several = len({line.device for line in lines}) > 1
    for metric in lines[:MOST_METRICS]:
        console.print(_indented(f"{metric.name}: {metric_text(metric, several)}"))
    if len(lines) > MOST_METRICS:
        console.print(_indented(f"… and {len(lines) - MOST_METRICS} more metrics in the report", SOFT))


def _comparison(compared: Sequence[Group], width: int) -> Table:
    """One table: variants by device, seed and parameters. Where a rate takes the room, only a wide terminal shows
    tensors."""
    from rich import box
    from rich.table import Table

    counted = any(row.peak and row.peak.tensors is not None for group in compared for row in group.rows)
    unit = next((row.record.work.unit for group in compared for row in group.rows if row.record.work), "")
    counted = counted and (width >= WIDE or not unit)
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True, show_edge=False, header_style=SOFT
    )
    table.add_column("variant")
    table.add_column("")
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("against reference", min_width=14 if counted else 20)
    table.add_column("memory", justify="right", no_wrap=True)
    if counted:
        table.add_column("tensors", justify="right", no_wrap=True)
    if unit:
        table.add_column(_text(f"{unit}/s"), justify="right", no_wrap=True)
    several = {"device": len({g.device for g in compared}) > 1, "seed": len({g.seed for g in compared}) > 1}
    for group in compared:
        _add_rows(table, group, several, counted=counted, rated=bool(unit))
    return table


def _add_rows(table: Table, group: Group, several: dict[str, bool], *, counted: bool, rated: bool) -> None:
    words = [group.label, group.device if several["device"] else "", f"seed {group.seed}" if several["seed"] else ""]
    label = ", ".join(word for word in words if word)
    if label:
        table.add_row(_text(label, SOFT))
    for row in group.rows:
        tensors = [_text(statistics.tensors_in_words(row.peak))] if counted else []
        table.add_row(*_cells(row, indent="  " if label else ""), *tensors, *([_rate(row)] if rated else []))


def _cells(row: Row, indent: str) -> list[Text]:
    name = _text(indent + row.name)
    if row.record.outcome != "ok":
        return [name, _text("✗", BAD), _text(""), _text(row.record.outcome, BAD), _text("")]
    verdict = row.ratio.verdict if row.ratio else None
    colour = GOOD if verdict == "faster" else "red" if verdict == "slower" else ""
    return [
        name,
        _agrees(row.record),
        _text(statistics.time_in_words(row.time)),
        _text(row.ratio_words.replace(" times ", " × ", 1), colour),
        _text(statistics.middle_in_words(row.peak) if row.peak else ""),
    ]


def _agrees(record: Record) -> Text:
    if record.agreement is None:
        return _text("")
    return _text("✓", GOOD) if record.agreement.passed else _text("✗", BAD)


def _agreement(records: Sequence[Record]) -> Padding:
    """The agreement nearest to its bound, or furthest beyond it."""
    held = [(record, record.agreement) for record in records if record.agreement is not None]
    if not held:
        return _indented("agreement was not measured", SOFT)
    # An allowed error of 0 is that of integers: any error is infinitely beyond it.
    record, worst = max(held, key=lambda pair: pair[1].error / (pair[1].allowed or 1e-300))
    error, allowed = quantities.number(worst.error, 2), quantities.number(worst.allowed, 2)
    verdict = f"worst error {error} {'≤' if worst.passed else '>'} {allowed}: "
    return _indented(verdict + ", ".join(w for w in (record.case.variant, summary.parameters(record)) if w), SOFT)


def _rate(row: Row) -> Text:
    return _text(quantities.number(row.throughput.centre, 3) if row.throughput else "")


def _children(grouped: Sequence[Group]) -> Iterator[str]:
    """What the table has no room for."""
    for group in grouped:
        for row in group.rows:
            words = statistics.children_in_words(row.peak) if row.peak else ""
            if words:
                yield f"{', '.join(word for word in (row.name, group.label) if word)}: and {words}"


def _laws(records: Sequence[Record]) -> Iterator[str]:
    """One line a variant: the laws of time and of memory."""
    swept = sweeps(records)
    several = len({sweep.device for sweep in swept}) > 1
    for sweep in swept:
        for variant, points in sweep.lines.items():
            if len(points) >= laws.FEWEST:
                place = ", ".join(w for w in (variant, sweep.label, sweep.device if several else "") if w)
                yield f"{place}: {'; '.join(sweep.in_words(variant))}"


def _verdict(run: Run) -> Text:
    tally = summary.tally(run.records)
    ok = tally.ok and not run.broken
    cut = "" if run.finished else "; the run was cut short"
    broken = f"; {summary.plural(len(run.broken), 'broken plugin')}" if run.broken else ""
    return _text(f"\n{'✓' if ok else '✗'} {tally.words}{broken}{cut}", GOOD if ok else BAD)
