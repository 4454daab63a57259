"""The templates of the pages, and what they may call."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analysis import peak_memory, quantities, statistics
from bench.report import races, summary, texts
from bench.report.answers import typeset
from bench.report.answers.live import claim_text
from bench.report.page import alarms, blocks, evidence, sheets

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from bench.report.page.evidence import Placed

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("page.js", "find.js", "slides.js", "charts.js")
STYLES = ("page.css", "question.css", "tables.css", "print.css")


def source(*names: str) -> str:
    """Files beside the templates, one after the other."""
    return "\n".join((TEMPLATES / name).read_text(encoding="utf-8").strip() for name in names)


def safe(text: str) -> Markup:
    """Text that this package made itself, to be set as it stands."""
    from markupsafe import Markup

    return Markup(text)


@cache
def environment() -> Environment:
    """Everything that is set is escaped but for what ``safe`` has marked."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=texts.on_page,
        # A misspelt name in a template fails its test instead of leaving a gap.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "powers": lambda text: safe(typeset.powers(str(text))),
        "number": quantities.number,
        "time": statistics.time_in_words,
        "peak": peak_memory.peak_in_words,
        "tensors": peak_memory.tensors_in_words,
        "claim": claim_text,
        "case": summary.case_name,
        "cell": _cell,
        "answer": safe,
        "plain": blocks.text,
        "css": css_string,
    }
    made.globals |= {"numeric": _numeric, "is_wrong": alarms.is_wrong, "counted": evidence.counted}
    made.globals["foremost"] = sheets.foremost
    made.globals["race_heading"] = races.heading
    return made


def css_string(text: str) -> Markup:
    """Text as a string of a style sheet, every character by its number: nothing in it can end the string."""
    return safe('"' + "".join(f"\\{ord(letter):x} " for letter in text) + '"')


def _numeric(placed: Placed, column: int) -> str | Markup:
    """Numbers stand right in their column."""
    return safe(' class="number"') if column < len(placed.numeric) and placed.numeric[column] else ""


def _cell(value: object) -> str:
    """One cell of a recorded table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return quantities.number(value, 4)
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
