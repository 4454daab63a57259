"""Charts of a run that was done on several places: what was measured on two of them is never in one chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bench.model import PartInfo, Peak, Record, Run
from bench.report import places
from bench.report.charts import naming
from bench.report.charts.model import Chart, slug

CLOCKED = ("second", "(s)", "(ms)", "(µs)", "(min)", "/s")
"""What the axis of a curve says where a machine's speed moves it."""
MOST = 60
"""Variants that are drawn: more rows nobody compares, and a page has no room for thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What was measured of a part on one place. ``words`` say where, and are empty in a run of one place; ``others``
    are the places that have more of the part. ``variants`` counts those of the part where not all are drawn, else it is
    0: then no title speaks of them."""

    name: str
    records: tuple[Record, ...]
    peaks: tuple[Peak, ...]
    memory: int
    words: str = ""
    others: tuple[str, ...] = ()
    variants: int = 0

    def marked(self, charts: Iterable[Chart]) -> Iterator[Chart]:
        """The charts with the place in their captions, and in their titles where the part has several."""
        for chart in charts:
            yield self.mark(chart)

    def mark(self, chart: Chart) -> Chart:
        """One chart with its place."""
        told = replace(chart, subtitle=naming.sentence(chart.subtitle, self.words)) if self.words else chart
        if self.variants:
            told = replace(told, note="; ".join(filter(None, (told.note, self._lacking))))
        if not self.others:
            return told
        return replace(told, title=f"{told.title} (on {self.name})", slug=slug(told.slug, self.name), place=self.name)

    @property
    def _lacking(self) -> str:
        return f"the first {MOST} of {self.variants:,} variants: the table has them all"


def by_place(run: Run, part: PartInfo, records: Sequence[Record]) -> tuple[Here, ...]:
    """The records of a part, by their places in the order of the run's; of very many variants the first, and the
    reference."""
    names = [name for name in run.places if any(run.where(record) == name for record in records)]
    variants = list(dict.fromkeys(record.case.variant for record in records if record.case.variant))
    variants.sort(key=lambda variant: variant != part.reference)
    left_out = frozenset(variants[MOST:])
    return tuple(
        Here(
            name=name,
            records=tuple(r for r in records if run.where(r) == name and r.case.variant not in left_out),
            peaks=run.peaks_at(name),
            memory=run.at(name).environment.memory,
            words=f"on {places.called(run, name)}" if run.is_spread else "",
            others=tuple(other for other in names if other != name),
            variants=len(variants) if left_out else 0,
        )
        for name in names
    )


def is_clocked(records: Iterable[Record]) -> bool:
    """Whether curves tell how fast a machine was, so that two machines are not to be read off one chart."""
    labels = (label for r in records for curve in r.findings.curves for label in (curve.x_label, curve.y_label))
    return any(word in label for label in labels for word in CLOCKED)
