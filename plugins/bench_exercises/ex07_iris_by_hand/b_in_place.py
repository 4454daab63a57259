"""By hand, in place: the same run with every array allocated once, and as few operations a step as we could find.

With 103 parameters and 125 flowers an operation costs what it costs to *call* it, so the code below saves calls:

- A column is a flower: arrays are (nodes, N), so that all of a layer's nodes lie in one piece.
- The bias is a weight: a layer's input ends in a row of ones and ``W`` in a column b, so one product does both.
- The parameters are one vector, and so is their gradient; ``W`` and ``dW`` are views of them. Adam is five operations.
- All hidden activations lie in one array, so one comparison gives the slopes of three layers.
- A step leaves behind what its loss is made of; the losses are put together after the last step.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu_

from .by_hand import BETA1, BETA2, EPSILON
from .network import SLOPE, one_hot
from .problem import LEARNING_RATE, SIZES, Task, Theta, outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The arrays of one layer, all of them views of larger ones."""

    W: Tensor
    """(nodes, inputs + 1), the last column is b."""
    W_T: Tensor
    """(inputs, nodes): without b."""
    dW: Tensor
    a: Tensor
    """(inputs + 1, N): what comes in, the last row is ones."""
    a_T: Tensor
    z: Tensor
    """(nodes, N): what goes out; in a hidden layer the activation overwrites it, and it is the next layer's ``a``."""
    slope: Tensor
    """f'(z), in a hidden layer; empty in the last."""
    delta: Tensor
    """(nodes, N): dL/dz."""


