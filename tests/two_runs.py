"""Small runs to be held against each other, with times that are planted."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench.model import (
    Case,
    Claim,
    Disturbance,
    Environment,
    ExerciseInfo,
    Findings,
    Memory,
    Metric,
    NoiseFloor,
    PartInfo,
    Record,
    Run,
    Sample,
)

STEADY = (1 / 1.01, 1.0, 1.0, 1.0, 1.01)
"""Times of five processes, in milliseconds: their geometric mean is 1."""
WIDTH = 0.004
"""Of the noise floor that runs have here, unless said otherwise."""


def case(variant: str | None = "mine", n: int = 1, part: str = "a.speed", device: str = "cpu", seed: int = 0) -> Case:
    return Case(exercise="ex01", part=part, device=device, seed=seed, parameters={"n": n}, variant=variant)


def timed(factor: float = 1.0, of: Case | None = None, rounds: Sequence[float] = STEADY, **more: Any) -> Record:
    """A record whose processes took ``rounds`` milliseconds a call, times ``factor``."""
    samples = tuple(
        Sample(round=number, calls=10, seconds=10 * factor * each / 1000) for number, each in enumerate(rounds)
    )
    return Record(case=of or case(), outcome="ok", samples=samples, **more)


def found(claims: dict[str, float] | None = None, metrics: dict[str, float] | None = None, **more: Any) -> Record:
    """A study: each claim is that its value is at most 1."""
    findings = Findings(
        claims=tuple(Claim(name, value, "at_most", 1.0) for name, value in (claims or {}).items()),
        metrics=tuple(Metric(name, value, "%") for name, value in (metrics or {}).items()),
    )
    return Record(case=case(None, part="a"), outcome="ok", findings=findings, **more)


def weighed(peaks: tuple[int, ...], tensors: int | None = None, source: str = "VmHWM") -> Record:
    return timed(memory=Memory(peaks, 1, source, tensors=tensors))


def loaded(record: Record, load: float) -> Record:
    return replace(record, disturbance=Disturbance(seconds=1.0, load=load))


def environment(**other: Any) -> Environment:
    place = Environment(
        python="3.11.7",
        torch="2.11.0",
        platform="Linux 6.1",
        cpu="EPYC",
        cores=2,
        memory=8 * 2**30,
        threads=1,
        commit="b481930",
        packages={"numpy": "2.4.6"},
    )
    return replace(place, **other)


def floor(width: float) -> NoiseFloor:
    return NoiseFloor(
        created="2026-11-29", widths={"x": width}, waited=0, wander=1, cpu="EPYC", cores=2, threads=1, boot="b"
    )


def run(
    id: str, *records: Record, width: float | None = WIDTH, place: dict[str, Any] | None = None, **more: Any
) -> Run:
    """A whole run in profile quick."""
    parts = (
        PartInfo(id="a", title="A study", kind="study"),
        PartInfo(id="a.speed", title="Speed", kind="comparison", reference="theirs"),
    )
    settings: dict[str, Any] = {
        "schema": 1,
        "id": id,
        "created": "2026-11-29T01:02:03+00:00",
        "command": ("bench", "run", "ex01"),
        "profile": "quick",
        "devices": ("cpu",),
        "seeds": (0,),
        "data": "embedded",
        "environment": environment(**(place or {})),
        "exercises": (ExerciseInfo(id="ex01", title="One", parts=parts),),
        "records": records,
        "floor": None if width is None else floor(width),
    }
    return Run(**settings | more)


def pair(factor: float, **more: Any) -> tuple[Run, Run]:
    """Two runs of one case; the second took ``factor`` times as long, in every process."""
    return run("base", timed()), run("new", timed(factor), **more)


def noisy(seed: int, factors: Sequence[float], width: float = 0.02, spread: float = 0.02, rounds: int = 5) -> Run:
    """A run as the analysis takes it to be: its own moment moves all of its times, its processes each of them."""
    chance = random.Random(seed)
    moment = chance.gauss(0, width / 2.054)  # a floor is the half-width of an interval of 96 %
    records = [
        timed(
            factor * math.exp(moment),
            case(n=number),
            [math.exp(chance.gauss(0, spread)) for _ in range(rounds)],
        )
        for number, factor in enumerate(factors)
    ]
    return run(f"run {seed}", *records, width=width)
