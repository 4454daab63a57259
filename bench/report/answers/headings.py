"""Which question a heading of an answer names."""

from __future__ import annotations

import re

CLOSING = {"references", "references and further reading", "literature", "sources"}
LETTER = re.compile(r"[^\w$]*([a-z](?:\.\w+)*)(?:\s+[-–—]\s|\s*[—:.)\]](?:\s|\W*$)|\W*$)")
"""A letter alone: what follows it ends a label, so that "a batch of one" and "a-priori bounds" are ordinary words."""


def question_of(heading: str, exercise: str, level: int = 2) -> str:
    """ "3a — Average pooling" in exercise 3 is question "a", "4.4 Dropout" in exercise 4 is "4"; "a — …" and
    "a.speed — …" are, without the number, where the ``level`` is 2; else empty."""
    number = re.escape(exercise.removeprefix("ex").lstrip("0") or "0")
    numbered = re.match(rf"\W*(?:ex)?0*{number}\s*\.?\s*\(?([a-z]|\d+)((?:\.\w+)*)\b", heading, re.IGNORECASE)
    if numbered:
        return (numbered[1] + numbered[2]).lower()
    alone = LETTER.match(heading) if level == 2 else None
    return alone[1] if alone else ""


def closes(heading: str) -> bool:
    """Whether it ends the questions: the references."""
    return heading.strip().lower() in CLOSING
