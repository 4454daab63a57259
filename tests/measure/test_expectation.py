"""What an answer is held against: of one kind with it, whole complex numbers, and a truth that is finite."""

import pytest
import torch

from bench.errors import PluginError
from bench.measure.agreement import Disagreement, Expectation, agree


def outputs(tensor: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"output": tensor}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (torch.long, torch.float32),
        (torch.float32, torch.long),
        (torch.float32, torch.cfloat),
        (torch.bool, torch.float32),
    ],
)
def test_another_kind_of_number_is_refused_though_its_values_are_right(
    found: torch.dtype, expected: torch.dtype
) -> None:
    truth = outputs(torch.ones(3, dtype=expected))
    with pytest.raises(Disagreement, match="where the reference gives"):
        agree(outputs(torch.ones(3, dtype=found)), truth, truth)


def test_floats_of_any_width_are_of_one_kind() -> None:
    truth = outputs(torch.ones(3, dtype=torch.float64))
    assert agree(outputs(torch.ones(3)), outputs(torch.ones(3)), truth).passed


def test_the_imaginary_part_counts() -> None:
    truth = outputs(torch.tensor([1 + 1j]))
    assert not agree(outputs(torch.tensor([1 + 0j])), truth, truth).passed
    assert agree(outputs(torch.tensor([1 + 1j])), truth, truth).passed


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_with_a_truth_that_is_not_finite_nothing_is_compared(bad: float) -> None:
    """A distance to it would be NaN, and NaN is below every bound for Python's max."""
    good, truth = outputs(torch.ones(2)), outputs(torch.tensor([1.0, bad], dtype=torch.float64))
    with pytest.raises(PluginError, match="not finite"):
        agree(good, good, truth)


def test_an_expectation_lets_in_what_agrees_and_names_what_does_not() -> None:
    expectation = Expectation(outputs(torch.ones(2)), outputs(torch.ones(2, dtype=torch.float64)))
    expectation.require(outputs(torch.ones(2)))
    with pytest.raises(Disagreement, match=r"on the inputs that are timed, output\[0\] is 2"):
        expectation.require(outputs(torch.full((2,), 2.0)))
