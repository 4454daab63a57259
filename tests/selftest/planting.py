"""Readings and measures as a sound machine gives them, to be spoilt one by one."""

from dataclasses import replace
from typing import Any

from bench.model import Environment
from bench.selftest.examine import Report
from bench.selftest.judge import judge
from bench.selftest.readings import Measure, Reading
from bench.selftest.surroundings import Surroundings

QUIET = Surroundings(cores=2, others=0.01, stolen=0.0, waited=0.001)
BUSY = replace(QUIET, others=0.5)
AGAIN = ("again 1", "again 2")


def reading(planted: float = 0.0, half: float = 0.008, **more: Any) -> Reading:
    """Exactly what was planted, with an interval of that half-width around it."""
    given: dict[str, Any] = {
        "work": "planted",
        "case": "small",
        "variant": "again 1",
        "planted": planted,
        "slower": planted,
        "low": (1 + planted) * (1 - half) - 1,
        "high": (1 + planted) * (1 + half) - 1,
        "rounds": 5,
        "verdict": "no change detected",
    }
    return Reading(**given | more)


def sound() -> list[Reading]:
    """100 cases of real work with two copies each, 20 of planted work with three sizes beside."""
    real = [reading(work="real", case=f"ex10.a n={n}", variant=name) for n in range(100) for name in AGAIN]
    same = [reading(case=f"small, seed {n}", variant=name) for n in range(20) for name in AGAIN]
    more = [reading(size, case=f"small, seed {n}", variant="more") for n in range(20) for size in (0.02, 0.05, 0.1)]
    return [*real, *same, *more]


def measures() -> list[Measure]:
    return [
        Measure(what="spin", expected=1e-3, measured=1.002e-3),
        Measure(what="allocation", expected=64e6, measured=63.9e6, note="VmHWM"),
        Measure(what="spike", expected=1e6, measured=0.97e6, note="VmHWM"),
        Measure(what="nothing", expected=0, measured=5e-8),
    ]


def report(readings: list[Reading] | None = None, surroundings: Surroundings = QUIET) -> Report:
    readings = sound() if readings is None else readings
    where = Environment(
        python="3.11", torch="2.11", platform="Linux", cpu="a <b>processor</b>", cores=2, memory=2**34, threads=1
    )
    return Report(
        created="2026-01-01T00:00:00+00:00",
        command=("bench", "selftest"),
        extent="quick",
        device="cpu",
        seconds=100.0,
        environment=where,
        surroundings=surroundings,
        checks=judge(readings, measures(), (), surroundings),
        measures=tuple(measures()),
        readings=tuple(readings),
        failures=(),
    )
