"""Labels and points that would lie on each other step aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

APART = 6
"""Pixels: the least that is between two labels, and from one dodged point to the next."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, x to the right and y down."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


def stacked(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of labels near ``wanted``, in their order, at least ``APART`` between any two, from ``low`` to ``high``
    where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [0.0] * len(wanted)
    edge = low
    for i in order:
        places[i] = max(wanted[i], edge + heights[i] / 2)
        edge = places[i] + heights[i] / 2 + APART
    edge = high
    for i in reversed(order):
        places[i] = min(places[i], edge - heights[i] / 2)
        edge = places[i] - heights[i] / 2 - APART
    return places


def needed(heights: Sequence[float]) -> float:
    """Pixels that so many labels take, one below the other."""
    return sum(heights) + APART * max(0, len(heights) - 1)


def beside(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], frame: Box
) -> list[tuple[Box, bool]]:
    """For each point the box of its label, inside ``frame`` and meeting no other label nor point where that can be, and
    whether it stands to the left of its point."""
    taken = [Box(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    placed: list[tuple[Box, bool]] = []
    for (x, y), (w, h) in zip(points, sizes, strict=True):
        choices = [
            (Box(x - 9 - w, y + dy - h / 2, x - 9, y + dy + h / 2), True)
            if left
            else (Box(x + 9, y + dy - h / 2, x + 9 + w, y + dy + h / 2), False)
            for step in range(40)
            for dy in (-10 - 4 * step, 10 + 4 * step, *((0,) if step == 0 else ()))
            for left in (False, True)
        ]
        others = [box for box, _ in placed] + taken
        inside = [choice for choice in choices if choice[0].within(frame)]
        free = [choice for choice in inside if not any(choice[0].meets(other) for other in others)]
        placed.append((free or inside or choices)[0])
    return placed


def clear(
    places: Sequence[tuple[float, float]], size: tuple[float, float], taken: Sequence[Box], frame: Box
) -> tuple[Box, bool] | None:
    """The box of a caption at the first of some places where it is inside ``frame`` and meets nothing that is taken,
    to the left above it or else to the right below; and whether it is to the left. ``None`` where there is no room."""
    w, h = size
    choices = [
        (Box(x - 4 - w, y - 4 - h, x - 4, y - 4), True) if left else (Box(x + 6, y + 4, x + 6 + w, y + 4 + h), False)
        for left in (True, False)
        for x, y in places
    ]
    free = (
        choice for choice in choices if choice[0].within(frame) and not any(choice[0].meets(other) for other in taken)
    )
    return next(free, None)


def at_end(
    end: tuple[float, float], size: tuple[float, float], taken: Sequence[Box], frame: Box
) -> tuple[Box, bool] | None:
    """The box of a name at the end of its line, inside ``frame`` and meeting nothing that is taken: behind the end, or
    above or below it; and whether it stands to the left. ``None`` where there is no room."""
    (x, y), (w, h) = end, size
    behind = [
        (Box(x + 7, y + dy - h / 2, x + 7 + w, y + dy + h / 2), False) for dy in (0, -8, 8, -5 - h / 2, 5 + h / 2)
    ]
    over = [(Box(x - w, y + dy - h / 2, x, y + dy + h / 2), True) for dy in (-6 - h / 2, 6 + h / 2)]
    free = (place for place in behind + over if place[0].within(frame) and not any(map(place[0].meets, taken)))
    return next(free, None)


def offsets(count: int) -> list[float]:
    """How far points of one x step aside from their common place, in pixels."""
    return [(number - (count - 1) / 2) * APART for number in range(count)]
