"""Laws of a sweep: time t(b) = a + c·b and memory m(b) = m0 + m1·b, and where they bend.

Least squares of relative residuals under a ≥ 0, c ≥ 0 (Lawson and Hanson, "Solving Least Squares Problems", 1974,
chapter 23): a fixed cost or a cost per item below zero means nothing, and small values count as much as large ones.
At the knee b* = a / c the fixed cost and the cost of the items are equal: below it a larger batch is nearly free,
above it time grows with the batch.

Each cost has an interval of 95 %: Student's t on the residuals of the same weighted fit without the bounds (Draper and
Smith, "Applied Regression Analysis", 1998, chapter 5), cut at zero, below which no cost can lie. It knows of chance
alone, each value being one point: where the values lie on no line, nothing is said of a line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis import peak_memory, quantities, statistics
from bench.model import Record

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

FEWEST = 3
WORST = 0.25
"""A law that misses a value by more than a quarter does not describe the sweep; its miss stands beside any other."""
FAR = 10
"""A knee this many times beyond what was measured is not spoken of: one of the two costs is all that was seen."""
ROUNDING = 1e-9
"""A cost of this share of the least value is none."""
MOST = 0.5
"""Tensors stand for the memory of a call that are at least this share of its resident peak: what NumPy or Numba hold is
none of theirs."""


Bounds = tuple[float, float]
"""The ends of an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """``y(b) = fixed + per_item · b``, fitted over ``low ≤ b ≤ high``. ``misfit`` is the worst relative residual;
    the two costs have intervals of 95 %."""

    fixed: float
    per_item: float
    misfit: float
    low: float
    high: float
    fixed_bounds: Bounds | None = None
    per_item_bounds: Bounds | None = None

    def at(self, b: float) -> float:
        return self.fixed + self.per_item * b

    @property
    def knee(self) -> float | None:
        """Where both costs are equal; ``None`` for a law that is constant or proportional."""
        return self.fixed / self.per_item if self.fixed > 0 and self.per_item > 0 else None

    @property
    def knee_measured(self) -> bool:
        """Whether the knee lies inside the values that were measured."""
        return self.knee is not None and self.low <= self.knee <= self.high


@dataclass(frozen=True, slots=True)
class NoLaw:
    """Why there is no law."""

    reason: str


def fit(b: Sequence[float], y: Sequence[float]) -> Law | NoLaw:
    """Fit ``y = fixed + per_item · b``, both at least zero, with relative weights."""
    import numpy as np
    from scipy.optimize import nnls

    # Through two points there is always a line, so that two say nothing of its being one.
    if len(set(b)) < FEWEST:
        return NoLaw(f"a law needs {FEWEST} different values, here are {len(set(b))}")
    if not all(math.isfinite(value) and value > 0 for value in y):
        return NoLaw("a value is zero or below what the meter sees")
    if not all(math.isfinite(value) for value in b):
        return NoLaw("the parameter is not finite")
    xs, ys = np.asarray(b, dtype=float), np.asarray(y, dtype=float)
    # Both columns of one size: a batch of thousands beside a 1 is badly conditioned.
    scale = max(float(np.abs(xs).max()), 1e-300)
    # Divided by y, every row is to give 1, and what is left of a row is its relative residual.
    weighted = np.stack([1 / ys, xs / scale / ys], axis=1)
    (fixed, slope), _ = nnls(weighted, np.ones(len(ys)))
    # Values that were counted can lie on a line to the last bit: what is left of the other cost is rounding.
    fixed, slope = (cost if cost > ROUNDING * ys.min() else 0.0 for cost in (fixed, slope))
    per_item = float(slope) / scale
    misfit = float(np.abs((fixed + per_item * xs) / ys - 1).max())
    # NaN is no line either.
    if not misfit <= WORST:
        return NoLaw(f"no straight line: it misses a value by {misfit:.0%}")
    bounds = _bounds(weighted, (fixed, slope))
    if bounds is None:
        return NoLaw("its interval is more than a float holds")
    of_fixed, of_slope = bounds
    return Law(
        fixed=float(fixed),
        per_item=per_item,
        misfit=misfit,
        low=min(b),
        high=max(b),
        fixed_bounds=of_fixed,
        per_item_bounds=(of_slope[0] / scale, of_slope[1] / scale),
    )


def _bounds(weighted: NDArray[float64], costs: Sequence[float]) -> list[Bounds] | None:
    """The interval of each cost; it holds the cost itself, which the bound at zero may have moved. Nothing where one is
    no number: below, ``min`` and ``max`` would take the cost itself for it, and the interval would have no width."""
    import numpy as np

    ones = np.ones(len(weighted))
    free, *_ = np.linalg.lstsq(weighted, ones, rcond=None)
    freedom = len(weighted) - 2
    variance = float(((weighted @ free - ones) ** 2).sum()) / freedom
    with np.errstate(over="ignore", invalid="ignore"):  # of values beyond 1e±154, whose squares are no floats
        square = weighted.T @ weighted
        if not np.isfinite(square).all():
            return None
        errors = np.sqrt(variance * np.diag(np.linalg.pinv(square)))
    # Numbers that were counted leave no residual, and are known to the rounding of the fit.
    halves = statistics.t_quantile(freedom) * errors + ROUNDING * np.abs(free)
    if not np.isfinite(halves).all():
        return None
    return [
        (max(0.0, min(cost, float(centre - half))), max(cost, float(centre + half)))
        for cost, centre, half in zip(costs, free, halves, strict=True)
    ]


