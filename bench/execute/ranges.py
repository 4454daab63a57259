"""Ranges of whole numbers as they are typed: ``2^0..2^14``, ``1..64*2``, ``10..100+10``, ``8,16,32``.

A range between two powers of one base takes every power between them; any other takes every number, unless ``*K`` or
``+K`` says how it goes on. Both ends are meant: the last value is the largest that does not lie beyond the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from bench.errors import UsageError

MOST = 100
"""Values of a sweep: each takes a second or more."""
LARGEST = 2**53
"""Above this a float, which some parameters are, does not hold every whole number."""
FORM = "write numbers as 8,16,32 or a range as 1..64, 1..64*2, 10..100+10 or 2^0..2^14"
NUMBER = re.compile(r"\s*(-?[0-9]{1,16})(?:\^([0-9]{1,3}))?\s*")
RANGE = re.compile(r"([^.*+]+)\.\.([^.*+]+)(?:([*+])\s*([0-9]{1,16})\s*)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, and the base where it was written as a power."""

    value: int
    base: int | None = None


def is_range(text: str) -> bool:
    """Whether a value is written in a way that only a range is."""
    return ".." in text or "^" in text


def expand(name: str, texts: Iterable[str]) -> tuple[int, ...]:
    """The values of a parameter in ascending order, each once. Raises ``UsageError`` for what is no range, runs
    downwards, or has more than ``MOST`` values."""
    # One more than are allowed tells that there are too many, however many there are.
    values = tuple(islice(chain.from_iterable(_values(name, text) for text in texts), MOST + 1))
    if not values:
        raise UsageError(f"--param {name}=: the range is empty; {FORM}")
    if len(values) > MOST:
        raise UsageError(f"--param {name}={_shown(texts)}: more than {MOST} values; take larger steps, as in 1..1000*2")
    return tuple(sorted(set(values)))


def _values(name: str, text: str) -> Iterator[int]:
    where = f"--param {name}={_shown([text])}"
    match = RANGE.fullmatch(text)
    if match is None:
        yield _number(where, text).value
        return
    first, last = (_number(where, end) for end in match.group(1, 2))
    if first.value > last.value:
        raise UsageError(f"{where}: the range runs downwards; write {match[2].strip()}..{match[1].strip()}")
    yield from _steps(where, first, last, match[3] or "", int(match[4] or 0))


def _steps(where: str, first: Number, last: Number, sign: str, step: int) -> Iterator[int]:
    if not sign:
        powers = first.base is not None and first.base == last.base
        sign, step = ("*", first.base or 0) if powers else ("+", 1)
    if sign == "+" and step < 1:
        raise UsageError(f"{where}: a step is at least 1")
    if sign == "*" and (step < 2 or first.value < 1):
        raise UsageError(f"{where}: a range that is multiplied begins at 1 or more, and its factor is 2 or more")
    value = first.value
    while value <= last.value:
        yield value
        value = value * step if sign == "*" else value + step


def _number(where: str, text: str) -> Number:
    match = NUMBER.fullmatch(text)
    if match is None:
        raise UsageError(f"{where}: a sweep has whole numbers; {FORM}")
    base, exponent = int(match[1]), match[2]
    value = base if exponent is None else base ** int(exponent)
    if abs(value) > LARGEST:
        raise UsageError(f"{where}: a number of a sweep is at most 2^53")
    return Number(value, None if exponent is None else base)


def _shown(texts: Iterable[str]) -> str:
    """As it was typed, in one line and cut short: nobody reads a thousand values."""
    text = " ".join(",".join(texts).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
