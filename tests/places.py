"""Runs that were done on several places, made of runs of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bench.model import NoiseFloor, Peak, Place, Record, Run

FIRST, SECOND, THIRD = "node-1", "node-2", "node-3"
CPUS = {FIRST: "AMD EPYC 7B13", SECOND: "Intel Xeon Platinum 8481C", THIRD: "AMD EPYC 7B13"}
WIDTHS = {FIRST: 0.004, SECOND: 0.031}
"""Noise floors: the third place has none."""


def spread(run: Run, place: Callable[[Record], str], **differing: Any) -> Run:
    """The run with each record on the place that is said of it; ``differing`` replaces fields of the second place's
    environment."""
    environments = {name: replace(run.environment, host=name, cpu=cpu) for name, cpu in CPUS.items()}
    environments[SECOND] = replace(environments[SECOND], cores=8, memory=32 * 2**30, **differing)
    places = {name: Place(environment=each, floor=floor(name)) for name, each in environments.items()}
    records = tuple(replace(record, place=place(record)) for record in run.records)
    used = {record.place for record in records}
    return replace(
        run,
        schema=2,
        environment=environments[FIRST],
        floor=places[FIRST].floor,
        records=records,
        peaks=tuple(replace(peak, place=name) for name in places if name in used for peak in run.peaks),
        elsewhere={name: each for name, each in places.items() if name != FIRST and name in used},
    )


def floor(name: str) -> NoiseFloor | None:
    """What was known of a place's noise."""
    if name not in WIDTHS:
        return None
    return NoiseFloor(
        created="2026-11-24T12:00:00+00:00",
        boot="b",
        cpu=CPUS[name],
        cores=2,
        threads=1,
        widths={"arithmetic": WIDTHS[name]},
        waited=0.0,
        stolen=0.0,
        throttled=0.0,
        wander=1.01,
    )


def by_device(record: Record) -> str:
    """As a cluster does it: a part on a device is on one place."""
    return SECOND if record.case.device == "cuda" else FIRST


def by_variant(record: Record) -> str:
    """As nothing does it but an edited file: the reference on one place, and a variant on another."""
    return SECOND if record.case.variant == "by hand" else FIRST


def by_seed(record: Record) -> str:
    """As studies are done: every seed a task of its own."""
    return (FIRST, SECOND, THIRD)[record.case.seed % 3]


PEAK = Peak(device="cpu", flops=1e11, bandwidth=2e10, threads=1, array=2**26)
