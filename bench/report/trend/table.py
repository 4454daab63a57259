"""A history in the terminal: a sparkline a case, and what may be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analysis.trend import Series
from bench.report.summary import plural
from bench.report.texts import BAD, SOFT, text
from bench.report.trend import words
from bench.report.trend.sparkline import WIDTH, sparkline
from bench.report.trend.words import Telling

if TYPE_CHECKING:
    from rich.console import Console

MOST = 200
"""Cases that have a line; of more those with a change come first, and the page has all."""


def show(telling: Telling, console: Console) -> None:
    """Print it: the series of each case that goes on longest; earlier surroundings are in the page."""
    shown = foremost(telling.trend.newest)
    trend, red = telling.trend, telling.is_confirmed
    console.print(text(f"{trend.asked}  {trend.quantity}, {words.scope(trend)}"), soft_wrap=True)
    above: tuple[str, str] = ("", "")
    width = max((len(str(each.case.variant)) for each in shown), default=0)
    for series in shown:
        heading = (words.group(series.case), words.setting(series))
        if heading != above:
            console.print(text(f"\n{heading[0]}"), text(heading[1], SOFT), soft_wrap=True)
        above = heading
        _row(telling, series, console, width)
    if left := len(trend.newest) - len(shown):
        console.print(text(f"\nand {plural(left, 'more case')}: the page has them all", SOFT), soft_wrap=True)
    for mark in trend.marks:
        where = words.of_visit(trend.visits[mark.at])
        console.print(text(f"\nother surroundings from {where} on: {mark.words}", SOFT), soft_wrap=True, end="")
    if trend.marks:
        console.print()
    console.print()
    for line in filter(None, (words.judged(telling), words.newest(trend), *telling.notes, words.skipped(telling))):
        console.print(text(line, BAD if red and line == words.judged(telling) else ""), soft_wrap=True)


def foremost(listed: Sequence[Series], most: int = MOST) -> list[Series]:
    """All in their order; of too many the first, with a change that stands before all others."""
    chosen = sorted(range(len(listed)), key=lambda at: not listed[at].standing)[:most] if len(listed) > most else []
    return [listed[at] for at in sorted(chosen)] or list(listed)


def _row(telling: Telling, series: Series, console: Console, width: int) -> None:
    trend = telling.trend
    now = words.value(series.levels[-1].value, trend.quantity)
    console.print(
        text(f"  {series.case.variant!s:{width}}  {sparkline(series.values):{WIDTH}}  {now:>9} "),
        text(words.of_series(series, trend), "" if series.standing else SOFT),
        soft_wrap=True,
    )
