"""A recipe is refused where it makes no training."""

import pytest
import torch

from bench.kit.training import Recipe, argmax_right


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs of at least 1, not 0"),
        ({"batch": 0}, "batch of at least 1"),
        ({"patience": 0}, "patience of at least 1"),
        ({"numerics": "fp8"}, "fp32, tf32, bf16, not 'fp8'"),
    ],
)
def test_a_recipe_that_makes_no_training_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Recipe(**({"epochs": 1} | wrong))


def test_the_largest_output_is_the_answer() -> None:
    outputs = torch.tensor([[0.1, 0.7, 0.2], [-1.0, -2.0, -3.0], [5.0, 0.0, 9.0]])
    assert argmax_right(outputs, torch.tensor([1, 1, 2])).tolist() == [True, False, True]
