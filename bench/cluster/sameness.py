"""What every machine of a run must have alike, whatever it is otherwise: what gives other numbers in another version,
and the data. Processors, devices and drivers may differ, for each measures for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.execute.inquiries import Seen
from bench.model import Plan

FIELDS = ("torch", "python")
STORING = ("msgspec",)
"""Of the packages that are recorded, those that move no result. The others compute, draw random numbers, decode
pictures or bring data."""
HEXADECIMAL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def missed(plan: Plan, seen: Seen) -> Iterator[str]:
    """What of the plan's a machine has not, each in words that begin with its name."""
    here, there = seen.environment, plan.environment
    for name in FIELDS:
        yield from _compared(name, getattr(here, name), getattr(there, name))
    for name in sorted({*here.packages, *there.packages} - {*STORING}):
        yield from _compared(name, here.packages.get(name, ""), there.packages.get(name, ""))
    if here.commit and there.commit:  # a machine without git does not know it
        yield from _compared("commit", here.commit, there.commit)
    # A plan for which nobody was asked says nothing of data.
    for name in sorted({*seen.data, *plan.data_digests}) if plan.data_digests else ():
        yield from _compared(f"data {name}", seen.data.get(name, ""), plan.data_digests.get(name, ""))


def _compared(what: str, here: str, there: str) -> Iterator[str]:
    if here != there:
        yield f"{what} {_short(here)}, the run was planned with {_short(there)}"


def _short(text: str) -> str:
    """A version as it is, the beginning of a digest: two that differ nearly always differ there."""
    if not HEXADECIMAL.fullmatch(text):
        return text or "none"
    return f"SHA-256 {text[:12]}…" if len(text) == 64 else f"{text[:12]}…"
