"""The sheet's networks, as one writes them in PyTorch: 30 inputs, hidden layers of 5 nodes, 2 outputs."""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import nn

DEPTHS = (3, 9, 13, 17, 19)
INPUTS, WIDTH, OUTPUTS = 30, 5, 2
RATE, BATCH, EPOCHS = 1e-3, 32, 50


class Model(NamedTuple):
    """What a network is made of besides its depth: "sigmoid" or "ReLU", with or without batch norm."""

    activation: str
    normed: bool = False

    def __str__(self) -> str:
        return f"{self.activation} + BN" if self.normed else self.activation


A, B = Model("sigmoid"), Model("ReLU")
A_NORMED, B_NORMED = Model("sigmoid", normed=True), Model("ReLU", normed=True)
ACTIVATIONS = {"sigmoid": nn.Sigmoid, "ReLU": nn.ReLU}


def sizes(depth: int) -> tuple[int, ...]:
    """Nodes of every layer, from the inputs to the outputs."""
    if depth < 1:
        raise ValueError(f"depth counts the hidden layers and must be at least 1, not {depth}")
    return (INPUTS, *(WIDTH,) * depth, OUTPUTS)


def network(model: Model, depth: int, seed: int) -> nn.Sequential:
    """PyTorch's default initialisation drawn from ``seed``, float32, on the CPU.

    Linear, batch norm where there is any, activation; the output layer is linear alone.
    """
    *hidden, last = pairwise(sizes(depth))
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for fan_in, fan_out in hidden:
            layers += [nn.Linear(fan_in, fan_out)]
            layers += [nn.BatchNorm1d(fan_out)] if model.normed else []
            layers += [ACTIVATIONS[model.activation]()]
        return nn.Sequential(*layers, nn.Linear(*last))
