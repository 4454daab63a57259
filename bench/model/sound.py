"""What an author declares, looked at as it is declared: a mistake names its field, before anything runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from bench.texts import TURNING, brief, escaped, kind_of

LONGEST = 200
"""Characters of an id, a tag and the name of a parameter."""
LARGEST = 2**63
"""Whole numbers below this have a place in JSON as every program reads it."""
DEVICES = ("cpu", "cuda")


def plain(value: object, what: str) -> str:
    """A text that can be shown and typed. ``TypeError`` for none, ``ValueError`` for an empty or a very long one, and
    one with control characters."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is {kind_of(value)} ({brief(value)}): give a text")
    if not value.strip() or len(value) > LONGEST or escaped(value) != value:
        raise ValueError(f"{what} is {brief(value)}: give 1 to {LONGEST} characters that can be shown")
    return value


def function(value: object, what: str) -> None:
    if not callable(value):
        raise TypeError(f"{what} is {kind_of(value)} ({brief(value)}): give a function")


def devices(value: object, what: str) -> None:
    if not isinstance(value, tuple | list) or not value or not set(map(str, value)) <= set(DEVICES):
        raise ValueError(f'{what} are {brief(value)}: give a tuple of "cpu" and "cuda"')


def positive(value: object, what: str) -> None:
    """A finite number above zero."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < math.inf:
        raise ValueError(f"{what} is {brief(value)}: give a number above 0")


def scalar(value: object, what: str) -> None:
    """``TypeError`` for anything but a bool, an int, a float or a text; ``ValueError`` for one that cannot be kept."""
    if type(value) is bool:
        return
    if type(value) is int:
        if abs(value) >= LARGEST:
            raise ValueError(f"{what} is {brief(value)}: whole numbers stay below 2**63")
    elif type(value) is float:
        if not math.isfinite(value):
            raise ValueError(f"{what} is {value}: give a finite number")
    elif type(value) is str:
        if escaped(value, keep="\n\t" + TURNING) != value:
            raise ValueError(f"{what} is {brief(value)}, which has a control character or half of a character")
        if len(value) > LONGEST:
            raise ValueError(f"{what} is {brief(value)}, of {len(value):,} characters: give at most {LONGEST}")
    else:
        raise TypeError(f"{what} is {kind_of(value)} ({brief(value)}): give a bool, an int, a float, a text or a tuple")


def number(value: object, what: str) -> None:
    """An int or a float that can be kept."""
    if type(value) not in (int, float):
        raise TypeError(f"{what} is {kind_of(value)} ({brief(value)}): give a number")
    scalar(value, what)


def several(values: object, what: str) -> None:
    """A tuple of single values."""
    if not isinstance(values, tuple):
        raise TypeError(f"{what} is {kind_of(values)} ({brief(values)}): give a tuple")
    each(values, what, scalar)


def each(values: Iterable[object], what: str, check: Callable[[object, str], object]) -> None:
    for value in values:
        check(value, what)
