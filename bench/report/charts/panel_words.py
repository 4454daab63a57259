"""The words inside panels: names at line ends or beside points, and signs; each at the pixel where it is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from bench.report.charts import dodge, vega
from bench.report.charts.dodge import Box
from bench.report.charts.letters import LINE, width, wrap_height, wrapped
from bench.report.charts.model import Line
from bench.report.charts.panel_rooms import LEADER, Room
from bench.report.charts.vega import Spec

CAPTION = 60
"""Pixels of words within a plot that have no room in one line."""

EARLY = 36
"""Pixels: a line that ends so far before the frame could not be told from what would lead on to its name."""
KEY = 6
"""Pixels from the middle of a dot in a line's colour to the line's name."""


def word_rows(room: Room) -> Iterator[Spec]:
    """The rows of all words of a panel, and of the strokes that lead to them."""
    yield from _signs(room)
    yield from _captions(room)
    if room.panel.labels == "end":
        yield from _end_labels(room)
    elif room.panel.labels == "beside":
        yield from _beside(room)


def _signs(room: Room) -> Iterator[Spec]:
    for sign in room.panel.signs:
        colour = Line(label="", x=(), y=(), hue=sign.hue).colour
        at = round(room.y.pixel(sign.y), 1)
        common = {"p": room.number, "c": colour, "s": sign.label, "py": at}
        if sign.x is None:
            yield common | {"k": "rule", "px": 0, "px2": round(room.x.length, 1), "py2": at}
            lines = wrapped(sign.label, room.x.length)
            yield from vega.text_rows(room.number, lines, 2, at + 4 + wrap_height(lines) / 2)
        else:
            yield common | {"k": "sign", "px": round(room.x.pixel(sign.x), 1)}


def _captions(room: Room) -> Iterator[Spec]:
    """Words at lines, clear of all lines and of each other: in one line of text or in several, and left out where there
    is no room, for a text across lines cannot be read."""
    taken = list(_traces(room)) if room.panel.captions else []
    frame = Box(0, -LINE, room.x.length, room.y.length)
    for caption in room.panel.captions:
        places = [(room.x.pixel(x), room.y.pixel(y)) for x, y in caption.places]
        for lines in dict.fromkeys(((caption.text,), wrapped(caption.text, CAPTION))):
            size = max(map(width, lines)), float(wrap_height(lines))
            if found := dodge.clear(places, size, taken, frame):
                box, left = found
                taken.append(box)
                at, align = (box.right, "right") if left else (box.left, "left")
                yield from vega.text_rows(room.number, lines, at, (box.top + box.bottom) / 2, align)
                break


def _traces(room: Room) -> Iterator[Box]:
    """Small boxes all along the lines."""
    for line in room.panel.lines:
        places = [(room.x.pixel(x), room.y.pixel(y)) for x, y in zip(line.x, line.y, strict=True)]
        yield from (Box(x - 4, y - 4, x + 4, y + 4) for x, y in places if line.style != "law")
        for (x, y), (x2, y2) in pairwise(places):
            steps = max(1, round(math.hypot(x2 - x, y2 - y) / 4))
            shares = (step / steps for step in range(steps + 1))
            yield from (
                Box(a - 1, b - 1, a + 1, b + 1) for s in shares for a, b in [(x + s * (x2 - x), y + s * (y2 - y))]
            )


def _end_labels(room: Room) -> Iterator[Spec]:
    """Each line's name: beside the plot under a dot in its colour, or within it where a line ends early."""
    if not room.labels:
        return
    within = _within(room)
    outside = [label for label in room.labels if label[0].label not in within]
    yield from _stops(room)
    for lines, box, left in within.values():
        at, align = (box.right, "right") if left else (box.left, "left")
        yield from vega.text_rows(room.number, lines, at, (box.top + box.bottom) / 2, align)
    ends = [_end(room, line)[1] for line, _ in outside]
    heights = [float(wrap_height(lines)) for _, lines in outside]
    middles = dodge.stacked(ends, heights, -LINE / 2, room.y.length + LINE / 2)
    edge = room.x.length
    for (line, lines), end, middle in zip(outside, ends, middles, strict=True):
        key = edge + LEADER - KEY
        yield _leader(room, (edge + 1, end), (key, middle))
        yield _dot(room, line, (key, middle))
        yield from vega.text_rows(room.number, lines, edge + LEADER, middle)
    widest = max(width(text) for _, lines in room.labels for text in lines)
    yield vega.room(room.number, 0, edge + LEADER + widest)


