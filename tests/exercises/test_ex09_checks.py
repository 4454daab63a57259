"""ex09: the proofs see planted mistakes, and are made of other values too."""

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex09_vanishing_gradient import by_hand, checks, reference
from bench_exercises.ex09_vanishing_gradient.problem import A_NORMED, B_NORMED, A, B, Choices, Model, pose

SEEDS = (1, 2)
TASK = pose(lab(), SEEDS)


def proved(models):
    here = lab()
    checks.prove(here, models, Choices(depth=(1, 3)))
    return failed(here.findings)


@pytest.mark.parametrize("model", [A, B, A_NORMED, B_NORMED], ids=str)
def test_a_nan_in_the_gradient_of_the_last_network_is_infinitely_far(model, monkeypatch):
    right = by_hand.backpropagate

    def spoilt(stack, *args, **kwargs):
        given = right(stack, *args, **kwargs)
        stack.gradients[-1].weight[-1, -1, -1] = torch.nan
        return given

    monkeypatch.setattr(checks, "backpropagate", spoilt)
    assert checks.autograd_error(model, 2, TASK, SEEDS) == torch.inf
    task = pose(lab(), range(6))
    assert torch.tensor(checks.differences_error(model, 1, task, range(6))[0]).isnan()


@pytest.mark.parametrize("model", [A, B, A_NORMED, B_NORMED], ids=str)
def test_gradients_are_the_slope(model):
    error, count = checks.differences_error(model, 2, pose(lab(), range(6)), range(6))
    assert error <= 1e-6
    assert count >= 1


def test_a_forgotten_slope_fails_the_proof(monkeypatch):
    monkeypatch.setattr(by_hand, "times_slope", lambda name, dh, h: dh)
    names = proved((A, B))
    assert "gradients of every layer by hand = autograd" in names
    assert "gradients by hand = central differences" in names
    assert "weights trained together = one after another in plain PyTorch" in names


def test_statistics_taken_for_constants_fail_the_proof(monkeypatch):
    right = by_hand.batch_norm_backward
    monkeypatch.setattr(
        by_hand,
        "batch_norm_backward",
        lambda dy, scale, saved, **into: right(dy, scale, saved._replace(constant=True), **into),
    )
    names = proved((A_NORMED, B_NORMED))
    assert "gradients of every layer by hand = autograd, batch norm" in names
    assert "gradients by hand = central differences, batch norm" in names
    assert "gradients by hand = autograd, batch norm in evaluation mode" not in names


def test_averages_that_are_never_moved_fail_the_proof(monkeypatch):
    right = by_hand.step
    monkeypatch.setattr(checks, "step", lambda *args: right(*args, follow=lambda *_: None))
    assert "running averages of batch norm = PyTorch's, after the same updates" in proved((A_NORMED, B_NORMED))


def test_batches_of_another_order_fail_the_proof(monkeypatch):
    right = by_hand.batches
    monkeypatch.setattr(reference, "batches", lambda orders, count: (batch.flip(0) for batch in right(orders, count)))
    assert "weights trained together = one after another in plain PyTorch" in proved((A, B))


def test_proofs_are_made_of_other_values_too():
    here = lab()
    here.changed = ("depth", "width")
    checks.prove(here, [Model("sigmoid", True, 7, "he"), Model("ReLU", True, 7, "he")], Choices(depth=(2, 5)))
    assert failed(here.findings) == {}
    assert [name for name in here.findings.unmade if "differences" not in name and "averages" not in name] == []
    single = lab()
    single.changed = ("width",)
    checks.prove(single, [Model("sigmoid", True, 1)], Choices(depth=(2,)))
    assert failed(single.findings) == {}
    assert "gradients of every layer by hand = autograd, batch norm" in single.findings.unmade
