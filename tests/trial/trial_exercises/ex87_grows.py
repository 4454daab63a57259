"""ex87: Takes time and memory by laws that are known."""

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl, limited

exercise = Exercise()
HELD, EACH = 1_000_000, 100_000
"""Numbers of four bytes, which a call takes at once: so many, and so many for each of n."""


@exercise.comparison(
    "a",
    "A call of known memory",
    reference="takes",
    work=lambda n, **_: Work(n, "items"),
    n=limited(4, at_least=1),
    k=(1, 2),
)
def taking(lab: Lab, n: int, k: int) -> dict[str, Callable[[], Tensor]]:
    """``takes`` needs 4 · (HELD + EACH · n) bytes, ``takes twice`` twice as many."""
    one = torch.full((1,), float(k), device=lab.device, dtype=lab.dtype)

    def take(times: int) -> Tensor:
        held = torch.empty(times * (HELD + EACH * n), device=lab.device, dtype=torch.float32)
        held[::1024] = 1
        return one * held[0].to(lab.dtype)

    return {"takes": lambda: take(1), "takes twice": lambda: take(2)}


@exercise.comparison("b", "Dies of something else", reference="one", n=1)
def failing(lab: Lab, n: int) -> dict[str, Callable[[], Tensor]]:
    one = torch.ones(1, device=lab.device, dtype=lab.dtype)

    def call() -> Tensor:
        if n > 5:
            raise ValueError(f"{n} is more than 5")
        return one * n

    return {"one": call}


@exercise.comparison(
    "c", "Varies in what is no number", reference="one", mode=("fast", "slow"), width=limited(4, one_of=(4, 8, 16))
)
def moded(lab: Lab, mode: str, width: int) -> dict[str, Callable[[], Tensor]]:
    one = torch.ones(width, device=lab.device, dtype=lab.dtype)
    return {"one": lambda: one * 2}


@exercise.study("d", "A study", n=1)
def studied(lab: Lab, n: int) -> None:
    lab.metric("n", n)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
