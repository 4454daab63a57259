"""Every optimiser follows torch.optim over many steps of a quadratic with noise."""

import pytest
import torch

from bench.kit.byhand import adam, adamw, rmsprop, sgd

STEPS = 200
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


def start(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator).to(dtype) for shape in [(3, 2), (4,), ()]]


def gradients_at(parameters, step):
    generator = torch.Generator().manual_seed(step)
    return [p + torch.randn(p.shape, generator=generator).to(p) for p in parameters]


@pytest.mark.parametrize(("ours", "theirs", "settings"), CASES)
def test_many_steps_end_where_torchs_end(ours, theirs, settings):
    leaves = [p.requires_grad_() for p in start()]
    optimiser = theirs(leaves, **settings)
    parameters, state = start(), None
    settings = {"lr": 0.001, **settings} if ours is adam else settings
    for step in range(STEPS):
        for leaf, gradient in zip(leaves, gradients_at([p.detach() for p in leaves], step), strict=True):
            leaf.grad = gradient
        optimiser.step()
        parameters, state = ours(parameters, gradients_at(parameters, step), state, **settings)
    torch.testing.assert_close(list(parameters), [p.detach() for p in leaves], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("optimiser", [sgd, rmsprop, adam, adamw])
def test_a_step_changes_nothing_in_place_and_keeps_the_dtype(optimiser):
    parameters = start(torch.float32)
    gradients = gradients_at(parameters, 0)
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
