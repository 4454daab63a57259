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
from typing import NamedTuple

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

from .b_exponentials import Workspace, exponentials, workspace
from .b_in_place import corrected, matrices, pack, unpack
from .by_hand import BETA1, BETA2
from .network import SLOPE
from .problem import SIZES, Task, outcome

LANES = 32
"""Flowers are filled up to a multiple of this."""
Array = NDArray[np.floating]
Arrays = tuple[Array, ...]
fast = njit(cache=True, fastmath={"contract", "reassoc", "nsz", "arcp"})


# Named tuples and no dataclasses, of which Numba knows nothing; they too are built by keyword.
class Layers(NamedTuple):
    """The arrays of all layers; ``W`` and ``dW`` are views of ``Adam``'s, a hidden z of the a that it becomes."""

    W: Arrays
    dW: Arrays
    a: Arrays
    z: Arrays
    delta: Arrays


class Top(NamedTuple):
    """What the loss needs besides the logits. All are (3, width), or (width,)."""

    y: Array
    """1/N at a flower's class."""
    share: Array
    """1/N for a flower, and 0 for one that fills up."""
    e: Array
    work: Workspace


class Adam(NamedTuple):
    theta: Array
    g: Array
    m: Array
    v: Array


class Steps(NamedTuple):
    """What every step leaves behind, and the learning rate and ε that it takes."""

    totals: Array
    """(steps, width): Σ e^z."""
    hits: Array
    """The mean logit at y."""
    first: Array
    """The gradient of the first step."""
    learning_rates: Array
    epsilons: Array


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
def forward(net: Layers) -> None:
    affine_1(net.W[0], net.a[0], net.z[0])
    leak(net.z[0])
    affine_2(net.W[1], net.a[1], net.z[1])
    leak(net.z[1])
    affine_2(net.W[2], net.a[2], net.z[2])
    leak(net.z[2])
    affine_4(net.W[3], net.a[3], net.z[3])


@fast
def backward(net: Layers) -> None:
    """From δ₄ down to the first layer."""
    gradient_4(net.delta[3], net.a[3], net.dW[3])
    below_4(net.W[3], net.delta[3], net.a[3], net.delta[2])
    gradient_2(net.delta[2], net.a[2], net.dW[2])
    below_2(net.W[2], net.delta[2], net.a[2], net.delta[1])
    gradient_2(net.delta[1], net.a[1], net.dW[1])
    below_2(net.W[1], net.delta[1], net.a[1], net.delta[0])
    gradient_1(net.delta[0], net.a[0], net.dW[0])


@fast
def without_peak(z: Array) -> None:
    """The largest logit of every flower becomes 0."""
    for n in range(z.shape[1]):
        peak = z[0, n] if z[0, n] > z[1, n] else z[1, n]
        peak = peak if peak > z[2, n] else z[2, n]
        for i in range(3):
            z[i, n] -= peak


@fast
def loss(z: Array, top: Top, total: Array, delta: Array) -> np.floating:
    """δ₄ = (p - y) / N; Σ e^z of every flower goes into ``total``; gives the mean logit at y."""
    y, e, hit = top.y, top.e, z.dtype.type(0)
    for i in range(z.shape[0]):
        exponentials(z[i], e[i], top.work)
    for n in range(z.shape[1]):
        total[n] = e[0, n] + e[1, n] + e[2, n]
    for i in range(z.shape[0]):
        for n in range(z.shape[1]):
            hit += y[i, n] * z[i, n]
            delta[i, n] = e[i, n] / total[n] * top.share[n] - y[i, n]
    return hit


@fast
def step(adam: Adam, learning_rate: float, epsilon: float) -> None:
    """With both bias corrections in ``learning_rate`` and ``epsilon``: see ``corrected``."""
    theta, g, m, v = adam
    weight_1, weight_2 = theta.dtype.type(1 - BETA1), theta.dtype.type(1 - BETA2)
    for i in range(theta.size):
        m[i] += weight_1 * (g[i] - m[i])
        v[i] += weight_2 * (g[i] * g[i] - v[i])
        theta[i] -= learning_rate * m[i] / (np.sqrt(v[i]) + epsilon)


@fast
def run(net: Layers, top: Top, adam: Adam, steps: Steps) -> None:
    """All steps of a training."""
    for t in range(len(steps.learning_rates)):
        forward(net)
        without_peak(net.z[3])
        steps.hits[t] = loss(net.z[3], top, steps.totals[t], net.delta[3])
        backward(net)
        if t == 0:
            steps.first[:] = adam.g
        step(adam, steps.learning_rates[t], steps.epsilons[t])


class Compiled:
    """Everything that ``steps`` steps of one task need. ``train()`` uses it again at every call, and gives copies."""

    def __init__(self, task: Task, steps: int) -> None:
        self.start = pack(task.theta).numpy()
        self.n = len(task.y)
        self.adam = Adam(*np.zeros((4, self.start.size), self.start.dtype))
        self.net = layers_of(task.x.numpy(), self.adam)
        self.top = top_of(task.y.numpy(), self.net.z[-1])
        learning_rates, epsilons = np.array([corrected(t) for t in range(1, steps + 1)], self.start.dtype).T.copy()
        self.steps = Steps(
            totals=np.zeros((steps, len(self.top.share)), self.start.dtype),
            hits=np.zeros(steps, self.start.dtype),
            first=np.zeros_like(self.start),
            learning_rates=learning_rates,
            epsilons=epsilons,
        )

    def train(self) -> dict[str, Tensor]:
        """The whole run, from the initial parameters."""
        self.adam.theta[:], self.adam.m[:], self.adam.v[:] = self.start, 0, 0
        run(self.net, self.top, self.adam, self.steps)
        losses = np.log(self.steps.totals[:, : self.n]).mean(1) - self.steps.hits
        theta, first = (unpack(torch.from_numpy(vector)) for vector in (self.adam.theta, self.steps.first))
        return outcome(torch.from_numpy(losses), theta, first)


def layers_of(x: Array, adam: Adam) -> Layers:
    """For flowers x (N, 4), filled up."""
    width = -(-len(x) // LANES) * LANES
    a = tuple(np.ones((nodes + 1, width), x.dtype) for nodes in SIZES[:-1])
    a[0][:-1] = 0
    a[0][:-1, : len(x)] = x.T
    delta = tuple(np.zeros((nodes, width), x.dtype) for nodes in SIZES[1:])
    z = (*(block[:-1] for block in a[1:]), np.zeros_like(delta[-1]))
    return Layers(W=views(adam.theta), dW=views(adam.g), a=a, z=z, delta=delta)


def top_of(classes: NDArray[np.integer], z: Array) -> Top:
    """For classes (N,) and logits like z."""
    y, n = np.zeros_like(z), len(classes)
    y[classes, np.arange(n)] = 1 / n
    share = y.sum(0)
    return Top(y=y, share=share, e=np.zeros_like(z), work=workspace(share))


def views(vector: Array) -> Arrays:
    """The matrix [W b] of every layer."""
    return tuple(matrix.numpy() for matrix in matrices(torch.from_numpy(vector)))
