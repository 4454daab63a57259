"""K networks of one model and one depth: the network is the first axis of every tensor, a layer one batched product.

Layer l computes z = h Wᵀ + b, with batch norm ẑ = γ (z - μ) / √(σ² + ε) + β of it, and h' = φ of that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from .problem import INPUTS, OUTPUTS, WIDTH, Model

EPS, MOMENTUM = 1e-5, 0.1
"""Of batch norm, PyTorch's defaults."""
INITIAL_VARIANCE = {"pytorch": 1 / 3, "xavier": 1.0, "he": 2.0}
"""n times the variance of a weight between two layers of n nodes: of U(-1/√n, 1/√n) a third."""
LAWS: dict[str, Callable[[Tensor], Tensor]] = {
    "xavier": nn.init.xavier_uniform_,
    "he": partial(nn.init.kaiming_uniform_, nonlinearity="relu"),
}
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"sigmoid": nn.Sigmoid, "ReLU": nn.ReLU}


def sizes(depth: int, width: int = WIDTH) -> tuple[int, ...]:
    """Nodes of every layer, from the inputs to the outputs. Raises ``ValueError`` without a hidden layer."""
    if depth < 1:
        raise ValueError(f"depth counts the hidden layers and must be at least 1, not {depth}")
    return (INPUTS, *(width,) * depth, OUTPUTS)


def network(model: Model, depth: int, seed: int) -> nn.Sequential:
    """One network as one writes it in PyTorch, its initial weights drawn from ``seed``, float32, on the CPU.

    Linear, batch norm where there is any, activation; the output layer is linear alone.
    """
    *hidden, last = pairwise(sizes(depth, model.width))
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for fan_in, fan_out in hidden:
            layers += [nn.Linear(fan_in, fan_out)]
            layers += [nn.BatchNorm1d(fan_out)] if model.normed else []
            layers += [ACTIVATIONS[model.activation]()]
        net = nn.Sequential(*layers, nn.Linear(*last))
        if model.initialisation != "pytorch":
            initialise(net, LAWS[model.initialisation])
        return net


def initialise(net: nn.Sequential, law: Callable[[Tensor], Tensor]) -> None:
    """New weights by a law, and biases of 0."""
    for layer in net:
        if isinstance(layer, nn.Linear):
            law(layer.weight)
            nn.init.zeros_(layer.bias)


class Layer(NamedTuple):
    """One layer of K networks: weight (K, out, in), all else (K, 1, out). Gradients have the same form."""

    weight: Tensor
    bias: Tensor
    scale: Tensor | None = None
    shift: Tensor | None = None

    @property
    def norm(self) -> tuple[Tensor, Tensor]:
        """Scale and shift, of a layer that has a batch norm."""
        assert self.scale is not None
        assert self.shift is not None
        return self.scale, self.shift


class Statistics(NamedTuple):
    """Of every node, (K, 1, nodes), or of all hidden layers stacked, (L, K, 1, nodes); the variance is biased."""

    mean: Tensor
    variance: Tensor


class Normed(NamedTuple):
    """What the backward pass through a batch norm needs; ``constant``: the statistics do not depend on z."""

    x_hat: Tensor
    rate: Tensor
    """1 / √(σ² + ε)."""
    used: Statistics
    constant: bool


class Saved(NamedTuple):
    """What a layer's backward pass needs: its input and output, and what its batch norm left."""

    below: Tensor
    above: Tensor
    normed: Normed | None = None


class Stack:
    """Networks of ``model`` with ``depth`` hidden layers, one for each seed: fresh ones, or copies of ``networks``.

    All parameters lie one after another in ``theta``, all gradients in ``gradient`` (both 1-D), so that an elementwise
    optimiser needs one step for everything. ``layers`` and ``gradients`` are views into them. ``running`` holds the
    averages of batch norm of all hidden layers, (L, K, 1, nodes), or nothing.
    """

    def __init__(
        self,
        model: Model,
        depth: int,
        seeds: Sequence[int],
        *,
        like: Tensor,
        networks: Sequence[nn.Sequential] | None = None,
    ) -> None:
        if not seeds:
            raise ValueError("a stack needs at least one seed: one network for each")
        self.model, self.depth, self.seeds = model, depth, tuple(seeds)
        self.shapes = shapes = [shapes_of(model, depth, number, len(seeds)) for number in range(depth + 1)]
        self.theta = like.new_empty(sum(shape.numel() for layer in shapes for shape in layer))
        self.gradient = torch.zeros_like(self.theta)
        self.layers, self.gradients = views(self.theta, shapes), views(self.gradient, shapes)
        self.running = fresh(torch.stack([layer.bias for layer in self.layers[:-1]])) if model.normed else None
        self.fill([network(model, depth, seed) for seed in seeds] if networks is None else networks)

    def __len__(self) -> int:
        return len(self.seeds)

    def state(self) -> list[Tensor]:
        """All that a training changes."""
        return [self.theta, *(self.running or ())]

    def of_each(self, values: Tensor) -> Tensor:
        """A value for each network, (K,), as a vector like ``theta``."""
        spread = [values.view(-1, 1, 1).expand(shape).flatten() for layer in self.shapes for shape in layer]
        return torch.cat(spread)

    @torch.no_grad()
    def fill(self, networks: Sequence[nn.Sequential]) -> None:
        """Copy the parameters of single networks into the stack."""
        for k, net in enumerate(networks):
            for layer, parts in zip(self.layers, parts_of(net), strict=True):
                for ours, theirs in zip(filter(torch.is_tensor, layer), parts, strict=True):
                    ours[k].copy_(theirs.view_as(ours[k]))

    def forward(self, x: Tensor, evaluating: bool = False) -> tuple[Tensor, list[Saved]]:
        """Outputs (K, B, 2) for x (K, B, 30), and what the backward pass needs.

        Batch norm uses the batch's own statistics (training mode), or its running averages (evaluation mode).
        """
        h, saved = x, []
        for number, layer in enumerate(self.layers):
            z, normed = torch.baddbmm(layer.bias, h, layer.weight.mT), None
            if self.running is not None and number < self.depth:
                given = Statistics(*(each[number] for each in self.running)) if evaluating else None
                z, normed = batch_norm(z, *layer.norm, given)
            below, h = h, activate(self.model.activation, z) if number < self.depth else z
            saved.append(Saved(below, h, normed))
        return h, saved

    def outputs(self, x: Tensor) -> Tensor:
        """Outputs in evaluation mode."""
        return self.forward(x, evaluating=True)[0]


