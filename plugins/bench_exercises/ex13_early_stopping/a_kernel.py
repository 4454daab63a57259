"""13a on a convolution: the linear model whose inputs are the windows of a signal, z = X(x) w, its weights a kernel.

X is never needed as a matrix: forward correlates the signal with the kernel, backward the signal with the residual. The
signal is periodic and the kernel as long as its period, so that the eigenvectors of H are the frequencies.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit import byhand
from bench.kit.compare import relative_error

from . import by_hand
from .problem import Regression

LENGTH, MEMORY = 64, 0.8
"""Of the periodic signal and of the kernel; and how much of each value goes on to the next."""
SHORT = 8
"""Of an everyday kernel, for which the frequencies are no eigenvectors."""
EXACT = 1e-10
AXES: dict[str, Any] = {"x_label": "frequency (periods in the signal)", "y_label": "kept of the kernel", "kind": "law"}


def forward(signal: Tensor, kernel: Tensor) -> Tensor:
    """z[t] = Σ_u kernel[u] · signal[t + u], periodically: (n,), (n,) → (n,)."""
    return F.conv1d(around(signal), kernel[None, None])[0, 0]


def backward(signal: Tensor, d: Tensor) -> Tensor:
    """dw[u] = Σ_t d[t] · signal[t + u]: d slides over the signal as the kernel did. (n,), (n,) → (n,)."""
    return F.conv1d(around(signal), d[None, None])[0, 0]


def around(signal: Tensor) -> Tensor:
    """Once around and all but one value of the next round, (1, 1, 2n - 1): n windows of length n."""
    return torch.cat([signal, signal[:-1]])[None, None]


def descend(signal: Tensor, z: Tensor, rate: float, steps: int) -> Tensor:
    """Gradient descent on |z(w) - z|² / 2n from w = 0, by convolutions alone: the kernel (n,) after so many steps."""
    w = torch.zeros_like(signal)
    for _ in range(steps):
        w = w - rate * backward(signal, forward(signal, w) - z) / len(z)
    return w


def draw(lab: Lab) -> tuple[Tensor, Tensor]:
    """A periodic signal (n,) whose low frequencies are loud, the loudest of curvature 1; a kernel (n,) of noise.

    Its spectrum is that of a value of which so much goes on to the next. Only its phases are drawn: a picture of all
    frequencies is smooth.
    """
    noise, kernel = torch.randn(2, LENGTH, generator=lab.generator()).double()
    loud = 1 / (1 - MEMORY * torch.exp(-2j * torch.pi * torch.arange(LENGTH) / LENGTH)).abs()
    phases = torch.fft.fft(noise)
    signal = torch.fft.ifft(loud * phases / phases.abs()).real
    signal = signal / spectrum(signal).max().sqrt()
    return signal.to(lab.device, lab.dtype), kernel.to(lab.device, lab.dtype)


def spectrum(signal: Tensor) -> Tensor:
    """|x̂_k|² / n of the frequencies k from 0: the curvatures of the cost, (n,)."""
    return torch.fft.fft(signal).abs().square() / len(signal)


def study(lab: Lab, rate: float, steps: int) -> None:
    signal, kernel = draw(lab)
    windows = around(signal)[0, 0].unfold(0, LENGTH, 1)
    problem = Regression(windows, forward(signal, kernel))
    one_operator(lab, signal, problem)
    curvature = spectrum(signal)
    asked = torch.linalg.eigvalsh(problem.hessian)
    lab.claim(
        "the curvatures are the power spectrum of the signal",
        relative_error(curvature.sort().values, asked),
        at_most=EXACT,
    )
    off = off_the_diagonal(problem.x[:, :SHORT])
    name = f"a kernel of {SHORT} weights: part of H that is off the diagonal of frequencies"
    lab.claim(name, off, at_least=0.999 * expected_off_the_diagonal(SHORT))
    stopped = share(descend(signal, problem.y, rate, steps), kernel)
    shrunk = share(by_hand.ridge(problem, 1 / (rate * steps)), kernel)
    laws = by_hand.stopped(curvature, rate, steps), by_hand.shrunk(curvature, 1 / (rate * steps))
    lab.claim("every frequency keeps 1 - (1 - ελ)^τ of the kernel", relative_error(stopped, laws[0]), at_most=EXACT)
    lab.claim("ridge keeps λ/(λ+α) of every frequency", relative_error(shrunk, laws[1]), at_most=EXACT)
    # Frequencies come in pairs, k and n - k: half of them is all.
    half = slice(0, LENGTH // 2 + 1)
    for name, kept in (("stopped", stopped), ("stopped, the law", laws[0]), ("L2", shrunk), ("L2, the law", laws[1])):
        lab.curve("Which frequencies of a kernel are learnt", range(LENGTH // 2 + 1), kept[half], series=name, **AXES)


def one_operator(lab: Lab, signal: Tensor, problem: Regression) -> None:
    """Forward is X, backward is its transpose: by the pairing, and against the matrix of the windows."""
    w, d = torch.randn(2, LENGTH, generator=lab.generator()).to(signal)
    pairing = byhand.adjoint_error(lambda w: forward(signal, w), lambda d: backward(signal, d), w, d)
    lab.claim("⟨d, X w⟩ = ⟨Xᵀd, w⟩, both by convolutions", pairing, at_most=1e-12)
    turned = byhand.adjoint_error(lambda w: forward(signal, w), lambda d: backward(signal, d.flip(0)), w, d)
    lab.claim("control: with d turned around the pairings differ by", turned, at_least=1e-3)
    slopes = backward(signal, forward(signal, w) - problem.y) / LENGTH
    by_matrix = problem.hessian @ w - problem.moment
    lab.claim(
        "the gradient of a kernel = the signal correlated with the residual",
        relative_error(slopes, by_matrix),
        at_most=1e-12,
    )


def off_the_diagonal(windows: Tensor) -> Tensor:
    """The part of |H| that is off the diagonal in the basis of frequencies; windows (n, weights)."""
    waves = torch.fft.fft(torch.eye(windows.shape[1]).to(windows), norm="ortho")
    among = waves.conj().T @ (windows.T @ windows).to(waves) @ waves
    return (among - among.diag().diag()).norm() / among.norm()


def expected_off_the_diagonal(weights: int) -> float:
    """The same of MEMORY^|lag|, which the autocorrelation is but for what has gone once around.

    The diagonal keeps the nearest circulant, whose lag k is the mean, along the wrapped diagonal, of lags k and m - k.
    """
    lag = torch.arange(1, weights, dtype=torch.float64)
    near, far = MEMORY**lag, MEMORY ** (weights - lag)
    off = 2 * ((weights - lag) * (lag / weights) ** 2 * (near - far) ** 2).sum()
    return float((off / (weights + 2 * ((weights - lag) * near**2).sum())).sqrt())


def share(kernel: Tensor, of: Tensor) -> Tensor:
    """What one kernel has of another, frequency by frequency, (n,): real, where both differ by real factors alone.

    An imaginary part is a shift that does not belong there, and is added as a share of its own.
    """
    ratio = torch.fft.fft(kernel) / torch.fft.fft(of)
    return ratio.real + ratio.imag.abs()
