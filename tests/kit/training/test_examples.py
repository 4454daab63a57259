"""Whole sets on the device: as many targets as inputs, every example once."""

import pytest
import torch

from bench.kit.training import Examples, held_out


@pytest.mark.parametrize(("x", "y"), [(3, 2), (0, 0)])
def test_examples_need_as_many_targets_as_inputs(x: int, y: int) -> None:
    with pytest.raises(ValueError, match=f"at least one: {x} and {y}"):
        Examples(torch.zeros(x, 2), torch.zeros(y))


def test_held_out_examples_are_not_trained_on() -> None:
    examples = Examples(torch.arange(10).float(), torch.arange(10))
    rest, held = held_out(examples, 3, seed=1)
    assert sorted(rest.y.tolist() + held.y.tolist()) == list(range(10))
    assert len(held) == 3
    assert torch.equal(held.x.long(), held.y)
    with pytest.raises(ValueError, match="1 to 9 can be held out, not 10"):
        held_out(examples, 10, seed=1)


def test_batches_hold_every_example_once_in_order_prepared() -> None:
    examples = Examples(torch.arange(7, dtype=torch.uint8), torch.arange(7), prepare=lambda x: x.double() / 2)
    batches = list(examples.batches(3))
    assert [len(y) for _, y in batches] == [3, 3, 1]
    assert torch.cat([x for x, _ in batches]).tolist() == [i / 2 for i in range(7)]
    assert torch.cat([y for _, y in batches]).tolist() == list(range(7))


def test_what_is_taken_keeps_its_order_and_its_preparation() -> None:
    examples = Examples(torch.arange(7), torch.arange(7) + 10, prepare=torch.neg)
    taken = examples.take(torch.tensor([5, 0, 5]))
    assert (taken.x.tolist(), taken.y.tolist()) == ([5, 0, 5], [15, 10, 15])
    assert taken.ready(taken.x).tolist() == [-5, 0, -5]
    assert len(taken) == 3


def test_inputs_and_targets_lie_on_one_device() -> None:
    with pytest.raises(ValueError, match="inputs on meta and targets on cpu: move both"):
        Examples(torch.zeros(2, device="meta"), torch.zeros(2))
