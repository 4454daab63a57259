"""The history of an exercise as one page that asks the network for nothing, in the style of the page of a run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analysis.trend import Series, Trend
from bench.report.charts import interactive
from bench.report.charts.model import PanelChart
from bench.report.page import bundle, setting
from bench.report.page.still import still
from bench.report.texts import on_page
from bench.report.trend import drawing, words
from bench.report.trend.sparkline import thinned
from bench.report.trend.words import Telling
from bench.texts import escaped

if TYPE_CHECKING:
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
MOST_CHARTS = 12
"""Each is drawn twice and takes a tenth of a second or two; the table has a small line of every series."""
MOST_OPEN = 100
"""Lines of cases in the table that stand open, those with a change first."""
POINTS = 300
SPARK = (120.0, 22.0)
"""Width and height of a small line, in its own units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One series in the table; ``spark`` are the corners of its small line."""

    variant: str
    setting: str
    now: str
    state: str
    changed: bool
    spark: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its drawings for wide and for narrow screens."""

    chart: PanelChart
    wide: Markup
    narrow: Markup


def html(telling: Telling) -> str:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=on_page,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = coded
    trend, script = telling.trend, setting.source("page.js")
    newest = frozenset(trend.newest)
    return environment.get_template("trend.html.j2").render(
        telling=telling,
        trend=trend,
        headline=headline(telling),
        scope=words.scope(trend),
        judged=words.judged(telling),
        newest=words.newest(trend),
        skipped=words.skipped(telling),
        command=shlex.join(telling.command),
        drawings=drawn(drawing.charts(trend, MOST_CHARTS)),
        undrawn=max(0, len(drawing.groups(trend)) - MOST_CHARTS),
        now=grouped(trend, newest),
        open=MOST_OPEN,
        earlier=grouped(trend, frozenset(trend.series) - newest),
        marks=[(mark.at + 1, words.of_visit(trend.visits[mark.at]), mark.words) for mark in trend.marks],
        subject=lambda run: trend.subjects.get(run.environment.commit, ""),
        style=setting.safe(setting.source("page.css", "question.css", "tables.css", "print.css")),
        script=setting.safe(script),
        policy=setting.safe(bundle.source_hash(script)),
    )


def coded(text: str) -> Markup:
    """Text in which what stands in backticks is code."""
    from markupsafe import escape

    # After everything is escaped: what stands there may be another's text.
    return setting.safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(escaped(text, keep="\n\t")))))


def headline(telling: Telling) -> str:
    """What the history shows, in one sentence."""
    if telling.is_confirmed:
        return f"{telling.trend.asked} is slower: a second measurement, side by side, confirms it"
    standing = [series.standing for series in telling.trend.newest if series.standing]
    worse, count = sum(1 for each in standing if each.is_worse), len(telling.trend.newest)
    asked, quantity = telling.trend.asked, telling.trend.quantity
    if worse:
        return f"{asked}: {worse} of {count} cases may {'be slower' if quantity == 'time' else 'need more memory'}"
    if standing:
        return (
            f"{asked}: {len(standing)} of {count} cases may {'be faster' if quantity == 'time' else 'need less memory'}"
        )
    return f"{asked}: no change was seen"


def drawn(charts: Sequence[PanelChart]) -> list[Drawn]:
    return [
        Drawn(
            chart,
            _svg(chart, interactive.STATIC_WIDTH, f"wide-{at}"),
            _svg(chart, interactive.NARROW_WIDTH, f"slim-{at}"),
        )
        for at, chart in enumerate(charts)
    ]


def _svg(chart: PanelChart, width: int, prefix: str) -> Markup:
    return still(chart, POINTS, width, prefix)


def grouped(trend: Trend, among: Collection[Series]) -> list[tuple[str, list[Row]]]:
    """Rows by their line of cases, as they stand in the charts."""
    groups = ([series for series in group if series in among] for group in drawing.groups(trend))
    return [(words.group(group[0].case), [_row(series, trend) for series in group]) for group in groups if group]


def _row(series: Series, trend: Trend) -> Row:
    return Row(
        variant=str(series.case.variant),
        setting=words.setting(series),
        now=words.value(series.levels[-1].value, trend.quantity),
        state=words.of_series(series, trend),
        changed=series.standing is not None,
        spark=spark(series.values),
    )


def spark(values: Sequence[float]) -> str:
    """Corners of a line through at most as many values as it is wide, from the lowest to the highest."""
    shown = thinned(values, int(SPARK[0]))
    low, high = min(shown), max(shown)
    # A few percent of noise should look flat, as in the terminal.
    reach, middle = max(high - low, 0.1 * high), (high + low) / 2
    step = SPARK[0] / max(1, len(shown) - 1)
    heights = ((0.5 - (value - middle) / reach) * (SPARK[1] - 4) + 2 for value in shown)
    return " ".join(f"{at * step:.1f},{height:.1f}" for at, height in enumerate(heights))
