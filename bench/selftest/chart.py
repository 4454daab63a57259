"""A drawing of many ratios: an upright line for the interval of each, a dot for the ratio, a level for what is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.selftest.judge import share
from bench.selftest.planted import PLANTED
from bench.selftest.readings import Reading

WIDTH, HEIGHT = 720.0, 250.0
LEFT, TOP, BOTTOM = 44.0, 26.0, 14.0
GAP = 18.0
"""Between two groups."""
LOW, HIGH = -0.10, 0.15
"""The slow-downs that are drawn; what reaches beyond is cut off."""
TICKS = (-0.10, -0.05, 0.0, 0.05, 0.10, 0.15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One ratio in the drawing's own units."""

    x: float
    y: float
    top: float
    bottom: float
    is_wrong: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Ratios that should all be at one ``level``, from ``left`` to ``right``."""

    title: str
    left: float
    right: float
    level: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Groups beside each other; ``ticks`` are heights with their words."""

    title: str
    groups: tuple[Group, ...]
    ticks: tuple[tuple[float, str], ...]


def drawings(readings: Sequence[Reading]) -> tuple[Drawing, ...]:
    """Identical code, and planted slow-downs; none where there is no ratio."""
    same = [
        ("installed exercises", [each for each in readings if each.work == "real"]),
        ("planted work", [each for each in readings if each.work == "planted" and not each.planted]),
    ]
    more = [(f"+{share(size)}", [each for each in readings if each.planted == size]) for size in PLANTED.values()]
    both = (("Identical code against itself", same), ("Planted slow-downs", more))
    return tuple(drawing(title, [(name, group) for name, group in groups if group]) for title, groups in both)


def drawing(title: str, groups: Sequence[tuple[str, Sequence[Reading]]]) -> Drawing:
    """Every group as wide as it has ratios."""
    count = sum(len(group) for _, group in groups)
    step = (WIDTH - LEFT - GAP * max(0, len(groups) - 1)) / max(1, count)
    placed, left = [], LEFT
    for name, group in groups:
        placed.append(group_of(name, group, left, step))
        left = placed[-1].right + GAP
    return Drawing(title, tuple(placed), tuple((height(tick), share(tick, sign=tick != 0)) for tick in TICKS))


def group_of(title: str, readings: Sequence[Reading], left: float, step: float) -> Group:
    """The smallest ratio first: what chance does is then a smooth line, and what it does not stands out."""
    sound = sorted((each for each in readings if each.is_sound), key=lambda each: each.slower)
    return Group(
        title=title,
        left=left,
        right=left + step * len(readings),
        level=height(readings[0].planted),
        bars=tuple(bars(sound, left, step)),
    )


def bars(readings: Sequence[Reading], left: float, step: float) -> Iterator[Bar]:
    for number, each in enumerate(readings):
        yield Bar(
            x=round(left + step * (number + 0.5), 2),
            y=height(each.slower),
            top=height(each.high),
            bottom=height(each.low),
            is_wrong=each.is_wrong,
            words=f"{each.case}, {each.variant}: {words(each)}",
        )


def height(slower: float) -> float:
    """From a slow-down to a height, counted from above."""
    inside = min(max(slower, LOW), HIGH)
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (HIGH - inside) / (HIGH - LOW), 2)


def words(reading: Reading) -> str:
    """ "+5.1 % (+4.6 % to +5.6 %)"."""
    low, high = (share(bound, 2, sign=True) for bound in (reading.low, reading.high))
    return f"{share(reading.slower, 2, sign=True)} ({low} to {high})"
