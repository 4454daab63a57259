"""Every optimiser follows torch.optim over many steps of a quadratic with noise."""

import pytest
import torch

from bench.kit.byhand import adam, adamw, rmsprop, sgd

CASES = [
    (sgd, torch.optim.SGD, {"lr": 0.05}),
    (sgd, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    (sgd, torch.optim.SGD, {"lr": 0.05, "dampening": 0.5}),
    (sgd, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    (sgd, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (rmsprop, torch.optim.RMSprop, {}),
    (rmsprop, torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-2, "momentum": 0.5, "weight_decay": 0.1}),
    (adam, torch.optim.Adam, {}),
    (adam, torch.optim.Adam, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-2, "weight_decay": 0.1}),
    (adamw, torch.optim.AdamW, {}),
    (adamw, torch.optim.AdamW, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-2, "weight_decay": 0.3}),
]


@pytest.mark.parametrize(("ours", "theirs", "settings"), CASES)
def test_many_steps_end_where_torchs_end(ours, theirs, settings, follow_torch):
    follow_torch(ours.__name__, theirs, settings)


@pytest.mark.parametrize("optimiser", [sgd, rmsprop, adam, adamw])
def test_a_step_changes_nothing_in_place_and_keeps_the_dtype(optimiser):
    parameters = [torch.tensor([[1.0, -2.0]]), torch.tensor(3.0)]
    gradients = [torch.tensor([[0.5, 4.0]]), torch.tensor(-1.0)]
    before = [t.clone() for t in (*parameters, *gradients)]
    moved, state = optimiser(parameters, gradients, lr=0.1)
    again, _ = optimiser(parameters, gradients, lr=0.1)
    later, _ = optimiser(moved, gradients, state, lr=0.1)
    assert all(map(torch.equal, before, (*parameters, *gradients)))
    assert all(map(torch.equal, moved, again))
    assert {p.dtype for p in later} == {torch.float32}


@pytest.mark.parametrize("optimiser", [sgd, rmsprop, adam, adamw])
def test_bad_calls_are_named(optimiser):
    with pytest.raises(ValueError, match=r"shapes \(2,\), gradients \(3,\)"):
        optimiser([torch.zeros(2)], [torch.zeros(3)], lr=0.1)
    with pytest.raises(ValueError, match=r"shapes \(2,\), gradients \(2,\), \(1,\)"):
        optimiser([torch.zeros(2)], [torch.zeros(2), torch.zeros(1)], lr=0.1)
    with pytest.raises(ValueError, match="lr=-1 must not be negative"):
        optimiser([torch.zeros(2)], [torch.zeros(2)], lr=-1)
    with pytest.raises(ValueError, match="weight_decay=-1 must not be negative"):
        optimiser([torch.zeros(2)], [torch.zeros(2)], lr=0.1, weight_decay=-1)


def test_rates_of_averages_are_held_in_their_range():
    zero = [torch.zeros(1)]
    with pytest.raises(ValueError, match=r"beta2=1\.0 must be below 1"):
        adam(zero, zero, betas=(0.9, 1.0))
    with pytest.raises(ValueError, match="nesterov needs a momentum"):
        sgd(zero, zero, lr=0.1, nesterov=True)
