"""Another layout of memory for another draw."""

import random

import torch

from bench.measure import layout


def places(seed: int) -> list[int]:
    """Where tensors lie that are made after the heap was shuffled, and after they were freed again."""
    kept = layout.shuffled(random.Random(seed))
    tensors = [torch.empty(500) for _ in range(8)]
    found = [tensor.data_ptr() for tensor in tensors]
    del kept
    return found


def test_what_is_kept_is_small_and_drawn_by_lot() -> None:
    one, other = (layout.shuffled(random.Random(seed)) for seed in (1, 2))
    sizes = [[len(each) for each in kept if isinstance(each, bytearray)] for kept in (one, other)]
    assert sizes[0] != sizes[1]
    assert sizes[0] == [len(each) for each in layout.shuffled(random.Random(1)) if isinstance(each, bytearray)]
    assert all(sum(each) < 4_000_000 for each in sizes)


def test_what_comes_afterwards_lies_elsewhere() -> None:
    distances = [[place - found[0] for place in found] for found in map(places, range(5))]
    assert len({tuple(each) for each in distances}) > 1
