"""Things whose size is known before they are measured: a spin, allocations, a spike of memory, and nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING

from bench.errors import Skip
from bench.hookspecs import hookimpl
from bench.lab import Lab
from bench.measure import clock
from bench.model import Exercise

if TYPE_CHECKING:
    import torch
    from torch import Tensor

EXERCISE = "known"
MEGABYTE = 1_000_000
SPINS_MS = (1.0, 10.0)
"""Milliseconds. Python takes 1 µs to begin and to end one, which is not in it: 1 % of 0.1 ms."""
ALLOCATIONS_MB = (8, 64, 512)
SPIKE_MB = 1
SPIKE_SECONDS = 0.001
TRIES = 100
"""As often a spike is tried until it is short enough."""
NOTHINGS = 100_000
CLOCK_SECONDS = 0.2
"""How long the GPU counts cycles to learn how many it has in a second."""
NOTHING = "a call that does nothing"

exercise = Exercise(tags=("selftest",))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise


@exercise.comparison("spin", "A spin of known length", reference="spin", milliseconds=SPINS_MS)
def spin(lab: Lab, milliseconds: float) -> dict[str, Callable[[], Tensor]]:
    """On the CPU until a deadline on the clock, on a GPU for so many of its cycles."""
    import torch

    answer = torch.ones(1, device=lab.device, dtype=lab.dtype)
    if lab.device.type != "cuda":
        nanoseconds = round(milliseconds * 1e6)
        return {"spin": lambda: wait_for(nanoseconds, answer)}
    cycles = round(milliseconds * 1e-3 * cycles_per_second(lab.device))

    def call() -> Tensor:
        torch.cuda._sleep(cycles)  # type: ignore[no-untyped-call]
        return answer.clone()

    return {"spin": call}


def wait_for(nanoseconds: int, answer: Tensor) -> Tensor:
    """Comes back that long after it was called, with a copy: to make it is within the time."""
    deadline = perf_counter_ns() + nanoseconds
    copy = answer.clone()
    while perf_counter_ns() < deadline:
        pass
    return copy


def cycles_per_second(device: torch.device) -> float:
    """The clock of a GPU under this load, by the host's clock: what its driver states is the most that it may be."""
    import torch

    cycles = 1_000_000
    while True:
        clock.synchronise(device)
        start = clock.now()
        torch.cuda._sleep(cycles)  # type: ignore[no-untyped-call]
        clock.synchronise(device)
        seconds = clock.now() - start
        if seconds >= CLOCK_SECONDS:
            return cycles / seconds
        cycles *= 2


@exercise.comparison("allocation", "An allocation of known size", reference="allocate", megabytes=ALLOCATIONS_MB)
def allocation(lab: Lab, megabytes: int) -> dict[str, Callable[[], Tensor]]:
    """In bytes, whatever the dtype of the lab: written to, and given back at the end of the call."""
    return {"allocate": lambda: touched(megabytes, lab)[:1].to(lab.dtype)}


def touched(megabytes: int, lab: Lab) -> Tensor:
    import torch

    return torch.ones(megabytes * MEGABYTE, dtype=torch.uint8, device=lab.device)


@exercise.comparison("spike", "An allocation that is gone within a millisecond", reference="spike")
def spike(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    """Raises ``Skip`` where this machine cannot touch that much memory in so short a time."""
    import torch

    answer = torch.ones(1, device=lab.device, dtype=lab.dtype)

    def call() -> Tensor:
        if not any(spike_seconds(lab) <= SPIKE_SECONDS for _ in range(TRIES)):
            raise Skip(f"{SPIKE_MB} MB cannot be touched and freed within {SPIKE_SECONDS * 1e3:g} ms here")
        # Long enough that whoever looks once a millisecond looks now, when all is over.
        return wait_for(20_000_000, answer)

    return {"spike": call}


def spike_seconds(lab: Lab) -> float:
    start = clock.now()
    touched(SPIKE_MB, lab)
    return clock.now() - start


@exercise.study("nothing", "What the harness itself costs: a call that does nothing, in a block")
def nothing(lab: Lab) -> None:
    seconds = [clock.time_block(lambda: None, NOTHINGS, lab.device)[0] / NOTHINGS for _ in range(11)]
    lab.metric(NOTHING, median(seconds), unit="s")
