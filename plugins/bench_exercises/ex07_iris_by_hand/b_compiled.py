"""By hand, compiled: the steps of ``b_in_place`` with every operation written out as a loop, and the run as one call.

What is left to care for is that the loops over the flowers are innermost, and that the processor can take sixteen
flowers at a time in them:

- A layer's sizes are constants of its functions, so that a sum over its few nodes becomes one line.
- There are 128 flowers: three of zeros, that no loss counts, fill the last sixteen up.
- Sums may be taken in any order, as in every matrix product, and a product and a sum may be rounded once.
- The exponential is ours (``b_exponentials``): the library's takes one number at a time.

CPU only. Numba keeps what it has compiled on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

from .b_exponentials import Format, exponentials, format_of
from .b_in_place import corrected, matrices, pack, unpack
from .by_hand import BETA1, BETA2
from .network import SLOPE
from .problem import SIZES, Task, outcome

LANES = 32
"""Flowers are filled up to a multiple of this."""
Array = NDArray[np.floating]
Arrays = tuple[Array, ...]
fast = njit(cache=True, fastmath={"contract", "reassoc", "nsz", "arcp"})


def layer(inputs: int, nodes: int) -> tuple[Callable[..., None], Callable[..., None], Callable[..., None]]:
    """The three products of a layer. Arrays are (nodes, N); W has b as its last column, and a ends in a row of ones."""

    @fast
    def affine(W: Array, a: Array, z: Array) -> None:
        """z = W a."""
        for i in range(nodes):
            for n in range(z.shape[1]):
                total = W[i, inputs]
                for j in range(inputs):
                    total += W[i, j] * a[j, n]
                z[i, n] = total

    @fast
    def gradient(delta: Array, a: Array, dW: Array) -> None:
        """dW = δ aᵀ."""
        for i in range(nodes):
            for j in range(inputs + 1):
                total = delta[i, 0] * a[j, 0]
                for n in range(1, a.shape[1]):
                    total += delta[i, n] * a[j, n]
                dW[i, j] = total

    @fast
    def below(W: Array, delta: Array, a: Array, out: Array) -> None:
        """(Wᵀ δ) ⊙ f'(z): the δ of the layer below, whose a = f(z) has the sign of its z."""
        slope = a.dtype.type(SLOPE)
        for j in range(inputs):
            for n in range(out.shape[1]):
                total = W[0, j] * delta[0, n]
                for i in range(1, nodes):
                    total += W[i, j] * delta[i, n]
                out[j, n] = total if a[j, n] > 0 else slope * total

    return affine, gradient, below


affine_1, gradient_1, _ = layer(SIZES[0], SIZES[1])
affine_2, gradient_2, below_2 = layer(SIZES[1], SIZES[2])
affine_4, gradient_4, below_4 = layer(SIZES[3], SIZES[4])


@fast
def leak(z: Array) -> None:
    """LeakyReLU, in place."""
    slope = z.dtype.type(SLOPE)
    for i in range(z.shape[0]):
        for n in range(z.shape[1]):
            z[i, n] = z[i, n] if z[i, n] > 0 else slope * z[i, n]


@fast
def forward(W: Arrays, a: Arrays, z: Arrays) -> None:
    affine_1(W[0], a[0], z[0])
    leak(z[0])
    affine_2(W[1], a[1], z[1])
    leak(z[1])
    affine_2(W[2], a[2], z[2])
    leak(z[2])
    affine_4(W[3], a[3], z[3])


@fast
def backward(W: Arrays, a: Arrays, delta: Arrays, dW: Arrays) -> None:
    """From δ₄ down to the first layer."""
    gradient_4(delta[3], a[3], dW[3])
    below_4(W[3], delta[3], a[3], delta[2])
    gradient_2(delta[2], a[2], dW[2])
    below_2(W[2], delta[2], a[2], delta[1])
    gradient_2(delta[1], a[1], dW[1])
    below_2(W[1], delta[1], a[1], delta[0])
    gradient_1(delta[0], a[0], dW[0])


@fast
def without_peak(z: Array) -> None:
    """The largest logit of every flower becomes 0."""
    for n in range(z.shape[1]):
        peak = z[0, n] if z[0, n] > z[1, n] else z[1, n]
        peak = peak if peak > z[2, n] else z[2, n]
        for i in range(3):
            z[i, n] -= peak


@fast
def top(z: Array, e: Array, y: Array, share: Array, total: Array, delta: Array) -> float:
    """δ₄ = (p - y) / N; Σ e^z of every flower goes into ``total``; gives the mean logit at y.

    ``y`` is divided by N already. ``share`` is 1/N for a flower, and 0 for one that fills up.
    """
    hit: Any = z.dtype.type(0)
    for n in range(z.shape[1]):
        total[n] = e[0, n] + e[1, n] + e[2, n]
    for i in range(z.shape[0]):
        for n in range(z.shape[1]):
            hit += y[i, n] * z[i, n]
            delta[i, n] = e[i, n] / total[n] * share[n] - y[i, n]
    return hit


