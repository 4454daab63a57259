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
    rest, kept = held_out(examples, 3, seed=1)
    assert sorted(rest.y.tolist() + kept.y.tolist()) == list(range(10))
    assert len(kept) == 3
    assert torch.equal(kept.x.long(), kept.y)
    with pytest.raises(ValueError, match="1 to 9 can be held out, not 10"):
        held_out(examples, 10, seed=1)
