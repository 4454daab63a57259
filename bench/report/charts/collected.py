"""One chart of curves whose names begin alike: a panel a name, all on one scale, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.model import PartInfo, Record
from bench.report.charts import naming, overlaid, told
from bench.report.charts.curves import MOST_PANELS, curve_charts
from bench.report.charts.model import Panel, PanelChart, called, slug


def collected(
    exercise: str, part: PartInfo, records: Iterable[Record], beginning: str, *, telling: bool = True
) -> PanelChart | None:
    """The charts whose names begin so as panels of one, in the order they were recorded; ``None`` where there is none,
    and where they would be more than a reader can take in, or have other axes."""
    listed = list(records)
    charts = [chart for chart in curve_charts(exercise, part, listed) if naming.rest(chart.name, beginning)]
    panels, common = _named(charts, beginning)
    if not 0 < len(panels) <= MOST_PANELS or any(map(_is_several, charts)) or not _are_alike(panels):
        return None
    naming_one = _naming_one(panels)
    shown = overlaid.told_apart(_labelled_once(panels, naming_one))
    shared = naming.constants(listed, part.parameters)
    # A finding is of the last line of the last panel, and of that line in all others.
    ordered = (*(panel for panel in panels if panel is not naming_one), naming_one)
    finding = told.of_courses(ordered) if telling else ""
    banded = "band: the range of all seeds" if any(line.low for panel in panels for line in panel.lines) else ""
    return PanelChart(
        slug=slug(exercise, part.id, beginning),
        name=beginning,
        names=tuple(name for chart in charts for name in called(chart)),
        title=_titled(beginning, finding),
        subtitle=naming.sentence(*dict.fromkeys((common, shared)), banded, overlaid.in_words(shown)),
        note="; ".join(dict.fromkeys(chart.note for chart in charts if chart.note)),
        panels=shown,
        shared_x=True,
        shared_y=True,
    )


def _named(charts: Sequence[PanelChart], beginning: str) -> tuple[tuple[Panel, ...], str]:
    """The panel of each chart under the rest of its name, without the last words where all of them end in these, and
    these words. What lines on each other differ by stays with the chart alone."""
    rests = [naming.rest(chart.name, beginning) for chart in charts]
    tails = {rest.rpartition(", ")[2] if ", " in rest else "" for rest in rests}
    common = tails.pop() if len(rests) > 1 and len(tails) == 1 else ""
    panels = zip((chart.panels[0] for chart in charts), rests, strict=True)
    return tuple(replace(panel, title=rest.removesuffix(f", {common}")) for panel, rest in panels), common


def _titled(beginning: str, finding: str) -> str:
    """ "accuracy, test: shift ends highest, at 0.8". Of lines that are no parts of the data the best of one panel and
    the worst of another say nothing of what the panels show."""
    word = finding.partition(":")[0]
    return f"{beginning}, {finding}" if word and naming.split_word(word) == (word, "") else beginning


def _is_several(chart: PanelChart) -> bool:
    """Whether a chart has panels of its own, apart from what lines on each other differ by."""
    return sum(panel.share == 1 for panel in chart.panels) != 1


def _are_alike(panels: Sequence[Panel]) -> bool:
    """Whether all have the same axes, and so may share them."""
    return len({(panel.y_label, panel.log_x, panel.log_y) for panel in panels}) == 1


def _naming_one(panels: Sequence[Panel]) -> Panel:
    """The last panel that has most lines: in others some lie on each other."""
    return max(reversed(panels), key=lambda panel: len(panel.lines))


def _labelled_once(panels: Sequence[Panel], naming_one: Panel) -> tuple[Panel, ...]:
    """Lines of one name have one colour in all panels, and one panel names them."""
    return tuple(
        panel if panel is naming_one or len(panel.lines) < 2 else replace(panel, labels="none") for panel in panels
    )
