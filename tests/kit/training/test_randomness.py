"""Random streams begin at their seed, are left as they were, and can be taken up where they stood."""

import torch
from torch.utils.data import DataLoader, RandomSampler

from bench.kit.training import randomness, seeded

CPU = torch.device("cpu")


def test_a_block_begins_at_its_seed_and_leaves_no_trace() -> None:
    before = torch.get_rng_state()
    with seeded(4, CPU):
        first = torch.rand(3)
    with seeded(4, CPU):
        assert torch.equal(torch.rand(3), first)
    with seeded(5, CPU):
        assert not torch.equal(torch.rand(3), first)
    assert torch.equal(torch.get_rng_state(), before)


def test_streams_go_on_where_they_stood() -> None:
    order = torch.Generator().manual_seed(1)
    with seeded(2, CPU):
        randomness.permutation(10, order, CPU), torch.rand(3)
        states = randomness.streams(order, CPU)
        expected = randomness.permutation(10, order, CPU), torch.rand(3)
    other = torch.Generator()
    with seeded(99, CPU):
        randomness.set_streams(states, other, CPU)
        again = randomness.permutation(10, other, CPU), torch.rand(3)
    assert all(map(torch.equal, again, expected))


def test_the_order_is_that_of_a_data_loader_epoch_by_epoch() -> None:
    sampler = RandomSampler(range(23), generator=torch.Generator().manual_seed(7))
    loader = DataLoader(range(23), 5, sampler=sampler, generator=torch.Generator())
    order = torch.Generator().manual_seed(7)
    for _ in range(3):
        ours = randomness.permutation(23, order, CPU)
        assert ours.tolist() == torch.cat(list(loader)).tolist()
    assert sorted(ours.tolist()) == list(range(23))
