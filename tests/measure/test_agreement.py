"""Is a variant right? What passes, what is caught, and what is said of it."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import PluginError
from bench.measure import agreement
from bench.measure.agreement import Disagreement, agree, distance, named, poison
from bench.model import Agreement


def problem(seed: int = 0) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """A product in float32 and in float64: ``(reference, truth)``."""
    x = torch.randn(40, 30, generator=torch.Generator().manual_seed(seed))
    return {"y": x.mT @ x}, {"y": x.double().mT @ x.double()}


@given(st.integers(0, 50))
def test_another_order_of_summation_agrees(seed: int) -> None:
    reference, truth = problem(seed)
    x = torch.randn(40, 30, generator=torch.Generator().manual_seed(seed)).flip(0)
    verdict = agree({"y": x.mT @ x}, reference, truth)
    assert verdict.passed
    assert verdict.dtype == "float32"


@given(st.floats(1e-4, 1.0), st.booleans())
def test_an_error_beyond_the_references_own_is_caught_and_placed(share: float, up: bool) -> None:
    reference, truth = problem()
    wrong = {"y": reference["y"].clone()}
    wrong["y"][3, 5] += (1 if up else -1) * share * truth["y"].abs().max()
    verdict = agree(wrong, reference, truth)
    assert not verdict.passed
    assert verdict.where == "y[3, 5]"
    assert verdict.error == pytest.approx(share, rel=0.01)
    assert verdict.found == wrong["y"][3, 5].item()
    assert verdict.expected == truth["y"][3, 5].item()


def test_a_tolerance_replaces_the_bound() -> None:
    reference, truth = problem()
    wrong = {"y": reference["y"] * 1.001}
    assert not agree(wrong, reference, truth).passed
    assert agree(wrong, reference, truth, tolerance=0.01).passed


def test_a_reference_of_another_problem_is_a_broken_plugin() -> None:
    reference, truth = problem()
    with pytest.raises(PluginError, match="the same problem in every dtype"):
        agree(reference, reference, {"y": truth["y"] * 2})


@pytest.mark.parametrize("order", [("y", "z"), ("z", "y")])
def test_a_badly_conditioned_tensor_does_not_loosen_the_bound_of_another(order: tuple[str, str]) -> None:
    reference, truth = problem()
    # Differences of nearly equal numbers: float32 keeps three digits of them.
    x = torch.linspace(0, 1, 50)
    poor = {"z": (1 + 1e-4 * x) - 1}, {"z": (1 + 1e-4 * x.double()) - 1}
    reference, truth = (
        {name: (one | two)[name] for name in order} for one, two in zip((reference, truth), poor, strict=True)
    )
    verdict = agree(reference, reference, truth)
    assert verdict.passed
    assert agree({"y": truth["y"].float(), "z": reference["z"]}, reference, truth).where.startswith("z")
    for scaled in (1 + 1e-4, 1 - 1e-4):
        wrong = agree(reference | {"y": scaled * reference["y"]}, reference, truth)
        assert not wrong.passed, "8 times the error of z is more than 1e-4, but y has a bound of its own"
        assert wrong.where.startswith("y")
        assert wrong.error == pytest.approx(1e-4, rel=0.01)
        assert wrong.reference_error < 1e-6 < 1e-4 < 8 * verdict.reference_error


def test_counts_beside_floats_are_forgiven_no_rounding() -> None:
    reference, truth = problem()
    counts = {"n": torch.tensor([10**7])}
    assert agree(reference | counts, reference | counts, truth | counts).passed
    assert not agree(reference | {"n": counts["n"] + 1}, reference | counts, truth | counts).passed


def test_integers_must_be_equal() -> None:
    counts = {"y": torch.tensor([1, 2, 3])}
    assert agree(counts, counts, counts).passed
    assert not agree({"y": torch.tensor([1, 2, 4])}, counts, counts).passed


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"z": torch.zeros(2)}, r"does not give 'y'; gives 'z', which the reference does not give"),
        ({"y": torch.zeros(3)}, r"shape \(3,\), the reference's has \(2,\)"),
        ({"y": torch.tensor([0.0, math.nan])}, r"y\[1\] is nan"),
        ({"y": torch.tensor([-math.inf, 0.0])}, r"y\[0\] is -inf"),
    ],
)
def test_what_cannot_be_compared_is_said(outputs: dict[str, torch.Tensor], says: str) -> None:
    with pytest.raises(Disagreement, match=says):
        distance(outputs, {"y": torch.zeros(2)})


def test_a_difference_that_is_no_number_never_agrees() -> None:
    """max() would take NaN for the least of all errors, and another tensor's for the worst."""
    huge = torch.tensor([complex(1.5e308, 1.5e308)], dtype=torch.complex128)
    truth = {"a": torch.ones(2, dtype=torch.float64), "b": huge}
    with pytest.raises(Disagreement, match="b is too large to be held against the reference"):
        distance({"a": truth["a"], "b": -huge}, truth)
    nan = Agreement(error=math.nan, allowed=1.0, reference_error=0.0, dtype="float32")
    assert not nan.passed
    assert not replace(nan, error=0.0, allowed=math.nan).passed


def test_nothing_agrees_with_nothing() -> None:
    assert distance({"y": torch.zeros(0, 3)}, {"y": torch.zeros(0, 3)})[0] == 0


def test_the_worst_tensor_counts() -> None:
    truth = {"a": torch.ones(2), "b": torch.ones(2)}
    error, where, _, _ = distance({"a": truth["a"] + 0.1, "b": truth["b"] + 0.2}, truth)
    assert (error, where) == (pytest.approx(0.2), "b[0]")


def test_outputs_are_named_copies() -> None:
    x = torch.ones(2, requires_grad=True)
    copy = named(x)["output"]
    assert not copy.requires_grad
    assert copy.data_ptr() != x.data_ptr()
    with pytest.raises(PluginError, match="'output' is a float"):
        named(1.0)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: torch.eye(2).to_sparse(), "'output' is sparse"),
        (lambda: torch.ones(2, device="meta"), "'output' is on the device meta, and has none"),
        (lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8), "'output' is quantised"),
        (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "'output' is nested"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_has_no_elements_to_hold_against_others_is_named(make: Callable[[], torch.Tensor], kind: str) -> None:
    """It was an error of torch's that named something else."""
    with pytest.raises(PluginError, match=f"a variant must give dense tensors with values; {kind}"):
        named(make())


def test_poison_reaches_what_was_handed_out() -> None:
    stored = torch.ones(2)
    with torch.inference_mode():
        inference = torch.ones(2)
    poison({"stored": stored, "counts": torch.ones(2, dtype=torch.int64), "inference": inference})
    assert stored.isnan().all()
    assert inference.isnan().all()
    assert agreement.SANE > 0


def test_identical_is_the_same_names_and_values() -> None:
    outputs = {"x": torch.tensor([1.0, 2.0])}
    assert agreement.identical(outputs, {"x": torch.tensor([1.0, 2.0])})
    assert not agreement.identical(outputs, {"x": torch.tensor([1.0, 2.0 + 1e-6])})
    assert not agreement.identical(outputs, {"y": outputs["x"]})
    assert not agreement.identical(outputs, {"x": torch.tensor([[1.0, 2.0]])})
    nothing = {"x": torch.tensor([torch.nan, 2.0])}
    assert not agreement.identical(nothing, nothing)
