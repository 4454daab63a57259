"""Which tensor of an answer is the first wrong one, and what is said of all of them."""

import math

import pytest
import torch

from bench.measure.agreement import Expectation
from bench.measure.diagnosis import diagnose, first_wrong

NAMES = ("dW1", "db1", "dW2", "db2")
TRUTH = {
    name: torch.randn(3, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    for seed, name in enumerate(NAMES)
}
EXPECTED = Expectation({name: each.float() for name, each in TRUTH.items()}, TRUTH)


def given(**changed: torch.Tensor) -> dict[str, torch.Tensor]:
    return {name: each.float() for name, each in TRUTH.items()} | changed


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        (given(), ""),
        ({name: -each for name, each in TRUTH.items()}, "each of the 4 gradients is −1 × the reference's: the sign is"),
        (
            given(dW1=5 * TRUTH["dW1"], db1=5 * TRUTH["db1"]),
            "each of dW1, db1 is 5 × the reference's, and the batch; db1 is the first wrong one from the last tensor "
            "to the first, as gradients are computed: db2, dW2 before it agree",
        ),
        (
            given(db2=-TRUTH["db2"], dW1=TRUTH["dW1"] ** 2),
            "db2 is −1 × the reference's: the sign is turned round; dW2,",
        ),
        (given(dW2=TRUTH["dW2"] ** 2), "dW2 is the first wrong one from the last tensor"),
        (given(dW2=TRUTH["dW2"].T), "it is the transpose of the reference's"),
        (
            given(dW2=torch.full((3, 4), math.nan)),
            "dW2 is NaN in all 12 elements; the tensors before it (dW1, db1) ",
        ),
        (given(dW2=TRUTH["dW2"].long()), ""),
        ({"dW1": TRUTH["dW1"]}, ""),
    ],
)
def test_what_the_tensors_tell(outputs: dict[str, torch.Tensor], says: str) -> None:
    found = diagnose(outputs, EXPECTED, {5: "the batch"})
    assert found.startswith(says)
    assert bool(found) == bool(says)


def test_what_a_wrong_gradient_has_trained_is_not_counted_beside_it() -> None:
    truth = {"losses": TRUTH["dW1"] + 1, "W1": TRUTH["dW2"] - 1, **TRUTH}
    expected = Expectation({name: each.float() for name, each in truth.items()}, truth)
    outputs = {name: -each if name in TRUTH else each * each for name, each in truth.items()}
    says = "each of the 4 gradients is −1 × the reference's: the sign is turned round"
    assert diagnose(outputs, expected, {}) == says


def test_of_one_tensor_no_order_is_told() -> None:
    expected = Expectation({"output": TRUTH["dW1"].float()}, {"output": TRUTH["dW1"]})
    assert (
        diagnose({"output": TRUTH["dW1"] * 3}, expected, {})
        == "it is 3 × the reference's, and its axis 0 has 3 elements"
    )
    assert diagnose({"output": TRUTH["dW1"] ** 2}, expected, {}) == ""


def test_complex_tensors_are_left_alone() -> None:
    truth = {"output": torch.ones(3, dtype=torch.complex128)}
    assert diagnose({"output": -truth["output"]}, Expectation(truth, truth), {}) == ""


@pytest.mark.parametrize(
    ("names", "bad", "first", "says"),
    [
        (
            ["y1", "y2", "y3"],
            ["y2", "y3"],
            "y2",
            "; y2 is the first wrong one in the reference's order: y1 before it agrees",
        ),
        (["W1", "W2", "W3"], ["W1", "W2"], "W2", "; W2 is the first wrong one from the last tensor to the first"),
        (["a", "b", "c"], ["a", "c"], "a", "; b agrees"),
        (["loss", "W1", "dW1", "dW2"], ["W1", "dW1"], "dW1", "; dW1 is the first wrong one from the last tensor"),
        (["loss", "W1", "dW1", "dW2"], ["W1"], "W1", "; W1 is the first wrong one in the reference's order: loss "),
        (["a", "b"], ["a", "b"], "a", ""),
    ],
)
def test_the_first_wrong_one_is_in_the_order_of_computation(
    names: list[str], bad: list[str], first: str, says: str
) -> None:
    found, words = first_wrong(names, bad)
    assert (found, words[: len(says)]) == (first, says)
