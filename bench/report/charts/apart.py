"""Charts of a run that was done on several places: what was measured on two of them is never in one chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bench.model import Peak, Record, Run
from bench.report import places
from bench.report.charts import naming
from bench.report.charts.model import Chart, slug

CLOCKED = ("second", "(s)", "(ms)", "(µs)", "(min)", "/s")
"""What the axis of a curve says where a machine's speed moves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What was measured of a part on one place. ``words`` say where, and are empty in a run of one place; ``others``
    are the places that have more of the part."""

    name: str
    records: tuple[Record, ...]
    peaks: tuple[Peak, ...]
    memory: int
    words: str = ""
    others: tuple[str, ...] = ()

    def marked(self, charts: Iterable[Chart]) -> Iterator[Chart]:
        """The charts with the place in their captions, and in their titles where the part has several."""
        for chart in charts:
            yield self.mark(chart)

    def mark(self, chart: Chart) -> Chart:
        """One chart with its place."""
        told = replace(chart, subtitle=naming.sentence(chart.subtitle, self.words)) if self.words else chart
        if not self.others:
            return told
        return replace(told, title=f"{told.title} (on {self.name})", slug=slug(told.slug, self.name), place=self.name)


def by_place(run: Run, records: Sequence[Record]) -> tuple[Here, ...]:
    """The records of a part, by their places in the order of the run's."""
    names = [name for name in run.places if any(run.where(record) == name for record in records)]
    return tuple(
        Here(
            name=name,
            records=tuple(record for record in records if run.where(record) == name),
            peaks=run.peaks_at(name),
            memory=run.at(name).environment.memory,
            words=f"on {places.called(run, name)}" if run.is_spread else "",
            others=tuple(other for other in names if other != name),
        )
        for name in names
    )


def is_clocked(records: Iterable[Record]) -> bool:
    """Whether curves tell how fast a machine was, so that two machines are not to be read off one chart."""
    labels = (label for r in records for curve in r.findings.curves for label in (curve.x_label, curve.y_label))
    return any(word in label for label in labels for word in CLOCKED)
