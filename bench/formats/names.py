"""The names under which other tools know what was measured: one printable line each, unique, and alike in every run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from bench.model import Case
from bench.model.case import canonical

LONGEST = 200
"""Characters: names are columns of other tools' tables, and Bencher takes 1,024 at most."""
DIGEST = re.compile(r" \[[0-9a-f]{8}\]$")


def plain(text: str, longest: int = LONGEST) -> str:
    """One line of printable characters, cut after ``longest``: a line break becomes ``\\n``, an escape ``\\x1b``."""
    shown = "".join(sign if sign.isprintable() else _escaped(sign) for sign in text).strip()
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def of_cases(cases: Iterable[Case]) -> dict[Case, str]:
    """A name for each case: its label, with a digest of its key where others would be called the same."""
    labels = {case: plain(_as_equals(case).label) for case in cases}
    shared = Counter(labels.values())
    # A label that ends as if it had a digest gets one too: else it could be the digested name of another case.
    return {
        case: f"{label} [{digest(case)}]" if shared[label] > 1 or DIGEST.search(label) else label
        for case, label in labels.items()
    }


def _as_equals(case: Case) -> Case:
    """With ``n=1`` whether it was declared as 1 or given as 1.0: cases that are equal have one name in all runs."""
    return replace(case, parameters={name: canonical(value) for name, value in case.parameters.items()})


def digest(case: Case) -> str:
    """Eight hexadecimal digits that are the same in every run."""
    return sha256(repr(case.key).encode("utf-8", "backslashreplace")).hexdigest()[:8]


def numbered(texts: Iterable[str]) -> list[str]:
    """Each text, with ``(2)``, ``(3)`` … behind those that have come before."""
    taken: set[str] = set()
    return [_free(text, taken) for text in texts]


def _free(text: str, taken: set[str]) -> str:
    number, name = 1, text
    while name in taken:
        number += 1
        name = f"{text} ({number})"
    taken.add(name)
    return name