def _stops(room: Room) -> Iterator[Spec]:
    """A dot where a line ends early, for others may go on there."""
    for line, _ in room.labels:
        end = _end(room, line)
        if end[0] < room.x.length - EARLY and line.style == "line":
            yield _dot(room, line, end)


def _dot(room: Room, line: Line, at: tuple[float, float]) -> Spec:
    return {"p": room.number, "k": "key", "c": line.colour, "px": round(at[0], 1), "py": round(at[1], 1)}


def _within(room: Room) -> dict[str, tuple[tuple[str, ...], Box, bool]]:
    """The names of lines that end early, at their own ends, where they meet nothing that is drawn nor each other."""
    ends = [(label, _end(room, label[0])) for label in room.labels]
    early = [(label, end) for label, end in ends if end[0] < room.x.length - EARLY]
    taken = list(_drawn(room)) if early else []
    frame = Box(0, 0, room.x.length, room.y.length)
    found: dict[str, tuple[tuple[str, ...], Box, bool]] = {}
    for (line, wrapping), (x, y) in early:
        for lines in dict.fromkeys(((line.label,), wrapping, wrapped(line.label, CAPTION))):
            size = max(map(width, lines)), float(wrap_height(lines))
            if place := dodge.at_end((x, y), size, taken, frame):
                found[line.label] = (lines, *place)
                taken.append(place[0])
                break
    return found


def _end(room: Room, line: Line) -> tuple[float, float]:
    """The pixel where a line ends. It may run to the left: then it is named where it is furthest to the right."""
    at = max(range(len(line.x)), key=line.x.__getitem__)
    return room.x.pixel(line.x[at]), room.y.pixel(line.y[at])


def _drawn(room: Room) -> Iterator[Box]:
    """Boxes over lines, their bands, and signs."""
    yield from _traces(room)
    for line in room.panel.lines:
        spans = [(room.x.pixel(x), y, y2) for x, y, y2 in zip(line.x, line.low, line.high, strict=False)]
        for (x, *ys), (x2, *more) in pairwise(spans):
            heights = [room.y.pixel(y) for y in (*ys, *more)]
            yield Box(min(x, x2) - 1, min(heights) - 1, max(x, x2) + 1, max(heights) + 1)
    for sign in room.panel.signs:
        y = room.y.pixel(sign.y)
        left, right = (0.0, room.x.length) if sign.x is None else (room.x.pixel(sign.x) - 8, room.x.pixel(sign.x) + 8)
        yield Box(left, y - 8, right, y + (8 if sign.x is not None else 4 + 2 * LINE))


def _leader(room: Room, start: tuple[float, float], end: tuple[float, float]) -> Spec:
    """A stroke that is no data, and does not look like it."""
    (x, y), (x2, y2) = start, end
    spot = {"px": round(x, 1), "py": round(y, 1), "px2": round(x2, 1), "py2": round(y2, 1)}
    return {"p": room.number, "k": "leader", **spot}


def _beside(room: Room) -> Iterator[Spec]:
    """The name of a point beside it."""
    named = [line for line in room.panel.lines if line.label and line.style == "points"]
    places = [(room.x.pixel(line.x[0]), room.y.pixel(line.y[0])) for line in named]
    lines = [wrapped(line.label, room.x.length * 0.4) for line in named]
    sizes = [(max(map(width, each)), float(wrap_height(each))) for each in lines]
    boxes = dodge.beside(places, sizes, Box(0, 0, room.x.length, room.y.length))
    for each, (x, y), (box, left) in zip(lines, places, boxes, strict=True):
        middle = (box.top + box.bottom) / 2
        anchor, align = (box.right, "right") if left else (box.left, "left")
        if abs(middle - y) > LINE:
            yield _leader(room, (x, y), (anchor, middle))
        yield from vega.text_rows(room.number, each, anchor, middle, align)
