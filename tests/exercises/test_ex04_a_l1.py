"""ex04, a_l1: when a layer is dead by counting."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex04_cifar10 import a_l1


def test_the_arithmetic_counts_as_a_loop_does_and_one_update_off_is_seen(monkeypatch):
    assert a_l1.counted_off() == 0
    death = a_l1.death
    monkeypatch.setattr(a_l1, "death", lambda *numbers: death(*numbers) + 1)
    assert a_l1.counted_off() == 1


def test_swings_are_those_of_the_optimiser():
    """Each phase by SGD with momentum on |w|: the furthest of the first four swings beyond zero."""
    phases = 100
    weight = (torch.arange(phases, dtype=torch.float64) / phases + 60).requires_grad_()
    sgd, path = torch.optim.SGD([weight], lr=0.1, momentum=0.9), []
    for _ in range(300):
        sgd.zero_grad()
        weight.abs().sum().backward()
        sgd.step()
        path.append(weight.detach().clone())
    swings = [[max(map(abs, swing)) for swing in runs(column)[1:5]] for column in torch.stack(path, 1).tolist()]
    assert a_l1.swings()[:4] == pytest.approx([max(places) for places in zip(*swings, strict=True)], rel=0.02)


def runs(values):
    """Cut where the sign changes."""
    return [list(group) for _, group in itertools.groupby(values, key=lambda value: value > 0)]


def test_a_start_of_the_wrong_size_is_seen(monkeypatch):
    here = lab()
    a_l1.at_the_start(here, a_l1.STRENGTHS)
    assert failed(here.findings) == {}
    monkeypatch.setattr(a_l1, "expected_sum", lambda net: (56_000.0 * 1.01, 15.0))
    here = lab()
    a_l1.at_the_start(here, a_l1.STRENGTHS)
    assert list(failed(here.findings)) == ["Σ|w| at the start off the arithmetic by (relative)"]


def trained(accuracy: float, loss: float = 2.3) -> SimpleNamespace:
    last = SimpleNamespace(train_accuracy=accuracy, test_loss=loss)
    return SimpleNamespace(label="L1 1e-2", history=SimpleNamespace(last=last))


@pytest.mark.parametrize(
    ("ours", "holds"), [(0.1, True), (0.23, True), (0.95, False), (1.0, False), (float("nan"), False)]
)
def test_a_penalty_that_silences_nothing_is_seen(ours: float, holds: bool) -> None:
    """A mean in place of the sum leaves the training accuracy of the baseline."""
    here = lab(profile="quick")
    a_l1.silenced(here, trained(ours), trained(1.0), 256)
    assert len(here.findings.claims) == 1
    assert (not failed(here.findings)) is holds


def test_the_loss_of_a_silent_network_is_claimed_in_full_only() -> None:
    for profile, names in (("smoke", 0), ("quick", 1), ("full", 2)):
        here = lab(profile=profile)
        a_l1.silenced(here, trained(0.1, loss=2.9), trained(1.0), 256)
        assert len(here.findings.claims) == names
    assert [*failed(here.findings)] == ["test loss under L1 1e-2 off ln 10 by"]
