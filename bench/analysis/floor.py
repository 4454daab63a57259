"""How narrow ratios are: those of identical work, which are a machine's noise floor, and those of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.analysis import laps
from bench.analysis.comparisons import groups
from bench.model import Run, Sample

WINDOW = 0.5
"""Seconds over which the speed of the fixed loop is taken together."""

Copies = Sequence[Sample]
"""What one process took of one kind of work: a sample for each copy of it, the first is the reference."""


def widths(processes: Sequence[Mapping[str, Copies]]) -> dict[str, float]:
    """For each kind of work the half-width that its ratios to itself have over these processes: of the logarithm, and
    the median over copies. A kind of which the clock saw too little is left out."""
    kinds = dict.fromkeys(kind for process in processes for kind in process)
    known = {kind: _width([process[kind] for process in processes if kind in process]) for kind in kinds}
    return {kind: width for kind, width in known.items() if math.isfinite(width)}


def _width(processes: Sequence[Copies]) -> float:
    logs = [
        [log for reference, *rest in processes for log in laps.log_ratios([rest[copy]], [reference]).values()]
        # Less the first of each process, which is the reference.
        for copy in range(min(map(len, processes)) - 1)
    ]
    return median(map(laps.half_width, logs)) if logs else math.inf


def wander(speeds: Iterable[tuple[float, float]]) -> float:
    """The slowest half second over the fastest, of ``(moment, seconds of one fixed loop)``; 1 where there is none."""
    windows: dict[int, list[float]] = {}
    for moment, seconds in speeds:
        windows.setdefault(math.floor(moment / WINDOW), []).append(seconds)
    medians = [median(each) for each in windows.values()]
    return max(medians) / min(medians) if medians and min(medians) > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """How well the ratios of a run are known: half-widths of their logarithms."""

    median: float
    widest: float
    count: int


def known(run: Run) -> Known | None:
    """``None`` where nothing was held against a reference in several rounds."""
    halves: list[float] = []
    records = run.by_part()
    for exercise in run.exercises:
        for part in exercise.parts:
            own = records.get((exercise.id, part.id), ())
            ratios = [row.ratio for group in groups(part, own) for row in group.rows]
            halves += [math.log(ratio.high / ratio.low) / 2 for ratio in ratios if ratio and ratio.low and ratio.high]
    return Known(median(halves), max(halves), len(halves)) if halves else None