class InPlace:
    """Everything that ``steps`` steps of one task need. ``train()`` uses it again at every call, and gives copies."""

    def __init__(self, task: Task, steps: int) -> None:
        with torch.inference_mode():
            self.start = pack(task.theta)
            self._allocate_adam()
            self._allocate_layers(task.x)
            self._allocate_loss(task.x, task.y, steps)

    def _allocate_adam(self) -> None:
        self.theta = self.start.clone()
        self.moments, self.news = torch.zeros(2, 2, len(self.start)).to(self.start)
        self.m, self.v = self.moments
        self.gradient, self.squared = self.news
        self.root, self.first = torch.zeros_like(self.theta), torch.zeros_like(self.theta)
        weight = self.start.new_tensor([[1 - BETA1], [1 - BETA2]])
        self.weight = weight.expand_as(self.moments).contiguous()

    def _allocate_layers(self, x: Tensor) -> None:
        n, new = len(x), self.start.new_zeros
        rows = [nodes + 1 for nodes in SIZES[1:-1]]
        self.hidden = torch.ones_like(new(sum(rows), n))
        self.slopes, self.zero = torch.zeros_like(self.hidden), new(())
        a = [torch.cat([x.T, torch.ones_like(x.T[:1])]), *self.hidden.split(rows)]
        z = [*(block[:-1] for block in a[1:]), new(SIZES[-1], n)]
        slope = [*(block[:-1] for block in self.slopes.split(rows)), new(0)]
        W, dW = matrices(self.theta), matrices(self.gradient)
        self.layers = [
            Layer(
                W=W[k],
                W_T=W[k][:, :-1].T,
                dW=dW[k],
                a=a[k],
                a_T=a[k].T,
                z=z[k],
                slope=slope[k],
                delta=torch.zeros_like(z[k]),
            )
            for k in range(len(W))
        ]

    def _allocate_loss(self, x: Tensor, y: Tensor, steps: int) -> None:
        n, new = len(x), self.start.new_zeros
        self.n, self.logits = n, self.layers[-1].z
        self.y = one_hot(y, self.logits.T).T.contiguous()
        self.minus_y = -self.y / n
        self.flat_logits, self.flat_y = self.logits.view(-1), self.y.view(-1)
        self.peak, self.exp = new(1, n), torch.zeros_like(self.logits)
        self.ones = self.start.new_ones(1, len(self.logits))
        self.totals, self.hits = new(steps, 1, n), new(steps)
        left_behind = zip(self.totals, self.hits, strict=True)
        self.schedule = [(total, hit, *corrected(t)) for t, (total, hit) in enumerate(left_behind, start=1)]

    def train(self) -> dict[str, Tensor]:
        """The whole run, from the initial parameters."""
        with torch.inference_mode():
            self.theta.copy_(self.start)
            self.moments.zero_()
            for step, (total, hit, learning_rate, epsilon) in enumerate(self.schedule):
                self.forward(total, hit)
                self.backward(total)
                self.adam(learning_rate, epsilon)
                if step == 0:
                    self.first.copy_(self.gradient)
        losses = (self.totals.log().sum((1, 2)) - self.hits) / self.n
        return outcome(losses, unpack(self.theta), unpack(self.first))

    def forward(self, total: Tensor, hit: Tensor) -> None:
        """Up to exp z; into ``total`` goes Σ exp z for every flower, into ``hit`` the sum of the logits at y."""
        *hidden, last = self.layers
        for layer in hidden:
            torch.mm(layer.W, layer.a, out=layer.z)
            leaky_relu_(layer.z, SLOPE)
        torch.mm(last.W, last.a, out=last.z)
        torch.amax(last.z, 0, keepdim=True, out=self.peak)
        last.z.sub_(self.peak)
        torch.exp(last.z, out=self.exp)
        torch.mm(self.ones, self.exp, out=total)
        torch.dot(self.flat_logits, self.flat_y, out=hit)

    def backward(self, total: Tensor) -> None:
        """From (p - y)/N down to the first layer."""
        torch.gt(self.hidden, self.zero, out=self.slopes)
        self.slopes.clamp_min_(SLOPE)
        torch.addcdiv(self.minus_y, self.exp, total, value=1 / self.n, out=self.layers[-1].delta)
        for k in range(len(self.layers) - 1, 0, -1):
            layer, below = self.layers[k], self.layers[k - 1]
            torch.mm(layer.delta, layer.a_T, out=layer.dW)
            torch.mm(layer.W_T, layer.delta, out=below.delta)
            below.delta.mul_(below.slope)
        first = self.layers[0]
        torch.mm(first.delta, first.a_T, out=first.dW)

    def adam(self, learning_rate: float, epsilon: float) -> None:
        """Both moments move towards (g, g²) in one operation."""
        torch.mul(self.gradient, self.gradient, out=self.squared)
        self.moments.lerp_(self.news, self.weight)
        torch.sqrt(self.v, out=self.root)
        self.root.add_(epsilon)
        self.theta.addcdiv_(self.m, self.root, value=-learning_rate)


def corrected(t: int) -> tuple[float, float]:
    """The learning rate and the ε of step t that have both of Adam's bias corrections in them.

    With c = √(1 - β₂ᵗ): η · m̂ / (√v̂ + ε) = (η · c / (1 - β₁ᵗ)) · m / (√v + ε·c).
    """
    c = (1 - BETA2**t) ** 0.5
    return LEARNING_RATE * c / (1 - BETA1**t), EPSILON * c


def pack(theta: Theta) -> Tensor:
    """All parameters in one vector: layer by layer [W | b], row by row."""
    blocks = [torch.cat([theta[f"W{k}"], theta[f"b{k}"][:, None]], 1) for k in range(1, len(SIZES))]
    return torch.cat([block.flatten() for block in blocks])


def matrices(vector: Tensor) -> list[Tensor]:
    """Views of ``vector``: the matrix [W | b] of every layer."""
    shapes = [(nodes, inputs + 1) for inputs, nodes in pairwise(SIZES)]
    blocks = vector.split([nodes * columns for nodes, columns in shapes])
    return [block.view(shape) for block, shape in zip(blocks, shapes, strict=True)]


def unpack(vector: Tensor) -> dict[str, Tensor]:
    """Copies of the parameters under their names."""
    theta = {}
    for k, block in enumerate(matrices(vector), start=1):
        theta[f"W{k}"], theta[f"b{k}"] = block[:, :-1].clone(), block[:, -1].clone()
    return theta
