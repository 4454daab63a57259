"""The words inside panels: names at line ends or beside points, and signs; each at the pixel where it is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from bench.report.charts import dodge, vega
from bench.report.charts.dodge import Box
from bench.report.charts.letters import LINE, width, wrap_height, wrapped
from bench.report.charts.model import Line
from bench.report.charts.panel_rooms import LEADER, Room, aside
from bench.report.charts.vega import Spec

CAPTION = 60
"""Pixels of a caption that has no room in one line."""


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
    """Each line's name at its end, with a short stroke in its colour between both."""
    if not room.labels:
        return
    # A line may run to the left: its name stands where it is nearest.
    last = [max(range(len(line.x)), key=line.x.__getitem__) for line, _ in room.labels]
    ends = [room.y.pixel(line.y[at]) for at, (line, _) in zip(last, room.labels, strict=True)]
    heights = [float(wrap_height(lines)) for _, lines in room.labels]
    middles = dodge.stacked(ends, heights, -LINE / 2, room.y.length + LINE / 2)
    edge, beside = room.x.length, aside(room.panel)
    for (line, lines), end, middle, at in zip(room.labels, ends, middles, last, strict=True):
        number, x = room.panel.lines.index(line), line.x[at]
        start = room.x.pixel(x) + beside.get((number, x), 0.0) + (5 if line.style == "points" else 1)
        yield _stroke(room, line, (start, end), (edge + LEADER - 2, middle))
        yield from vega.text_rows(room.number, lines, edge + LEADER, middle)
    widest = max(width(text) for _, lines in room.labels for text in lines)
    yield vega.room(room.number, 0, edge + LEADER + widest)


def _stroke(room: Room, line: Line, start: tuple[float, float], end: tuple[float, float]) -> Spec:
    (x, y), (x2, y2) = start, end
    spot = {"px": round(x, 1), "py": round(y, 1), "px2": round(x2, 1), "py2": round(y2, 1)}
    return {"p": room.number, "k": "rule", "c": line.colour, **spot}


def _beside(room: Room) -> Iterator[Spec]:
    """The name of a point beside it."""
    named = [line for line in room.panel.lines if line.label and line.style == "points"]
    places = [(room.x.pixel(line.x[0]), room.y.pixel(line.y[0])) for line in named]
    lines = [wrapped(line.label, room.x.length * 0.4) for line in named]
    sizes = [(max(map(width, each)), float(wrap_height(each))) for each in lines]
    boxes = dodge.beside(places, sizes, Box(0, 0, room.x.length, room.y.length))
    for line, each, (x, y), (box, left) in zip(named, lines, places, boxes, strict=True):
        middle = (box.top + box.bottom) / 2
        anchor, align = (box.right, "right") if left else (box.left, "left")
        if abs(middle - y) > LINE:
            yield _stroke(room, line, (x, y), (anchor, middle))
        yield from vega.text_rows(room.number, each, anchor, middle, align)
