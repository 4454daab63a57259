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
    return bounds.wrong(given) or _many(given.findings) or next(_strange(given), "") or next(_outside(given), "")


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


def _strange(value: object, where: str = "") -> Iterator[str]:
    """Texts that no lab would have taken: endless ones, and such with control characters."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            yield f"{where} has {len(value):,} letters, of at most {LONGEST:,}"
        elif escaped(value, keep=f"\n\t{TURNING}") != value:
            yield f"{where} is {brief(value)}, which has control characters"
    elif isinstance(value, tuple):
        if value and type(value[0]) in (float, int):  # of numbers alone, and perhaps a million of them
            return
        for item in value:
            yield from _strange(item, where)
    elif isinstance(value, dict):
        yield from _strange(tuple(value), f"a name in {where}")
        yield from _strange(tuple(value.values()), where)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in CLEANED:
                yield from _strange(getattr(value, field.name), field.name)
