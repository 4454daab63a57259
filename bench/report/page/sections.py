"""TEMPORARY adapter"""

from __future__ import annotations

from bench.analysis.families import Family
from bench.model import ExerciseInfo, Run
from bench.report.answers.pieces import Prose, Reference, Section
from bench.report.charts.model import Chart
from bench.report.page import blocks
from bench.report.page.evidence import PartView


def pieces_of(listed: object) -> tuple[Section, ...]:
    out = []
    for section in listed:  # type: ignore[attr-defined]
        if hasattr(section, "pieces"):
            out.append(section)
            continue
        html = blocks.untitled(section.html) if section.question else section.html
        out.append(
            Section(question=section.question, title=section.title, pieces=(Prose(html),) if html.strip() else ())
        )
    return tuple(out)


def chart(run: Run, exercise: ExerciseInfo, reference: Reference, part: PartView, family: Family) -> Chart | None:
    name = reference.names[1].lower() if len(reference.names) > 1 else "time"
    return next((c for c in part.charts if name in c.title.lower()), None)