@fast
def adam(theta: Array, g: Array, m: Array, v: Array, rate: float, epsilon: float) -> None:
    """With both bias corrections in ``rate`` and ``epsilon``: see ``corrected``."""
    weight_1, weight_2 = theta.dtype.type(1 - BETA1), theta.dtype.type(1 - BETA2)
    for i in range(theta.size):
        m[i] += weight_1 * (g[i] - m[i])
        v[i] += weight_2 * (g[i] * g[i] - v[i])
        theta[i] -= rate * m[i] / (np.sqrt(v[i]) + epsilon)


@fast
def step(
    W: Arrays, a: Arrays, z: Arrays, delta: Arrays, dW: Arrays, y: Array, share: Array, e: Array, total: Array,
    bits: NDArray[np.integer], power: Array, form: Format,
) -> float:  # fmt: skip
    """Everything up to the gradient; what it gives is the mean logit at y."""
    forward(W, a, z)
    without_peak(z[3])
    for i in range(e.shape[0]):
        exponentials(z[3][i], e[i], bits, power, form)
    hit = top(z[3], e, y, share, total, delta[3])
    backward(W, a, delta, dW)
    return hit


@fast
def run(
    theta: Array, g: Array, first: Array, m: Array, v: Array, W: Arrays, a: Arrays, z: Arrays, delta: Arrays,
    dW: Arrays, y: Array, share: Array, e: Array, bits: NDArray[np.integer], power: Array, form: Format,
    totals: Array, hits: Array, rates: Array, epsilons: Array,
) -> None:  # fmt: skip
    """All steps of a training. W and dW are views of ``theta`` and ``g``, a hidden z of the a that it becomes."""
    for t in range(len(rates)):
        hits[t] = step(W, a, z, delta, dW, y, share, e, totals[t], bits, power, form)
        if t == 0:
            first[:] = g
        adam(theta, g, m, v, rates[t], epsilons[t])


class Compiled:
    """Everything that ``steps`` steps of one task need. ``train()`` uses it again at every call, and gives copies."""

    def __init__(self, task: Task, steps: int) -> None:
        self.start = pack(task.theta).numpy()
        self.n, self.dtype = len(task.y), self.start.dtype
        self.theta, self.g, self.first, self.m, self.v = np.zeros((5, self.start.size), self.dtype)
        self.W, self.dW = views(self.theta), views(self.g)
        self._allocate_layers(task)
        self._allocate_loss(task, steps)

    def _allocate_layers(self, task: Task) -> None:
        width = -(-self.n // LANES) * LANES
        self.a = tuple(np.ones((nodes + 1, width), self.dtype) for nodes in SIZES[:-1])
        self.a[0][:-1] = 0
        self.a[0][:-1, : self.n] = task.x.numpy().T
        self.delta = tuple(np.zeros((nodes, width), self.dtype) for nodes in SIZES[1:])
        self.z = (*(block[:-1] for block in self.a[1:]), np.zeros_like(self.delta[-1]))

    def _allocate_loss(self, task: Task, steps: int) -> None:
        self.y, self.e = np.zeros_like(self.z[-1]), np.zeros_like(self.z[-1])
        self.y[task.y.numpy(), np.arange(self.n)] = 1 / self.n
        self.share = self.y.sum(0)
        self.power = np.zeros_like(self.share)
        self.bits = self.power.view(f"i{self.dtype.itemsize}")
        self.totals = np.zeros((steps, len(self.share)), self.dtype)
        self.hits = np.zeros(steps, self.dtype)
        self.rates, self.epsilons = np.array([corrected(t) for t in range(1, steps + 1)], self.dtype).T.copy()

    def train(self) -> dict[str, Tensor]:
        """The whole run, from the initial parameters."""
        self.theta[:], self.m[:], self.v[:] = self.start, 0, 0
        run(
            self.theta, self.g, self.first, self.m, self.v, self.W, self.a, self.z, self.delta, self.dW, self.y,
            self.share, self.e, self.bits, self.power, format_of(self.dtype), self.totals, self.hits, self.rates,
            self.epsilons,
        )  # fmt: skip
        losses = np.log(self.totals[:, : self.n]).mean(1) - self.hits
        return outcome(torch.from_numpy(losses), *(unpack(torch.from_numpy(p)) for p in (self.theta, self.first)))


def views(vector: Array) -> Arrays:
    """The matrix [W b] of every layer."""
    return tuple(matrix.numpy() for matrix in matrices(torch.from_numpy(vector)))
