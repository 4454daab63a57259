"""By hand: the network, with every derivative of its backward pass written out. Letters as in ``answer.md``."""

from __future__ import annotations

import torch
from torch import Tensor

from .problem import SIZES, Theta, layers

LAYERS = len(SIZES) - 1
"""Of the sheet's network."""
SLOPE = 0.2
"""What LeakyReLU multiplies a negative pre-activation by."""


class Network:
    """The 4-5-5-5-3 network over the parameters ``theta``, which it does not copy; they say its depth and its width.

    A subclass that overrides ``backpropagate`` trains like this one: ``train(Mine, task, steps)``.
    """

    def __init__(self, theta: Theta) -> None:
        self.theta = theta
        self.layers = layers(theta)

    def forward(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The pre-activations ``z[1..4]`` and the activations ``a[0..3]``, with ``a[0] = x`` of shape (N, 4)."""
        z, a = [x], [x]
        for k in range(1, self.layers + 1):
            z.append(a[k - 1] @ self.theta[f"W{k}"].T + self.theta[f"b{k}"])
            a.append(leaky_relu(z[k]))
        return z, a[:-1]

    def log_probabilities(self, x: Tensor) -> Tensor:
        """log p, of shape (N, 3)."""
        return log_softmax(self.forward(x)[0][-1])

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """The mean negative log-likelihood of the classes ``y``, of shape (N,)."""
        log_p = self.log_probabilities(x)
        return -(one_hot(y, log_p) * log_p).sum() / len(x)

    def accuracy(self, x: Tensor, y: Tensor) -> Tensor:
        """The share of flowers whose likeliest class is their own."""
        return (self.log_probabilities(x).argmax(1) == y).double().mean()

    def backpropagate(self, x: Tensor, y: Tensor) -> tuple[Tensor, Theta]:
        """The loss, and its derivative by every parameter, by name."""
        z, a = self.forward(x)
        log_p, t = log_softmax(z[-1]), one_hot(y, z[-1])
        loss = -(t * log_p).sum() / len(x)
        delta = (log_p.exp() - t) / len(x)
        gradient = {}
        for k in range(self.layers, 0, -1):
            gradient[f"W{k}"] = delta.T @ a[k - 1]
            gradient[f"b{k}"] = delta.sum(0)
            if k > 1:
                delta = (delta @ self.theta[f"W{k}"]) * self.slope(z[k - 1])
        return loss, gradient

    @staticmethod
    def slope(z: Tensor) -> Tensor:
        """The derivative of LeakyReLU; at the kink, z = 0, the left one is taken, as torch does."""
        return torch.where(z > 0, torch.ones_like(z), SLOPE)


def leaky_relu(z: Tensor) -> Tensor:
    return torch.where(z > 0, z, SLOPE * z)


def log_softmax(z: Tensor) -> Tensor:
    """z - log Σ exp z along the classes; the largest logit is taken out first, so that no exponential overflows."""
    z = z - z.amax(1, keepdim=True)
    return z - z.exp().sum(1, keepdim=True).log()


def one_hot(y: Tensor, like: Tensor) -> Tensor:
    """Row n has its 1 in column ``y[n]``."""
    return (y[:, None] == torch.arange(like.shape[1], device=y.device)).to(like)
