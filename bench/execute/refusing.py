"""What a child gave that no run may keep, whoever wrote it.

A child looks at its own answer before it sends it; what an exercise writes to the same connection nobody has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import PurePosixPath

from bench.lab import MOST_FINDINGS
from bench.model import Findings, Observation
from bench.results import bounds, store
from bench.texts import CAPTION, TURNING, brief, escaped

LONGEST = CAPTION + 100
"""Letters of a text: those of a caption, and a word that it was cut."""
CLEANED = frozenset({"reason", "detail", "task"})
"""Fields that are cut and cleaned where an observation is made of an answer, or that are the order's."""


def refusal(given: Observation) -> str:
    """Why it cannot be kept; empty where it can. One line that names the field."""
    return bounds.wrong(given) or _many(given.findings) or _strange(given).lstrip(".") or next(_outside(given), "")


def _many(findings: Findings) -> str:
    for field in fields(findings):
        if (count := len(getattr(findings, field.name))) > MOST_FINDINGS:
            return f"it has {count:,} {field.name}, of at most {MOST_FINDINGS:,}"
    return ""


def _outside(given: Observation) -> Iterator[str]:
    """Paths that lead out of the folder of the task; what lies behind links is looked at where a file is read."""
    for path in (*(figure.path for figure in given.findings.figures), *given.checkpoints):
        if not store.inside(path) or PurePosixPath(path).is_absolute():
            yield f"the path {brief(path)} leads out of the folder of its case"


def _strange(value: object) -> str:
    """The first text that no lab would have taken, an endless one or one with control characters, with its place:
    ``.findings.claims[0].name has …``. Empty where there is none."""
    # The place is put together on the way back, as in ``bounds``: nearly always nothing is wrong.
    if isinstance(value, str):
        return _unlike_a_text(value)
    if isinstance(value, tuple):
        if value and type(value[0]) in (float, int):  # of numbers alone, and perhaps a million of them
            return ""
        return next((f"[{at}]{found}" for at, item in enumerate(value) if (found := _strange(item))), "")
    if isinstance(value, dict):
        if found := next(filter(None, map(_strange, value)), ""):
            return f", a name in it{found}"
        return next((f"[{key!a}]{found}" for key, item in value.items() if (found := _strange(item))), "")
    if not is_dataclass(value):
        return ""
    names = (field.name for field in fields(value) if field.name not in CLEANED)
    return next((f".{name}{found}" for name in names if (found := _strange(getattr(value, name)))), "")


def _unlike_a_text(text: str) -> str:
    if len(text) > LONGEST:
        return f" has {len(text):,} letters, of at most {LONGEST:,}"
    if escaped(text, keep=f"\n\t{TURNING}") != text:
        return f" is {brief(text)}, which has control characters"
    return ""
