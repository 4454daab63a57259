"""The sheet's networks, as one writes them in PyTorch: 30 inputs, hidden layers of 5 nodes, 2 outputs."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

DEPTHS = (3, 9, 13, 17, 19)
INPUTS, WIDTH, OUTPUTS = 30, 5, 2
RATE, BATCH, EPOCHS = 1e-3, 32, 50


class Model(NamedTuple):
    """What a network is made of besides its depth: "sigmoid" or "ReLU", with or without batch norm, ``width`` nodes in
    a hidden layer, and weights "pytorch" as PyTorch draws them, or uniform by the laws of "xavier" or "he"."""

    activation: str
    normed: bool = False
    width: int = WIDTH
    initialisation: str = "pytorch"

    def __str__(self) -> str:
        return f"{self.activation} + BN" if self.normed else self.activation


A, B = Model("sigmoid"), Model("ReLU")
A_NORMED, B_NORMED = Model("sigmoid", normed=True), Model("ReLU", normed=True)
LAWS: dict[str, Callable[[Tensor], Tensor]] = {
    "xavier": nn.init.xavier_uniform_,
    "he": partial(nn.init.kaiming_uniform_, nonlinearity="relu"),
}
ACTIVATIONS = {"sigmoid": nn.Sigmoid, "ReLU": nn.ReLU}


def sizes(depth: int, width: int = WIDTH) -> tuple[int, ...]:
    """Nodes of every layer, from the inputs to the outputs."""
    if depth < 1:
        raise ValueError(f"depth counts the hidden layers and must be at least 1, not {depth}")
    return (INPUTS, *(width,) * depth, OUTPUTS)


def network(model: Model, depth: int, seed: int) -> nn.Sequential:
    """The model's initialisation drawn from ``seed``, float32, on the CPU.

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
