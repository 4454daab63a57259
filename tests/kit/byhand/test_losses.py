import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit import byhand

CLASSIFIERS = {"nll": F.nll_loss, "cross_entropy": F.cross_entropy}
ELEMENTWISE = {
    "mse": F.mse_loss,
    "bce": F.binary_cross_entropy,
    "bce_with_logits": F.binary_cross_entropy_with_logits,
}
reductions = st.sampled_from(["mean", "sum", "none"])


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=40)
@given(
    name=st.sampled_from(sorted(CLASSIFIERS)),
    batch=st.integers(1, 4),
    classes=st.integers(1, 4),
    places=st.lists(st.integers(1, 3), max_size=2),
    reduction=reductions,
)
def test_classification_in_any_shape(check, name, batch, classes, places, reduction):
    target = torch.randint(classes, (batch, *places), generator=torch.Generator().manual_seed(0))
    reference = CLASSIFIERS[name]
    x = draw(batch, classes, *places)
    check(name, lambda x: reference(x, target, reduction=reduction), (x,), target, reduction=reduction)


@settings(max_examples=40)
@given(
    name=st.sampled_from(sorted(ELEMENTWISE)),
    shape=st.lists(st.integers(1, 4), max_size=3),
    reduction=reductions,
)
def test_elementwise_losses_in_any_shape(check, name, shape, reduction):
    x, target, reference = draw(*shape), torch.sigmoid(draw(*shape, seed=1)), ELEMENTWISE[name]
    x = torch.sigmoid(x) if name == "bce" else x
    check(name, lambda x: reference(x, target, reduction=reduction), (x,), target, reduction=reduction)


@pytest.mark.parametrize("name", [*CLASSIFIERS, *ELEMENTWISE])
@pytest.mark.parametrize("reduction", ["sum", "none"])
def test_an_empty_batch_loses_nothing(check, name, reduction):
    reference = {**CLASSIFIERS, **ELEMENTWISE}[name]
    x = draw(0, 3)
    target = torch.zeros(0, dtype=torch.int64) if name in CLASSIFIERS else draw(0, 3)
    check(name, lambda x: reference(x, target, reduction=reduction), (x,), target, reduction=reduction)


@pytest.mark.parametrize("name", [*CLASSIFIERS, *ELEMENTWISE])
def test_the_mean_over_nothing_is_nan_as_in_torch(name):
    x, target = draw(0, 3), torch.zeros(0, dtype=torch.int64) if name in CLASSIFIERS else draw(0, 3)
    loss, saved = getattr(byhand, name)(x, target)
    assert loss.isnan()
    assert getattr(byhand, f"{name}_backward")(1.0, saved)[0].shape == (0, 3)


@pytest.mark.parametrize("name", ["bce", "bce_with_logits"])
def test_certainty_costs_what_it_costs_in_torch(name):
    sure = [0.0, 1.0, 0.0, 1.0] if name == "bce" else [-2e3, 2e3, -2e3, 2e3]
    x = torch.tensor(sure, dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    expected = ELEMENTWISE[name](x, target, reduction="none")
    (expected_dx,) = torch.autograd.grad(expected.sum(), x)
    loss, saved = getattr(byhand, name)(x.detach(), target, "none")
    (dx,) = getattr(byhand, f"{name}_backward")(torch.ones(4), saved)
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(dx, expected_dx)


def test_cross_entropy_is_nll_of_log_softmax():
    x, target = draw(3, 4), torch.tensor([0, 3, 1])
    loss, saved = byhand.cross_entropy(x, target)
    log_p, through = byhand.log_softmax(x)
    expected, behind = byhand.nll(log_p, target)
    (dlog_p,) = byhand.nll_backward(0.5, behind)
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(byhand.cross_entropy_backward(0.5, saved), byhand.log_softmax_backward(dlog_p, through))


@pytest.mark.parametrize("name", [*CLASSIFIERS, *ELEMENTWISE])
def test_dloss_may_be_a_number(name):
    x = torch.sigmoid(draw(2, 3))
    target = torch.tensor([0, 2]) if name in CLASSIFIERS else torch.sigmoid(draw(2, 3, seed=1))
    backward = getattr(byhand, f"{name}_backward")
    loss, saved = getattr(byhand, name)(x, target)
    torch.testing.assert_close(backward(2.0, saved), backward(torch.full_like(loss, 2.0), saved))
    _, each = getattr(byhand, name)(x, target, "none")
    with pytest.raises(ValueError, match="dloss has the shape"):
        backward(2.0, each)


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize(
    ("target", "names"),
    [
        (torch.tensor([0, 3]), r"from 0 to 3, but scores \(2, 3\) have 3 classes"),
        (torch.tensor([-1, 0]), r"from -1 to 0"),
        (torch.tensor([0]), r"target has the shape \(1,\), expected \(2,\)"),
        (torch.tensor([0.0, 1.0]), r"int64, got torch.float32"),
    ],
)
def test_targets_that_are_no_classes_are_named(name, target, names):
    with pytest.raises(ValueError, match=names):
        getattr(byhand, name)(draw(2, 3), target)


def test_what_is_no_probability_is_named():
    with pytest.raises(ValueError, match=r"p \(2,\) must lie in \[0, 1\]"):
        byhand.bce(torch.tensor([0.5, 1.5]), torch.ones(2))
    with pytest.raises(ValueError, match=r"target \(2,\) must lie in \[0, 1\]"):
        byhand.bce_with_logits(torch.zeros(2), torch.tensor([0.0, 2.0]))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_shapes_that_would_broadcast_are_refused(name):
    with pytest.raises(ValueError, match=r"target has the shape \(2, 1\), expected \(2,\)"):
        getattr(byhand, name)(torch.full((2,), 0.5), torch.full((2, 1), 0.5))


def test_an_unknown_reduction_is_named():
    with pytest.raises(ValueError, match="reduction='median'"):
        byhand.mse(torch.zeros(2), torch.zeros(2), "median")
