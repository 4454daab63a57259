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
REACHES = (0.02, 0.05, 0.10, 0.20)
"""How far from the truth a drawing reaches: the first in which ``MOST`` of the intervals lie. Others are cut off."""
MOST = 0.95
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1)
TICKS = 8
"""At most, with the first of the steps."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The slow-downs that are drawn."""

    low: float
    high: float

    def height(self, slower: float) -> float:
        """From a slow-down to a height, counted from above."""
        inside = min(max(slower, self.low), self.high)
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (self.high - inside) / (self.high - self.low), 2)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Heights and their words."""
        step = next((step for step in STEPS if (self.high - self.low) / step < TICKS), STEPS[-1])
        values = [n * step for n in range(round(self.low / step), round(self.high / step) + 1)]
        inside = [value for value in values if self.low - 1e-9 <= value <= self.high + 1e-9]
        return tuple((self.height(value), share(value, sign=value != 0)) for value in inside)


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
    scale = scale_for([each for _, group in groups for each in group])
    placed, left = [], LEFT
    for name, group in groups:
        placed.append(group_of(name, group, left, step, scale))
        left = placed[-1].right + GAP
    return Drawing(title, tuple(placed), scale.ticks())


def scale_for(readings: Sequence[Reading]) -> Scale:
    off = sorted(max(abs(each.low - each.planted), abs(each.high - each.planted)) for each in readings if each.is_sound)
    usual = off[int(MOST * (len(off) - 1))] if off else 0.0
    reach = next((reach for reach in REACHES if usual <= reach), REACHES[-1])
    return Scale(-reach, reach + max((each.planted for each in readings), default=0.0))


def group_of(title: str, readings: Sequence[Reading], left: float, step: float, scale: Scale) -> Group:
    """The smallest ratio first: what chance does is then a smooth line, and what it does not stands out."""
    sound = sorted((each for each in readings if each.is_sound), key=lambda each: each.slower)
    return Group(
        title=title,
        left=left,
        right=left + step * len(readings),
        level=scale.height(readings[0].planted),
        bars=tuple(bars(sound, left, step, scale)),
    )


def bars(readings: Sequence[Reading], left: float, step: float, scale: Scale) -> Iterator[Bar]:
    for number, each in enumerate(readings):
        yield Bar(
            x=round(left + step * (number + 0.5), 2),
            y=scale.height(each.slower),
            top=scale.height(each.high),
            bottom=scale.height(each.low),
            is_wrong=each.is_wrong,
            words=f"{each.case}, {each.variant}: {words(each)}",
        )


def words(reading: Reading) -> str:
    """ "+5.1 % (+4.6 % to +5.6 %)"."""
    low, high = (share(bound, 2, sign=True) for bound in (reading.low, reading.high))
    return f"{share(reading.slower, 2, sign=True)} ({low} to {high})"
