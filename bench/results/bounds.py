"""What a stored number may be: of a valid file, what no clock, meter or count can have given is refused by its place.

A ``run.json`` may come from anywhere. Whoever reads a run divides by its calls, takes logarithms of its times and draws
its curves; here it is made sure once that this can be done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

from bench.model import (
    Agreement,
    Band,
    Case,
    Curve,
    DataSource,
    Disturbance,
    Environment,
    ExerciseInfo,
    Findings,
    GpuState,
    Memory,
    NoiseFloor,
    Observation,
    PartInfo,
    Peak,
    Place,
    Plan,
    Record,
    Run,
    Sample,
    Table,
    Task,
    Trial,
    VariantResult,
    Work,
)

LONGEST = 1e10
"""Seconds: three hundred years."""
MOST = float(2**63)
"""Of bytes, and of whatever else is counted."""
HUGE = 1e300
"""Of a whole number: beyond, it is no number of a chart any more."""
SHARE = (-1.0, 1e6)
"""A share of a time: two clocks that were read one after the other may make it a little less than nothing."""

TIME, COUNT, SOME = (0.0, LONGEST), (0.0, MOST), (1.0, MOST)

BOUNDS: dict[type, dict[str, tuple[float, float]]] = {
    Sample: {
        "round": COUNT,
        "calls": SOME,
        "seconds": TIME,
        "gpu_seconds": TIME,
        "waited": SHARE,
        "retaken": COUNT,
        "asking": SHARE,
    },
    Memory: {"baseline": COUNT, "reserved": COUNT, "tensors": COUNT, "children": COUNT},
    Trial: {"steps": COUNT, "evaluations": COUNT, "seconds": TIME, "runs": SOME},
    GpuState: {"clock": COUNT, "others": COUNT},
    Disturbance: {"seconds": TIME, "load": COUNT, "stolen": SHARE, "throttled": SHARE, "switches": COUNT},
    Agreement: {"error": (0.0, float("inf")), "allowed": (0.0, float("inf")), "reference_error": (0.0, float("inf"))},
    Work: {"count": (0.0, HUGE), "flops": (0.0, HUGE), "bytes": (0.0, HUGE)},
    Case: {"seed": (-MOST, MOST)},
    Task: {"round": COUNT},
    Curve: {"thinned_from": COUNT},
    Environment: {"cores": COUNT, "memory": COUNT, "threads": COUNT},
    NoiseFloor: {
        "waited": SHARE,
        "stolen": SHARE,
        "throttled": SHARE,
        "wander": COUNT,
        "cores": COUNT,
        "threads": COUNT,
    },
    Peak: {"flops": (1e-9, HUGE), "bandwidth": (1e-9, HUGE), "threads": COUNT, "array": COUNT},
    PartInfo: {"limit": COUNT},
    Record: {"seconds": TIME},
    Observation: {"seconds": TIME},
    Run: {"timing_seconds": TIME, "clock_seconds": TIME},
    Plan: {"timeout": (0.0, HUGE), "threads": COUNT, "memory": COUNT},
}
"""The least and the most of each number, where it is there at all."""

INSIDE: dict[type, tuple[str, ...]] = {
    Run: ("environment", "floor", "exercises", "records", "peaks", "elsewhere"),
    Plan: ("environment", "floor", "exercises", "tasks"),
    Place: ("environment", "floor"),
    ExerciseInfo: ("parts",),
    Record: ("case", "findings", "agreement", "samples", "memory", "work", "disturbance", "trials"),
    Observation: ("task", "findings", "variants", "work", "disturbance"),
    VariantResult: ("agreement", "samples", "memory", "trials", "curves"),
    Task: ("case",),
    Disturbance: ("gpu",),
    Findings: ("curves", "tables", "data"),
    Curve: ("band",),
}
"""Where there are more numbers below."""


def wrong(value: object) -> str:
    """The first number that cannot be, with its place: ``records[3].samples[0].calls is 0, of at least 1``.
    Empty where all is well."""
    return _wrong(value).lstrip(".")


def _wrong(value: object) -> str:
    # The place is put together on the way back: of a good run, which may have a million numbers, none is written.
    if isinstance(value, tuple):
        return next((f"[{at}]{found}" for at, item in enumerate(value) if (found := _wrong(item))), "")
    if isinstance(value, dict):
        return next((f"[{key!a}]{found}" for key, item in value.items() if (found := _wrong(item))), "")
    kind = type(value)
    for name, (least, most) in BOUNDS.get(kind, {}).items():
        number = getattr(value, name)
        if number is not None and not least <= number <= most:
            return f".{name} is {_beyond(number, least, most)}"
    if kind in SHAPES and (found := SHAPES[kind](value)):
        return found
    return next((f".{name}{found}" for name in INSIDE.get(kind, ()) if (found := _wrong(getattr(value, name)))), "")


def _beyond(number: float, least: float, most: float) -> str:
    return f"{_short(number)}, of at {f'least {least:g}' if number < least else f'most {most:.3g}'}"


def _short(number: float) -> str:
    # Python refuses to write a whole number of more than 4300 digits.
    return f"a number of {number.bit_length()} bits" if isinstance(number, int) and abs(number) > MOST else f"{number}"


def _of_sample(sample: Sample) -> str:
    return _outlier("laps", sample.laps, TIME)


def _of_memory(memory: Memory) -> str:
    return _outlier("peaks", memory.peaks, COUNT)


def _of_source(source: DataSource) -> str:
    return _outlier("sizes", tuple(source.sizes.values()), COUNT)


def _of_floor(floor: NoiseFloor) -> str:
    return _outlier("widths", tuple(floor.widths.values()), COUNT)


def _outlier(name: str, numbers: tuple[float, ...], bounds: tuple[float, float]) -> str:
    least, most = bounds
    if numbers and not (least <= min(numbers) and max(numbers) <= most):
        outlier = next(number for number in numbers if not least <= number <= most)
        return f".{name} has {_beyond(outlier, least, most)}"
    return ""


def _of_curve(curve: Curve) -> str:
    return f".x has {len(curve.x)} points and .y has {len(curve.y)}" if len(curve.x) != len(curve.y) else ""


def _of_band(band: Band) -> str:
    lengths = [len(band.x), len(band.mean), len(band.low), len(band.high)]
    return f" has stretches of unequal number: {', '.join(map(str, lengths))}" if len(set(lengths)) > 1 else ""


def _of_table(table: Table) -> str:
    for at, row in enumerate(table.rows):
        if len(row) != len(table.columns):
            return f".rows[{at}] has {len(row)} cells for {len(table.columns)} columns"
    return next((f".rows has {_short(cell)}" for row in table.rows for cell in row if _is_huge(cell)), "")


def _of_case(case: Case) -> str:
    return _of_parameters("parameters", case.parameters)


def _of_part(part: PartInfo) -> str:
    return _of_parameters("parameters", part.parameters) or _of_parameters("in_full", part.in_full)


def _of_parameters(name: str, parameters: dict[str, Any]) -> str:
    for parameter, value in parameters.items():
        for scalar in value if isinstance(value, tuple) else (value,):
            if _is_huge(scalar):
                return f".{name}[{parameter!a}] is {_short(scalar)}, too large for a parameter"
    return ""


def _is_huge(cell: object) -> TypeGuard[float]:
    return isinstance(cell, int | float) and not -HUGE <= cell <= HUGE


def _of_run(run: Run) -> str:
    return _outlier("seeds", run.seeds, (-MOST, MOST))


SHAPES: dict[type, Callable[[Any], str]] = {
    Sample: _of_sample,
    Memory: _of_memory,
    DataSource: _of_source,
    NoiseFloor: _of_floor,
    Curve: _of_curve,
    Band: _of_band,
    Table: _of_table,
    Case: _of_case,
    PartInfo: _of_part,
    Run: _of_run,
}
"""What is more than one number."""
