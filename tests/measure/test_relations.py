"""What a wrong tensor has to do with the right one: every planted mistake is named, and no other."""

import pytest
import torch

from bench.measure import relations
from bench.measure.relations import not_finite, relation, reshaped

RIGHT = torch.randn(5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
ALLOWED = 1e-6
CHANGED = RIGHT.clone()
CHANGED[3] += 1
FEW = RIGHT.clone()
FEW[0, 1] = FEW[4, 2] = 9
SIGNS = RIGHT.clone()
SIGNS[0, 0] *= -1
SIGNS[2, 1] *= -1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (-RIGHT, "−1 × the reference's: the sign is turned round"),
        (125 * RIGHT, "125 × the reference's, and batch = 125"),
        (RIGHT / 125, "1/125 × the reference's, and batch = 125"),
        (-RIGHT / 5, "−1/5 × the reference's, and its axis 0 has 5 elements"),
        (25 * RIGHT, "25 × the reference's, and it has 25 elements"),
        (2 * RIGHT, "2 × the reference's"),
        (1.37 * RIGHT, "1.37 × the reference's"),
        (0 * RIGHT, "zero everywhere"),
        (SIGNS, "right in size, with the wrong sign in 2 of 25 elements"),
        (RIGHT.T, "the transpose of the reference's"),
        (RIGHT.flip(1), "the reference's flipped along axis 1"),
        (RIGHT.flip(0, 1), "the reference's flipped along axes 0 and 1"),
        (RIGHT + 0.5, "the reference's plus 0.5 everywhere"),
        (CHANGED, "wrong only at index 3 of axis 0, which has 5"),
        (FEW, "wrong in 2 of 25 elements, at [0, 1], [4, 2]"),
        (RIGHT.roll(1, 0), "the reference's shifted by one along axis 0"),
        (torch.cat([RIGHT[1:], RIGHT[:1] * 7]), "the reference's shifted by −1 along axis 0"),
        (RIGHT[torch.tensor([2, 0, 4, 1, 3])], "the reference's values in another order"),
        (RIGHT**2 + 1, ""),
    ],
)
def test_a_mistake_is_named(wrong: torch.Tensor, says: str) -> None:
    assert relation(wrong, RIGHT, ALLOWED, {125: "batch = 125"}) == says
    assert relation(wrong * (1 + 1e-7), RIGHT, ALLOWED, {125: "batch = 125"}) == says, "with rounding of its own"


def test_a_relation_that_is_missed_by_more_than_rounding_is_none() -> None:
    assert relation(-RIGHT * torch.linspace(1, 1.01, 5), RIGHT, ALLOWED, {}) == ""


@pytest.mark.parametrize(("value", "says"), [(3.0, "2 × the reference's"), (-1.5, "−1 × "), (2.31, "")])
def test_a_single_number_is_a_multiple_only_where_that_is_a_count(value: float, says: str) -> None:
    found = relation(torch.tensor(value, dtype=torch.float64), torch.tensor(1.5, dtype=torch.float64), ALLOWED, {})
    assert found.startswith(says)
    assert bool(found) == bool(says)


def test_integers_are_held_exactly() -> None:
    right = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    assert relation(3 * right, right, 0.0, {}) == "3 × the reference's, and its axis 0 has 3 elements"
    assert relation(3 * right + 1e-9, right, 0.0, {}) == ""


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (RIGHT[:2].T, "it is the transpose of the reference's"),
        (RIGHT[:2].reshape(1, 10), "its values are right, in another shape"),
        (torch.stack([RIGHT[:2] / 4] * 4), "summed over its axis 0, which has 4, it is the reference's"),
        (torch.stack([RIGHT[:2]] * 4, 1), "averaged over its axis 1, which has 4, it is the reference's"),
        (RIGHT[:3], ""),
        (torch.zeros(0, 5, dtype=torch.float64), ""),
    ],
)
def test_another_shape_is_brought_back(output: torch.Tensor, says: str) -> None:
    assert reshaped(output, RIGHT[:2], ALLOWED) == says


def test_what_is_not_finite_is_counted_and_placed() -> None:
    nan, inf = float("nan"), float("inf")
    assert not_finite(torch.full((2, 2), nan)) == "NaN in all 4 elements"
    assert not_finite(torch.tensor([[0.0, nan], [1.0, inf]])) == "not finite in 2 of 4 elements, at [0, 1], [1, 1]"
    assert not_finite(torch.tensor([nan] * 4 + [0.0])) == "NaN in 4 of 5 elements, at [0], [1], [2], …"


def test_nan_is_near_nothing_and_wrong_everywhere() -> None:
    nan = torch.full((3,), float("nan"), dtype=torch.float64)
    assert not relations.near(nan, nan, 1.0)
    assert bool(relations.wrong(nan, torch.ones(3), 1.0).all())
    assert relation(nan, torch.ones(3, dtype=torch.float64), 1e-6, {}) == ""