def batch_time(record: Record, seconds: float, parameter: str) -> float:
    """What t means: the time of one batch where ``parameter`` is a batch size and the work of a call is known."""
    value = record.case.parameters.get(parameter)
    if parameter == "batch" and record.work is not None and record.work.count > 0 and isinstance(value, int | float):
        return seconds * float(value) / record.work.count
    return seconds


def time_law(points: Sequence[tuple[float, Sequence[Record]]], parameter: str) -> Law | NoLaw:
    """The law of time over ``(parameter value, records of all seeds)``; values that were not timed are left out."""
    estimates = [(b, records, statistics.estimate(*records)) for b, records in points]
    timed = [(b, batch_time(records[0], time.centre, parameter)) for b, records, time in estimates if time is not None]
    return fit([b for b, _ in timed], [t for _, t in timed])


Points = Sequence[tuple[float, Sequence[Record]]]
"""``(parameter value, records of all seeds)``"""


def is_tensors(points: Points) -> bool:
    """Whether tensor bytes stand for the memory of every point: they were counted, and are most of its peak."""
    peaks = [peak_memory.peak(*records) for _, records in points]
    weighed = [peak for peak in peaks if peak is not None]
    return bool(weighed) and all(_mostly_tensors(peak) for peak in weighed)


def _mostly_tensors(peak: peak_memory.Peak) -> bool:
    if not peak.tensors or peak.children is not None:
        return False
    return peak.tensors >= MOST * peak.median or peak.median < peak.floor


def tensor_law(points: Points) -> Law | NoLaw:
    """The law of the peak of tensor bytes."""
    peaks = [(b, peak_memory.peak(*records)) for b, records in points]
    counted = [(b, peak.tensors) for b, peak in peaks if peak is not None and peak.tensors is not None]
    return fit([b for b, _ in counted], [float(m) for _, m in counted])


def resident_law(points: Points) -> Law | NoLaw:
    """The law of peak resident memory."""
    peaks = [(b, peak_memory.peak(*records)) for b, records in points]
    weighed = [(b, peak.median) for b, peak in peaks if peak is not None]
    if weighed and max(m for _, m in weighed) <= peak_memory.PAGES:
        return NoLaw(f"no law for {quantities.size(peak_memory.PAGES)} or less, which the meter sees page by page")
    return fit([b for b, _ in weighed], [m for _, m in weighed])


def in_words(law: Law | NoLaw, symbol: str, item: str, units: quantities.Units) -> str:
    """ "t = 1.2 ms + 0.03 ms · batch, within 4 %, bends at batch 40"; "t: no straight line: …" where there is none."""
    if isinstance(law, NoLaw):
        return f"{symbol}: {law.reason}"
    fixed, per_item = (_with_unit(value, units) for value in (law.fixed, law.per_item))
    terms = [fixed] if law.fixed > 0 else []
    terms += [f"{per_item} · {item}"] if law.per_item > 0 else []
    return f"{symbol} = {' + '.join(terms) or '0'}, within {_percent(law.misfit)}{_bend(law, item)}"


def with_intervals(law: Law | NoLaw, symbol: str, item: str, units: quantities.Units) -> str:
    """ "t = 400 ± 20 µs + 25.0 ± 0.3 µs · batch, within 4 %, bends at batch 16"; one that may be none is "0 to …"."""
    if isinstance(law, NoLaw) or law.fixed_bounds is None or law.per_item_bounds is None:
        return in_words(law, symbol, item, units)
    fixed = _bounded(law.fixed, law.fixed_bounds, units)
    per_item = _bounded(law.per_item, law.per_item_bounds, units)
    return f"{symbol} = {fixed} + {per_item} · {item}, within {_percent(law.misfit)}{_bend(law, item)}"


def _bounded(value: float, bounds: Bounds, units: quantities.Units) -> str:
    low, high = bounds
    if high == 0:
        return "0"
    words = quantities.interval(value, low, high, units) if low > 0 else f"0 to {_with_unit(high, units)}"
    # A range beside a sum would be read as part of it.
    return f"({words})" if " to " in words else words


def _with_unit(value: float, units: quantities.Units) -> str:
    scale, unit = quantities.unit_for(value, units)
    return f"{quantities.number(value / scale, 2)} {unit}".strip()


def _percent(share: float) -> str:
    # Not "0.0 %": no law of measured values is exact.
    return f"{max(share * 100, 0.1):.1f} %" if share < 0.1 else f"{share:.0%}".replace("%", " %")


def _bend(law: Law, item: str) -> str:
    if law.knee is None:
        return ", constant" if law.per_item == 0 else ", proportional"
    if law.knee > FAR * law.high:
        return ", nearly constant"
    if law.knee < law.low / FAR:
        return ", nearly proportional"
    where = "" if law.knee_measured else " (outside what was measured)"
    return f", bends at {item} {quantities.number(law.knee, 2)}{where}"
