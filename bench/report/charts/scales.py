"""Axes before they are drawn: their ends, their numbers, and the pixel where a value lies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bench.report.charts.letters import LINE, width
from bench.report.charts.ticks import linear_ticks, log_ticks

NAMED = 10
"""So many measured values can stand on an axis by themselves."""
GAP = 8
"""Pixels between two numbers of an axis."""
BEYOND = 14
"""Pixels: so far the last number of an axis may reach beyond it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high`` over ``length`` pixels; upwards where ``up``."""

    low: float
    high: float
    length: float
    log: bool = False
    up: bool = False

    def pixel(self, value: float) -> float:
        """Where a value lies, counted from the left or from the top."""
        low, high, at = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        share = (at - low) / (high - low)
        return self.length * (1 - share if self.up else share)

    def widened(self, room: float) -> Scale:
        """The same with ``room`` pixels beyond both ends."""
        share = room / max(self.length - 2 * room, 1.0)
        if self.log:
            factor = (self.high / self.low) ** share
            return replace(self, low=self.low / factor, high=self.high * factor)
        more = (self.high - self.low) * share
        return replace(self, low=self.low - more, high=self.high + more)

    @property
    def vega(self) -> dict[str, object]:
        kind = {"type": "log"} if self.log else {"type": "linear", "zero": False}
        return kind | {"domain": [short(self.low, 9), short(self.high, 9)], "nice": False}


def short(value: float, digits: int = 5) -> float:
    return float(f"{value:.{digits}g}")


def reach(values: Iterable[float], *, log: bool, zero: bool = False, pad: float = 0.05) -> tuple[float, float]:
    """The ends of an axis with room beyond the values at both, so that nothing touches the frame."""
    shown = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    if not shown:
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = min(shown), max(shown)
    if log:
        factor = max((high / low) ** pad, 1.12)
        return low / factor, high * factor
    if zero and low >= 0:
        return 0.0, high * (1 + pad) or 1.0
    room = (high - low) * pad or abs(high) / 2 or 1.0
    return low - room, high + room


def numbers(scale: Scale, measured: Sequence[float] = (), count: int = 5, whole: bool = False) -> list[float]:
    """Where an axis has its numbers: at what was measured, else at round values; none of them meets the next."""
    inside = [value for value in measured if scale.low <= value <= scale.high]
    if 2 <= len(inside) <= NAMED:
        ticks = inside
    elif scale.log:
        ticks = log_ticks((scale.low, scale.high))
    else:
        ticks = linear_ticks(scale.low, scale.high, count, whole)
        # A single whole number may be all that there is between both ends.
        ticks = ticks if len(ticks) >= 2 else linear_ticks(scale.low, scale.high, count)
    kept = _stacked(scale, ticks) if scale.up else _apart(scale, ticks)
    # One number alone says nothing of how far apart two places are.
    return kept if len(kept) >= 2 else [ticks[0], ticks[-1]] if len(ticks) >= 2 else list(ticks)


def _stacked(scale: Scale, ticks: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for tick in ticks:
        if not kept or scale.pixel(kept[-1]) - scale.pixel(tick) >= LINE:
            kept.append(tick)
    return kept


def _apart(scale: Scale, ticks: Sequence[float]) -> list[float]:
    kept: list[float] = []
    edge = -math.inf
    for tick in ticks:
        half = width(written(tick, ticks)) / 2
        if scale.pixel(tick) - half >= edge and scale.pixel(tick) + half <= scale.length + BEYOND:
            kept.append(tick)
            edge = scale.pixel(tick) + half + GAP
    return kept


def tick_format(ticks: Sequence[float]) -> dict[str, str]:
    """Numbers written out where they are short."""
    if is_plain(ticks):
        return {"format": ",.7~r"}  # without digits Vega would round 12 to 10
    return {"labelExpr": "datum.value === 0 ? '0' : format(datum.value, '.3~e')"}


def is_plain(ticks: Sequence[float]) -> bool:
    return all(value == 0 or 1e-3 <= abs(value) < 1e7 for value in ticks)


def written(tick: float, ticks: Sequence[float]) -> str:
    """As ``tick_format`` has it written, to know its width."""
    if is_plain(ticks) or tick == 0:
        return f"{tick:,.7g}"
    mantissa, _, power = f"{tick:.2e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"


def axis_width(ticks: Sequence[float]) -> float:
    """Pixels that the numbers of an upright axis take, with their ticks."""
    return max((width(written(tick, ticks)) for tick in ticks), default=0.0) + 8
