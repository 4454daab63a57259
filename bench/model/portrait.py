"""A tensor of an answer beside the one that was expected, small enough to be looked at."""

from __future__ import annotations

from dataclasses import dataclass

Pixels = tuple[tuple[float | None, ...], ...]
"""Rows of values; None is NaN or infinite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """``expected`` is the reference's, ``given`` the variant's, ``difference`` given − expected; each value may stand
    for several, of which it is the one that is furthest from zero.

    ``shape`` is that of the reference's tensor, and ``other`` the variant's where it is another one: the two have no
    difference then. A tensor that one of the two lacks is empty there. ``wrong`` says whether it is further off than is
    allowed.
    """

    name: str
    shape: tuple[int, ...]
    other: tuple[int, ...] | None = None
    expected: Pixels = ()
    given: Pixels = ()
    difference: Pixels = ()
    wrong: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """The portraits of one variant's answer in the order of the reference, and how many more tensors it has."""

    variant: str
    portraits: tuple[Portrait, ...]
    left_out: int = 0
