"""Readings as one wants them: no process is started."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.ab.pairs import Contest, OutOfTime
from bench.ab.readings import Letter, Pair, Reading, Rule
from bench.ab.room import OutOfRoom
from bench.model import Case, Environment

HERE = Environment(python="3.11", torch="2.14", platform="x", cpu="c", cores=2, memory=1, threads=1)


def case(variant: str = "plain", exercise: str = "ex60", part: str = "a.speed") -> Case:
    return Case(exercise=exercise, part=part, device="cpu", seed=0, variant=variant)


def reading(times: Mapping[str, float] | None = None, **more: object) -> Reading:
    """Times by the name of the variant."""
    named = {case(name): seconds for name, seconds in (times or {}).items()}
    return replace(Reading(times=named, environment=HERE), **more)  # type: ignore[arg-type]


def pair(a: Mapping[str, float], b: Mapping[str, float]) -> Pair:
    return Pair(reading(a), reading(b))


def pairs(ratio: float, many: int = 6, noise: float = 0.005, seed: int = 1) -> list[Pair]:
    """Of one case, which takes B so many times as long as A."""
    draw = random.Random(seed)
    return [
        pair({"plain": 1e-3 * math.exp(draw.gauss(0, noise))}, {"plain": 1e-3 * ratio * math.exp(draw.gauss(0, noise))})
        for _ in range(many)
    ]


@dataclass
class Fake:
    """Stands for the measuring of two sides, with a clock that each measurement moves on by ``takes`` seconds."""

    times: dict[Letter, dict[str, float]]
    noise: float = 0.005
    takes: float = 1.0
    broken: dict[Letter, Reading] = field(default_factory=dict)
    room: int = 1_000_000
    """Measurements that find room on the disk."""
    calls: list[tuple[Letter, tuple[str, ...]]] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.draw = random.Random(0)

    def clock(self) -> float:
        return self.now

    def __call__(self, letter: Letter, names: Sequence[str], seconds: float) -> Reading:
        self.calls.append((letter, tuple(names)))
        self.now += min(self.takes, seconds)
        if len(self.calls) > self.room:
            raise OutOfRoom("no space left on the disk of x: free some")
        if self.takes > seconds:
            raise OutOfTime("the time was up")
        if letter in self.broken:
            return self.broken[letter]
        return reading(
            {name: seconds * math.exp(self.draw.gauss(0, self.noise)) for name, seconds in self.times[letter].items()}
        )


def contest(fake: Fake, seconds: float = 600, rule: Rule | None = None) -> Contest:
    return Contest(
        a="old",
        b="new",
        names=["ex60"],
        measure=fake,
        rule=rule or Rule(),
        seconds=seconds,
        say=lambda text: None,
    )
