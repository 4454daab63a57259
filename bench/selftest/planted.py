"""Work of a known size: a reference, the same again, and the same with 2, 5 and 10 % more of it.

A call repeats one unit of work 100, 102, 105 or 110 times, and gives what the last unit gave: the answers are equal,
and the slow-down is exact in work. One operation of torch takes 3 µs and more, so that 100 of them fill most of a block
of 0.5 ms; units that read memory are larger, for what they read must not stay in a core's own cache: such a call is as
long as two blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bench.hookspecs import hookimpl
from bench.lab import Lab
from bench.model import Exercise

if TYPE_CHECKING:
    from torch import Tensor

EXERCISE = "planted"
UNITS = 100
"""Units of work in a call of the reference."""
REFERENCE = "as it is"
AGAIN = ("again 1", "again 2")
"""Identical work. Every variant has inputs of its own, elsewhere in memory: on common ones the one would warm the
caches for the other, and the longest alone would meet what nobody has read."""
PLANTED: Mapping[str, float] = {"2 % more": 0.02, "5 % more": 0.05, "10 % more": 0.10}
"""Variants by the share of work that they do beyond the reference's."""
PIECES = 8
"""Of 256 KB each: together more than a core's own cache, and little enough for all variants to fit the common one."""
ALL = UNITS + round(UNITS * max(PLANTED.values()))

Unit = Callable[[int], "Tensor"]
"""Does the unit of work of that number, and gives a fresh tensor."""
Setup = Callable[[Lab], Callable[[], "Tensor"]]

exercise = Exercise(tags=("selftest",))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise


def variants(prepare: Callable[[], Unit]) -> dict[str, Callable[[], Tensor]]:
    """A call for each variant. ``prepare`` draws the inputs, the same at each time, and gives the unit of work."""
    units = dict.fromkeys((REFERENCE, *AGAIN), UNITS) | {
        name: UNITS + round(UNITS * share) for name, share in PLANTED.items()
    }
    return {name: repeated(prepare(), count) for name, count in units.items()}


def repeated(unit: Unit, units: int) -> Callable[[], Tensor]:
    """A call that does so many units, the last of them the same for every number."""
    numbers = range(ALL - units, ALL)

    def call() -> Tensor:
        for number in numbers:
            answer = unit(number)
        return answer

    return call


@exercise.comparison("small", "Small operations: a sum and a rectification of 64 numbers", reference=REFERENCE)
def small(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    import torch

    def prepare() -> Unit:
        a, b = drawn(lab, 8, 8), drawn(lab, 8, 8)
        return lambda _: torch.relu(a + b)

    return variants(prepare)


@exercise.comparison("product", "A product of two matrices, 32 × 32", reference=REFERENCE)
def product(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    def prepare() -> Unit:
        a, b = drawn(lab, 32, 32), drawn(lab, 32, 32)
        return lambda _: a @ b

    return variants(prepare)


@exercise.comparison("memory", "Bound by caches: a sum of 65,536 numbers, the next ones each time", reference=REFERENCE)
def memory(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    def prepare() -> Unit:
        pieces = drawn(lab, 1, 1 << 16).abs().repeat(PIECES, 1).unbind()
        return lambda number: pieces[number % PIECES].sum()

    return variants(prepare)


@exercise.comparison("convolution", "A convolution of an 8 × 8 picture with a 3 × 3 kernel", reference=REFERENCE)
def convolution(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    from torch.nn.functional import conv2d

    def prepare() -> Unit:
        pictures, kernel = drawn(lab, 1, 1, 8, 8), drawn(lab, 1, 1, 3, 3)
        return lambda _: conv2d(pictures, kernel)

    return variants(prepare)


@exercise.comparison("step", "An optimiser's step: SGD with momentum on 256 weights", reference=REFERENCE)
def step(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    import torch

    def prepare() -> Unit:
        weights, gradient, velocity = drawn(lab, 256), drawn(lab, 256), drawn(lab, 256)
        # From the same weights each time: the answer must not tell how many units were done.
        return lambda _: torch.add(weights, torch.add(gradient, velocity, alpha=0.9), alpha=-0.01)

    return variants(prepare)


def drawn(lab: Lab, *shape: int) -> Tensor:
    """Normal numbers, the same for the same shape and seed."""
    import torch

    return torch.randn(*shape, generator=lab.generator()).to(lab.device, lab.dtype)
