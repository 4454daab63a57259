"""10a: how noisy is a batch of B digits? The variance of its gradient, measured at fixed weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.data import mnist
from bench.kit.training import seeded

from .a_spread import variance as spread_of
from .network import initial
from .problem import Digits, sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The spread of a mini-batch of ``batch`` digits at fixed weights, over independent draws.

    ``variance`` is the trace of the covariance of its gradient, E‖g − E g‖², ``signal`` is ‖E g‖²; ``deviation`` is
    the standard deviation of its loss. The errors are relative standard errors.
    """

    batch: int
    draws: int
    variance: float
    signal: float
    deviation: float
    variance_error: float
    deviation_error: float


def gradient_noise(net: nn.Module, digits: Digits, *, batch: int, draws: int, generator: torch.Generator) -> Noise:
    """Draw ``draws`` batches with replacement from the training set, and take each one's gradient.

    Digits and dropout masks are drawn independently for every place in a batch, so that its gradient is a mean of
    ``batch`` independent and identically distributed gradients. The estimates are unbiased. ``generator`` draws the
    digits and the seed of the masks, and goes on from batch size to batch size: where both, or two batch sizes, began
    at one seed, the estimates of the loss would move together and their slope scatter 2.5 times as much.
    """
    if draws < 2:
        raise ValueError(f"a variance needs at least 2 draws, not {draws}")
    seed = int(torch.randint(2**62, (), generator=generator))
    parameters = tuple(net.parameters())
    total = [torch.zeros_like(p) for p in parameters]
    squares, losses = [], []
    net.train()
    with seeded(seed, digits.train_y.device):
        for _ in range(draws):
            chosen = torch.randint(len(digits.train_y), (batch,), generator=generator).to(digits.train_y.device)
            loss = F.nll_loss(net(digits.numbers(digits.train_x[chosen])), digits.train_y[chosen])
            gradient = torch.autograd.grad(loss, parameters)
            torch._foreach_add_(total, gradient)
            squares.append(squared_norm(gradient))
            losses.append(loss.detach())
    mean_square = torch.stack(squares).mean().item()
    square_of_mean = squared_norm(total).item() / draws**2
    variance = (mean_square - square_of_mean) * draws / (draws - 1)
    signal = square_of_mean - variance / draws
    squares_error = torch.stack(squares).std().item() / draws**0.5
    loss_variance, loss_error = spread_of(torch.stack(losses).double())
    return Noise(
        batch=batch,
        draws=draws,
        variance=variance,
        signal=signal,
        deviation=loss_variance**0.5,
        variance_error=squares_error / variance,
        deviation_error=loss_error / 2,
    )


def squared_norm(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack([t.double().square().sum() for t in tensors]).sum()


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The least-squares slope of log y over log x."""
    log_x, log_y = torch.tensor(x, dtype=torch.float64).log(), torch.tensor(y, dtype=torch.float64).log()
    log_x = log_x - log_x.mean()
    return float((log_x * log_y).sum() / log_x.square().sum())


def slope_error(x: Sequence[float], errors: Sequence[float]) -> float:
    """Its standard error, where the values over ``x`` have these independent relative standard errors."""
    log_x = torch.tensor(x, dtype=torch.float64).log()
    log_x = log_x - log_x.mean()
    return float((log_x * torch.tensor(errors, dtype=torch.float64)).square().sum().sqrt() / log_x.square().sum())


def study(lab: Lab, batch: Sequence[int] | int) -> None:
    batches = sizes(batch)
    images = lab.pick(smoke=400, quick=4000, full=None)
    draws = lab.pick(smoke=16, quick=30, full=1000)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    net = initial(lab.seed).to(lab.device)
    generator = lab.generator()
    noises = [
        # A small batch costs little and its estimate is the loosest: it is drawn more often.
        gradient_noise(net, digits, batch=size, draws=max(draws, 4 * draws // size), generator=generator)
        for size in lab.track(batches, "gradient noise")
    ]
    lab.table("Noise of a mini-batch at the initial weights", map(noise_row, noises))
    for name, values, power, expected in (
        ("variance of the gradient", [n.variance for n in noises], 1.0, "∝ 1/B"),
        ("standard deviation of the loss", [n.deviation for n in noises], 0.5, "∝ 1/√B"),
    ):
        law = [values[0] * (batches[0] / size) ** power for size in batches]
        axes: dict[str, Any] = {"x_label": "batch size B", "y_label": name, "scale": "log-log", "kind": "law"}
        lab.curve(f"{name} at fixed weights", batches, values, series="measured", **axes)
        lab.curve(f"{name} at fixed weights", batches, law, series=expected, **axes)
    if len(batches) > 1:
        slopes(lab, noises)


def noise_row(noise: Noise) -> dict[str, Any]:
    return {
        "batch size": noise.batch,
        "draws": noise.draws,
        "E‖g − E g‖²": noise.variance,
        "times B, that is σ²": noise.variance * noise.batch,
        "‖E g‖²": noise.signal,
        "standard deviation of the loss": noise.deviation,
    }


def slopes(lab: Lab, noises: Sequence[Noise]) -> None:
    """Held to their laws within four of their own standard errors."""
    batches = [noise.batch for noise in noises]
    power = slope(batches, [noise.variance for noise in noises])
    error = slope_error(batches, [noise.variance_error for noise in noises])
    lab.metric("slope of log gradient variance over log B", power)
    lab.metric("standard error of that slope", error)
    lab.claim("the gradient variance falls as 1/B: |slope + 1|", abs(power + 1), at_most=4 * error)
    root = slope(batches, [noise.deviation for noise in noises])
    root_error = slope_error(batches, [noise.deviation_error for noise in noises])
    lab.metric("slope of log loss deviation over log B", root)
    lab.claim("the loss deviation falls as 1/√B: |slope + ½|", abs(root + 0.5), at_most=4 * root_error)
