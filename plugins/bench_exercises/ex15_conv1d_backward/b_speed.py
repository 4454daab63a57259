"""Seven ways to dx for a batch of long one-channel signals (the comparison of 15b)."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab, Work

from .network import toeplitz

BATCH = 16
"""Signals that are sent back at once."""


def variants(lab: Lab, n: int, m: int, batch: int = BATCH) -> dict[str, Callable[[], Tensor]]:
    """d of shape (B, q) and w of shape (m,) are given, dx of shape (B, n) is asked for. The graph that autograd walks
    and the Toeplitz matrix are made beforehand: only the way back is timed."""
    if not 1 <= m <= n:
        raise ValueError(f"a valid convolution needs 1 ≤ m ≤ n; got m={m}, n={n}")
    generator = lab.generator()
    w, d, x = (
        torch.randn(shape, generator=generator).to(lab.device, lab.dtype)
        for shape in ((m,), (batch, n - m + 1), (batch, n))
    )
    x.requires_grad_()
    z = F.conv1d(x[:, None], w[None, None])
    matrix = toeplitz(w[None, None], n)
    return {
        "autograd": lambda: torch.autograd.grad(z, x, d[:, None], retain_graph=True)[0],
        "conv_transpose1d": lambda: F.conv_transpose1d(d[:, None], w[None, None])[:, 0],
        "conv1d, flipped kernel": lambda: F.conv1d(d[:, None], w.flip(0)[None, None], padding=m - 1)[:, 0],
        "strided windows": lambda: strided_windows(d, w),
        "m shifted sums": lambda: shifted_sums(d, w),
        "FFT": lambda: fourier(d, w),
        "Toeplitz matrix": lambda: d @ matrix,
    }


def work_of_dx(n: int, m: int) -> Work:
    """Of the sum of 15a: d and w are read once, dx is written once."""
    multiplications, numbers = BATCH * (n - m + 1) * m, BATCH * (n - m + 1) + m + BATCH * n
    return Work(multiplications, "multiplications", flops=2 * multiplications, bytes=4 * numbers)


def strided_windows(d: Tensor, w: Tensor) -> Tensor:
    """Every window of the padded d as a row of a *view* (no copy), times the flipped kernel."""
    m = len(w)
    return F.pad(d, (m - 1, m - 1)).unfold(1, m, 1) @ w.flip(0)


def shifted_sums(d: Tensor, w: Tensor) -> Tensor:
    """The sum of 15a over u: d, weighted by w[u], added at the nodes u places further on."""
    q = d.shape[1]
    dx = d.new_zeros(len(d), q + len(w) - 1)
    for u in range(len(w)):
        dx[:, u : u + q].addcmul_(d, w[u])
    return dx


def fourier(d: Tensor, w: Tensor) -> Tensor:
    """A full convolution of length n is circular of period n: the spectra multiply."""
    n = d.shape[1] + len(w) - 1
    return torch.fft.irfft(torch.fft.rfft(d, n) * torch.fft.rfft(w, n), n)
