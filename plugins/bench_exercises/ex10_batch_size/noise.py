"""How noisy is a batch of B digits? At fixed weights, and along a training."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import BenchError
from bench.kit.training import seeded

from .feed import Digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The spread of a mini-batch of ``batch`` digits at fixed weights, over independent draws.

    ``variance`` is the trace of the covariance of its gradient, E‖g − E g‖², ``signal`` is ‖E g‖²; ``deviation`` is
    the standard deviation of its loss.
    """

    batch: int
    draws: int
    variance: float
    signal: float
    deviation: float


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
    return Noise(
        batch=batch, draws=draws, variance=variance, signal=signal, deviation=torch.stack(losses).double().std().item()
    )


def squared_norm(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack([t.double().square().sum() for t in tensors]).sum()


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """The least-squares slope of log y over log x."""
    log_x, log_y = torch.tensor(x, dtype=torch.float64).log(), torch.tensor(y, dtype=torch.float64).log()
    log_x = log_x - log_x.mean()
    return float((log_x * log_y).sum() / log_x.square().sum())


def distortion(curve: Tensor) -> float:
    """The standard deviation of successive differences: how far a curve jumps from one iteration to the next.

    A slow trend hardly counts in it; independent noise of deviation s gives √2 s. Raises ``BenchError`` for fewer
    than three points.
    """
    if len(curve) < 3:
        raise BenchError(f"a curve of {len(curve)} iterations shows no noise: more epochs, or a smaller batch size")
    return curve.double().diff().std().item()


def window_means(curve: Tensor, seen: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Means over equal numbers of images: the images seen at each window's end, and the mean of the steps in it.

    ``seen[i]`` images were seen after step ``i``; a step belongs to the window in which it ends.
    """
    window = (seen - 1) // width
    count = torch.bincount(window)
    kept = count > 0
    means = torch.bincount(window, weights=curve.double())[kept] / count[kept]
    last = torch.zeros(len(count), dtype=seen.dtype).scatter_reduce(0, window, seen, "amax")
    return last[kept], means
