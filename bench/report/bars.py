"""Ratios for a terminal: a bar on a log scale and a phrase, one line a variant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis import quantities
from bench.analysis.comparisons import Group, whereabouts
from bench.analysis.statistics import Ratio
from bench.model import Parameter

WIDTH = 12
"""Columns of the longest bar, to either side of 1."""
LEAST = 1.0
"""The longest bar is at least this many doublings: a difference of 2 % is not drawn as if it were everything."""
EIGHTHS = " ▏▎▍▌▋▊▉"
CERTAIN = ("faster", "slower", "no change detected")


@dataclass(frozen=True, slots=True)
class Point:
    """One ratio of a variant, and what tells it from its others: ``("batch = 8",)``."""

    ratio: Ratio
    place: tuple[str, ...]

    @property
    def label(self) -> str:
        return ", ".join(self.place)

    @property
    def is_certain(self) -> bool:
        return self.ratio.verdict in CERTAIN and not self.ratio.doubt


@dataclass(frozen=True, slots=True)
class Line:
    """All ratios of one variant."""

    name: str
    points: tuple[Point, ...]

    @property
    def certain(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.is_certain)

    @property
    def doublings(self) -> float:
        """The logarithm of its times faster, to the base 2, in the middle of those that are known."""
        return sum(math.log2(point.ratio.centre) for point in self.certain) / len(self.certain)


def lines(groups: Sequence[Group]) -> tuple[Line, ...]:
    """One for each variant that was timed, on each device of each place, in the order of the groups."""
    points: dict[str, list[Point]] = {}
    for group, place, where in zip(groups, places(groups), whereabouts(groups), strict=True):
        for row in group.rows:
            if row.ratio is not None:
                name = f"{row.name} on {where}" if where else row.name
                points.setdefault(name, []).append(Point(row.ratio, place))
    return tuple(Line(name, tuple(each)) for name, each in points.items())


def places(groups: Sequence[Group]) -> list[tuple[str, ...]]:
    """What tells each group from the others on its device: ``("batch = 8", "seed = 1")``."""
    settings = [{**group.parameters, "seed": group.seed} for group in groups]
    varying = [name for name in dict.fromkeys(name for each in settings for name in each) if _varies(name, settings)]
    return [tuple(f"{name} = {known[name]}" for name in varying if name in known) for known in settings]


def _varies(name: str, settings: Sequence[dict[str, Parameter]]) -> bool:
    return len({repr(each.get(name)) for each in settings}) > 1


def in_words(line: Line) -> str:
    """ "1.9 × faster (1.8 to 2.0)", or from the lowest to the highest where there are several."""
    ordered = sorted(line.certain, key=lambda point: point.ratio.centre)
    low, high = ordered[0], ordered[-1]
    if len(ordered) == 1:
        return of_ratio(low.ratio) + (f" at {low.label}" if len(line.points) > 1 else "")
    if low.ratio.verdict == high.ratio.verdict == "no change detected":
        return f"no change detected ({span(low, high)})"
    if low.ratio.verdict == high.ratio.verdict:
        least, most = (rounded(*sizes(point.ratio))[0] for point in (low, high))
        return f"{least} to {most} × {low.ratio.verdict} ({span(low, high)})"
    return f"{short(low.ratio)} to {short(high.ratio)} ({span(low, high)})"


def span(low: Point, high: Point) -> str:
    """ "width = 4 to 256, batch = 64", of two places."""
    pairs = [(a, b.partition(" = ")[2]) for a, b in zip(low.place, high.place, strict=True)]
    return ", ".join(a if a.endswith(f" = {value}") else f"{a} to {value}" for a, value in pairs)


def of_ratio(ratio: Ratio) -> str:
    assert ratio.low is not None
    assert ratio.high is not None
    if ratio.verdict == "no change detected":
        low, high = (quantities.number(end, 3) for end in (ratio.low, ratio.high))
        return f"no change detected ({low} to {high})"
    centre, low, high = rounded(*sizes(ratio))
    return f"{centre} × {ratio.verdict} ({low} to {high})"


def short(ratio: Ratio) -> str:
    if ratio.verdict == "no change detected":
        return "no change detected"
    return f"{rounded(*sizes(ratio))[0]} × {ratio.verdict}"


def sizes(ratio: Ratio) -> tuple[float, float, float]:
    """The centre and the ends of a certain ratio, all above 1: slower is faster turned around."""
    assert ratio.low is not None
    assert ratio.high is not None
    if ratio.verdict == "slower":
        return 1 / ratio.centre, 1 / ratio.high, 1 / ratio.low
    return ratio.centre, ratio.low, ratio.high


def rounded(centre: float, low: float, high: float) -> list[str]:
    """As many decimals as the interval supports, and enough to tell its lower end from 1."""
    places = max(0, quantities.decimals(max(high - low, 1e-4 * centre)))
    while low > 1 and round(low, places) <= 1 and places < 6:
        places += 1
    return [quantities.fixed(value, places) for value in (centre, low, high)]


def drawn(doublings: Sequence[float], ascii_only: bool) -> list[str]:
    """A bar for each, all on one scale: what is slower goes to the left, where anything is."""
    longest = max([LEAST, *map(abs, doublings)])
    left = WIDTH if min(doublings, default=0) < -longest / WIDTH / 2 else 0
    width = WIDTH // 2 if left else WIDTH
    return [bar(value / longest * width, width if left else 0, width, ascii_only) for value in doublings]


def bar(length: float, left: int, right: int, ascii_only: bool) -> str:
    """``length`` in columns from the middle, in so many to its left and right."""
    full, middle = ("#", "|") if ascii_only else ("█", "│")
    whole, rest = divmod(abs(length), 1)
    if length < 0:
        half = ("" if rest < 0.5 else full) if ascii_only else "" if rest < 0.5 else "▐"
        return (half + full * int(whole))[:left].rjust(left) + middle + " " * right
    part = ("#" if rest >= 0.5 else "") if ascii_only else EIGHTHS[int(rest * 8)].strip()
    return " " * left + middle + (full * int(whole) + part)[:right].ljust(right)
