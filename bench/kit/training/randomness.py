"""The random streams of a training: one for the order of the data, the global one for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.utils.data import RandomSampler


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """The global streams start from the seed inside, and are left as they were."""
    # Of the one GPU in use: by default fork_rng saves the stream of every GPU there is.
    with torch.random.fork_rng(_cuda(device)):
        torch.manual_seed(seed)
        yield


def _cuda(device: torch.device) -> list[torch.device]:
    return [device] if device.type == "cuda" else []


def streams(order: torch.Generator, device: torch.device) -> dict[str, Tensor]:
    """The states of all streams."""
    states = {"order": order.get_state(), "cpu": torch.get_rng_state()}
    return states | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def set_streams(states: dict[str, Tensor], order: torch.Generator, device: torch.device) -> None:
    order.set_state(states["order"])
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)


def permutation(count: int, order: torch.Generator, device: torch.device) -> Tensor:
    """The order of one epoch, drawn by the sampler of the idiomatic loop itself: it may draw more than it uses."""
    # How a RandomSampler draws is its own affair, and changes between versions: asked, it gives the idiomatic batches.
    return torch.tensor(list(RandomSampler(range(count), generator=order)), device=device)
