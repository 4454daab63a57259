"""A comparison on a terminal: what is worse first, then a row a time, then what else moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bench.analysis.compared import Against, Comparison, Timed
from bench.analysis.moved import MemoryMoved, MetricMoved
from bench.report.between import words
from bench.report.texts import BAD, GOOD, SOFT, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_TIMES, MOST_LINES = 40, 12
"""Rows of times that changed; rows of others, and lines of one kind: the page and ``--json`` have all."""
SEVERAL = 3
MARKS = {"✗": BAD, "✓": GOOD, "–": "bold"}
STYLES = {"slower": "red", "faster": GOOD, "inconclusive": SOFT, "equivalent": ""}


def show(comparison: Comparison, console: Console) -> None:
    """Print it. Every text of a file is printed as it stands, never read as markup."""
    for against in comparison.against:
        _show_one(against, comparison, console)
    over = f" (over {', '.join(comparison.by)})" if comparison.by else ""
    console.print()
    mark = words.mark(*comparison.against)
    console.print(text(f"{mark} {words.headline(comparison)}{over}", MARKS[mark]))


def _show_one(against: Against, comparison: Comparison, console: Console) -> None:
    console.print(text(f"base  {against.base.id}\nnew   {against.new.id}", "bold"), soft_wrap=True)
    for line in _worse(against):
        console.print(text(f"✗ {line}", BAD))
    if against.timed:
        changed, others = words.parted(against)
        rows = [*changed[:MOST_TIMES], *others[:MOST_LINES]]
        console.print(_table(rows, against))
        if more := len(against.timed) - len(rows):
            console.print(text(f"and {more} more times, in the page", SOFT))
    if cause := _shared_cause(against):
        console.print(text(f"inconclusive: {cause}", SOFT))
    for line in _moved(against):
        console.print(text(line))
    console.print(text(words.tally(against, comparison.margin), SOFT))
    console.print(text(f"{words.floors(against)}; between two moments more is possible", SOFT))
    for line in words.remarks(against):
        console.print(text(f"! {line}", "yellow"))


def _worse(against: Against) -> Iterator[str]:
    claims = (f"claim lost   {words.label(each.case, against)}: {words.claim(each)}" for each in against.lost_claims)
    cases = (f"case lost    {words.label(each.case, against)}: {_short(each.why)}" for each in against.lost_cases)
    yield from words.limited(claims, MOST_LINES)
    yield from words.limited(cases, MOST_LINES)


def _short(why: str) -> str:
    line = " ".join(why.split())
    return line if len(line) <= 160 else f"{line[:159]}…"


def _table(rows: Sequence[Timed], against: Against) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False, header_style=SOFT)
    for name in ("case", "base", "new", "change of time", "verdict"):
        table.add_column(name, justify="right" if name in ("base", "new") else "left", no_wrap=name in ("base", "new"))
    shared = _shared_cause(against)
    for timed in rows:
        said = timed.verdict if shared and timed.cause == shared else words.verdict(timed)
        cells = (words.label(timed.pair.case, against), *words.seconds(timed), words.change(timed.change), said)
        table.add_row(*(text(cell, STYLES[timed.verdict]) for cell in cells))
    return table


def _shared_cause(against: Against) -> str:
    """What is the cause of all that is inconclusive is said once, below the table."""
    causes = [each.cause for each in against.of("inconclusive")]
    return causes[0] if len(causes) >= SEVERAL and len(set(causes)) == 1 else ""


def _moved(against: Against) -> Iterator[str]:
    """What is no failure. What has come is counted: the page names it."""
    claims = [each for each in words.listed_claims(against) if each.side != "lost"]
    told = (f"{each.side}: {words.label(each.case, against)}: {words.claim(each)}" for each in claims)
    yield from _lines("claim", told)
    fates = [each for each in words.listed_cases(against) if each.fate != "lost"]
    yield from _lines("case", (f"{words.label(each.case, against)} {_short(words.fate(each))}" for each in fates))
    yield from _lines("memory", (_peak(each, against) for each in words.listed_memory(against)))
    yield from _lines("metric", (_metric(each, against) for each in words.listed_metrics(against)))
    if besides := words.besides(against):
        yield besides


def _peak(moved: MemoryMoved, against: Against) -> str:
    label = words.label(moved.case, against)
    return f"{label}: {moved.weight}, {' to '.join(words.memory(moved))} ({moved.of})"


def _metric(moved: MetricMoved, against: Against) -> str:
    base, new, share = words.metric(moved)
    return f"{words.label(moved.case, against)}: {moved.name} {base} to {new}{f' ({share})' if share else ''}"


def _lines(what: str, lines: Iterable[str]) -> Iterator[str]:
    for line in words.limited(lines, MOST_LINES):
        yield f"{what:<7} {line}"
