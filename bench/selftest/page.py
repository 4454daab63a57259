"""The report of a selftest as one page that asks the network for nothing, in the style of the page of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from bench.report.page import bundle, setting
from bench.report.texts import on_page
from bench.selftest import chart, judge

if TYPE_CHECKING:
    from bench.selftest.examine import Report

TEMPLATES = Path(__file__).parent / "templates"
MARKS = {"holds": ("✓", "yes", ""), "fails": ("✗", "no", "bad"), "not judged": ("–", "of", "mild")}


def html(report: Report) -> str:
    """The whole page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=on_page,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"ratio": chart.words}
    script = source("page.js")
    return environment.get_template("selftest.html.j2").render(
        report=report,
        passed=judge.passed(report.checks),
        headline=headline(report),
        words=judge.in_words(report.checks, report.surroundings),
        command=shlex.join(report.command),
        marks=MARKS,
        drawings=chart.drawings(report.readings),
        size=chart,
        wrong=[each for each in report.readings if each.is_wrong],
        facts=facts(report),
        style=Markup(source("page.css", "question.css", "tables.css")),
        script=Markup(script),
        policy=Markup(bundle.source_hash(script)),
    )


def headline(report: Report) -> str:
    if not judge.passed(report.checks):
        return "What is measured here does not hold"
    all_judged = all(check.state == "holds" for check in report.checks)
    return "What is measured here holds" if all_judged else "What could be judged here holds"


def source(*names: str) -> str:
    """The style and the script are those of the pages of a run."""
    return setting.source(*names)


def facts(report: Report) -> list[tuple[str, str]]:
    """Where it took place, and what else went on there."""
    where, around = report.environment, report.surroundings
    told = [
        ("processor", f"{where.cpu}, {where.cores} cores"),
        ("memory", f"{where.memory / 2**30:.1f} GiB"),
        ("GPU", where.gpu),
        ("system", where.platform),
        ("Python, PyTorch", f"{where.python}, {where.torch}"),
        ("commit", where.commit + (" with changes" if where.dirty else "")),
        ("used by others", share_of(around.others, "of all cores")),
        ("taken by the host", share_of(around.stolen, "of the time")),
        ("timed blocks waited", share_of(around.waited, "of their time for a core")),
    ]
    return [(name, value) for name, value in told if value]


def share_of(value: float | None, of: str) -> str:
    return "this system does not say" if value is None else f"{judge.share(value)} {of}"