def activate(name: str, z: Tensor) -> Tensor:
    """φ(z), in the place of z."""
    return z.sigmoid_() if name == "sigmoid" else z.relu_()


def batch_norm(z: Tensor, scale: Tensor, shift: Tensor, given: Statistics | None = None) -> tuple[Tensor, Normed]:
    """z (K, B, nodes) normalised over the batch, by its own statistics or by given ones as in evaluation mode.

    Ioffe & Szegedy 2015, "Batch normalization", algorithm 1.
    """
    share = 1 / z.shape[1]
    mean = given.mean if given else z.sum(1, keepdim=True).mul_(share)
    centred = z - mean
    variance = given.variance if given else centred.square().sum(1, keepdim=True).mul_(share)
    rate = (variance + EPS).rsqrt_()
    x_hat = centred.mul_(rate)
    return torch.addcmul(shift, x_hat, scale), Normed(x_hat, rate, Statistics(mean, variance), given is not None)


def follow(running: Statistics, batch: Statistics, size: int) -> None:
    """Move the running averages, in place, by what a batch of ``size`` had; the variance unbiased, as in PyTorch.

    Of one layer, or of all layers stacked.
    """
    running.mean.lerp_(batch.mean, MOMENTUM)
    running.variance.lerp_(batch.variance * (size / max(1, size - 1)), MOMENTUM)  # of one example it is 0 either way


def shapes_of(model: Model, depth: int, number: int, count: int) -> list[torch.Size]:
    """Of layer ``number`` in ``count`` networks, in the order of the fields of ``Layer``."""
    fan_in, fan_out = sizes(depth, model.width)[number : number + 2]
    vectors = 3 if model.normed and number < depth else 1
    return [torch.Size((count, fan_out, fan_in))] + [torch.Size((count, 1, fan_out))] * vectors


def views(flat: Tensor, shapes: Sequence[Sequence[torch.Size]]) -> list[Layer]:
    """A flat vector read as layers, each tensor contiguous."""
    pieces = iter(flat.split([shape.numel() for layer in shapes for shape in layer]))
    return [Layer(*(next(pieces).view(shape) for shape in layer)) for layer in shapes]


def fresh(like: Tensor) -> Statistics:
    return Statistics(torch.zeros_like(like), torch.ones_like(like))


def parts_of(net: nn.Sequential) -> list[list[Tensor]]:
    """The parameters of one network, layer by layer: weight, bias, and scale and shift of a batch norm behind."""
    layers: list[list[Tensor]] = []
    for module in net:
        if isinstance(module, nn.Linear):
            layers.append([])
        layers[-1] += module.parameters()
    return layers


class Moments(NamedTuple):
    """Of φ(z) for a normal z of mean 0."""

    mean: float
    variance: float
    slope: float
    """E φ'(z)²."""


def moments(activation: str, variance: float = 1.0) -> Moments:
    """Sigmoid by Gauss–Hermite quadrature; ReLU: half of z² and of the slopes, and E φ = σ / √(2π)."""
    if activation == "ReLU":
        return Moments(math.sqrt(variance / math.tau), variance * (0.5 - 1 / math.tau), 0.5)
    nodes, weight = np.polynomial.hermite_e.hermegauss(60)
    h, weight = 1 / (1 + np.exp(-nodes * math.sqrt(variance))), weight / math.sqrt(math.tau)
    mean = float(weight @ h)
    return Moments(mean, float(weight @ h**2) - mean**2, float(weight @ (h * (1 - h)) ** 2))


def gain(model: Model, width: float = math.inf) -> float:
    """By which factor E‖δ‖² changes from one layer to the layer below it, at the start and in very wide layers; of a
    small difference between two tumours it is the factor of E‖δh‖² from a layer to the next one.

    n · Var W · E φ'(z)². With batch norm z is standard normal whatever the weights, and the division by its deviation
    makes of it E φ'(z)² / Var φ(z). ``width`` counts for the biases, which PyTorch draws with the variance 1/(3n).
    """
    if model.normed:
        found = moments(model.activation)
        return found.slope / found.variance
    spread = INITIAL_VARIANCE[model.initialisation]
    bias = spread / width if model.initialisation == "pytorch" else 0.0
    variance = 1.0
    for _ in range(100):  # the variance of z that a layer hands on unchanged; ReLU's slope does not depend on it
        found = moments(model.activation, variance)
        variance = spread * (found.variance + found.mean**2) + bias
    return spread * found.slope
