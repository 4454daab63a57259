"""Where a logarithmic axis has its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

FEWEST, MOST = 3, 8


def log_ticks(values: Iterable[float]) -> list[float]:
    """Round numbers within the range of positive ``values``: the coarsest of powers of ten, 1-3 and 1-2-5 that gives
    at least three; within a decade, steps of one size; far apart, every second or third power."""
    shown = [value for value in values if value > 0 and math.isfinite(value)]
    if not shown:
        return []
    low, high = min(shown), max(shown)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5)):
        # Read from its digits, for 3 * 10**-5 is 3.0000000000000004e-05.
        ticks = [tick for p in powers for step in steps if low <= (tick := float(f"{step}e{p}")) <= high]
        if len(ticks) >= FEWEST:
            return ticks[:: math.ceil(len(ticks) / MOST)]
    return [tick for tick in linear_ticks(low, high, 4) if low <= tick <= high] or ticks


def linear_ticks(low: float, high: float, count: int = 5, whole: bool = False) -> list[float]:
    """Round numbers from ``low`` to ``high``, about ``count`` of them; whole ones alone where only those mean
    something."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= 0.7 * rough)
    step = max(step, 1.0) if whole else step
    digits = max(0, -math.floor(math.log10(step)))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    if last <= first and count < 2 * MOST and not whole:
        return linear_ticks(low, high, count + 1)  # one number alone says nothing of how far apart two places are
    return [round(number * step, digits) + 0.0 for number in range(first, last + 1)]
