"""Every ratio of a comparison on one logarithmic axis, with a line at 1: the forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis import quantities
from bench.analysis.comparisons import Group, Row, groups
from bench.analysis.families import NO_FAMILY, Family
from bench.analysis.statistics import Ratio
from bench.model import PartInfo, Record
from bench.report.charts import findings, naming
from bench.report.charts.measured import FURTHEST, column_names, varying_parameters
from bench.report.charts.model import GREEN, GREY, RED, Column, Mark, RowChart, slug

MOST_COLUMNS = 12


def forest(
    exercise: str, part: PartInfo, records: Sequence[Record], family: Family = NO_FAMILY, *, telling: bool = True
) -> RowChart | None:
    """One column a setting of the swept parameters, one row a variant; ``None`` where nothing has a ratio.

    Without ``telling`` there are no verdicts, neither in words nor in colours.
    """
    listed = groups(part, [record for record in records if record.case.variant], family)
    names = column_names(listed)
    columns = [
        Column(title, tuple(_mark(row, row.ratio, telling) for group in alike for row in group.rows if row.ratio))
        for title, alike in names.items()
    ]
    filled = [column for column in columns if column.marks]
    if not filled or part.reference is None:
        return None
    subject = f"How many times as fast as {part.reference}"
    finding = _finding(part.reference, names, listed) if telling else ""
    reading = "point: ratio of times; bar: its interval" + ("; grey: no verdict" if telling else "")
    return RowChart(
        slug=slug(exercise, part.id, "ratio"),
        name="ratio",
        title=finding or subject,
        subtitle=naming.sentence(f"1 is {part.reference}", naming.constants(records, part.parameters), reading),
        note=_note(records, len(filled)),
        columns=tuple(filled[:MOST_COLUMNS]),
        x_label="times as fast",
        log=True,
        line=1.0,
    )


def _mark(row: Row, ratio: Ratio, telling: bool) -> Mark:
    low, high = ratio.low or ratio.centre, ratio.high or ratio.centre
    told = telling and ratio.verdict in ("faster", "slower") and not ratio.doubt
    return Mark(
        label=row.name,
        value=ratio.centre,
        low=max(low, ratio.centre / FURTHEST),
        high=min(high, ratio.centre * FURTHEST),
        colour=(GREEN if ratio.verdict == "faster" else RED) if told else GREY,
        text=f"{quantities.told_apart((ratio.centre, 1.0))[0]} ×" if told else "",
    )


def _finding(reference: str, names: dict[str, list[Group]], listed: Sequence[Group]) -> str:
    cells: dict[str, list[findings.Cell]] = {}
    for title, alike in names.items():
        for group in alike:
            for row in group.rows:
                if row.ratio:
                    verdict = None if row.ratio.doubt else row.ratio.verdict
                    cells.setdefault(row.name, []).append((title, row.ratio.centre, verdict))
    varying = varying_parameters([group.parameters for group in listed])
    return findings.ratios(cells, reference, varying[0] if len(varying) == 1 else "")


def _note(records: Sequence[Record], columns: int) -> str:
    wrong = dict.fromkeys(f"{r.case.variant} ({r.outcome})" for r in records if r.case.variant and r.outcome != "ok")
    remarks = [f"not drawn: {', '.join(wrong)}"] if wrong else []
    if columns > MOST_COLUMNS:
        remarks.append(f"the first {MOST_COLUMNS} of {columns} settings")
    return "; ".join(remarks)
