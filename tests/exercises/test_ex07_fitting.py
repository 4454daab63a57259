"""ex07: a backward pass with a derivative missing, or of another shape, is told which one it is."""

import pytest
import torch

from bench_exercises.ex07_iris_by_hand.by_hand import fitting

THETA = {"W1": torch.zeros(5, 4), "b1": torch.zeros(5), "W2": torch.zeros(3, 5), "b2": torch.zeros(3)}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"b2": torch.zeros(125)}, r"a derivative by b2 of shape \(125,\), and b2 has \(3,\)"),
        ({"W1": torch.zeros(4, 5), "W2": torch.zeros(5, 3)}, r"by W2 of shape \(5, 3\), and W2 has \(3, 5\)"),
    ],
)
def test_the_first_from_the_last_layer_down_is_named(changed: dict[str, torch.Tensor], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        fitting(THETA | changed, THETA)


def test_one_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="no derivative by W2; it gives W1, b1, b2"):
        fitting({name: each for name, each in THETA.items() if name != "W2"}, THETA)


def test_one_that_fits_is_left_as_it_is() -> None:
    assert fitting(THETA, THETA) is THETA
