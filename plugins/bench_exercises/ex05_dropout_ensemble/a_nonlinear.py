"""Masks before a nonlinearity: the mean over masks no longer slips through, and how far off weight scaling is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import log_softmax, relu, tanh
from bench.kit.compare import largest

from .by_hand import Members, gap, geometric
from .checks import slope
from .problem import EXACT, Head, every_mask, probabilities

Activation = Callable[[Tensor], Tensor]

ACTIVATIONS: Mapping[str, Activation] = {
    "linear": lambda z: z,
    "ReLU": lambda z: relu(z)[0],
    "tanh": lambda z: tanh(z)[0],
}


@dataclass(frozen=True, slots=True)
class Deep:
    """log y(m) = log softmax(V φ(U (m ⊙ x))), without biases: x (batch, n), U (n, width), V (width, classes)."""

    inputs: Tensor
    first: Tensor
    second: Tensor

    @classmethod
    def draw(cls, lab: Lab, *, units: int, batch: int = 5, width: int = 8, classes: int = 4) -> Deep:
        """Normal numbers; the weights of each layer have variance 1 over its number of inputs."""
        stream = lab.generator()
        shapes = ((batch, units), (units, width), (width, classes))
        x, u, v = (torch.randn(shape, generator=stream).to(lab.device, lab.dtype) for shape in shapes)
        return cls(x, u / units**0.5, v / width**0.5)

    def scaled(self, factor: float) -> Deep:
        """Both weight matrices times ``factor``."""
        return Deep(self.inputs, factor * self.first, factor * self.second)

    def features(self, inputs: Tensor, activation: Activation) -> Tensor:
        return activation(inputs @ self.first)

    def output(self, inputs: Tensor, activation: Activation) -> Tensor:
        return log_softmax(self.features(inputs, activation) @ self.second)[0]


def early_error(net: Deep, keep: float, activation: Activation) -> float:
    """|ensemble - weight-scaled network|, the largest probability, with the masks on x, before φ."""
    masks = every_mask(net.inputs.shape[1], net.inputs)
    members = net.output(masks[:, None, :] * net.inputs, activation)
    scaled = net.output(keep * net.inputs, activation)
    return gap(scaled, geometric(Members(members, probabilities(masks, keep))))


def late_head(net: Deep, activation: Activation) -> Head:
    """The same network seen from its last hidden layer: with the masks there, it is a softmax of linear features."""
    return Head(net.features(net.inputs, activation), net.second, net.second.new_zeros(net.second.shape[1]))


def study(lab: Lab, units: int) -> None:
    net = Deep.draw(lab, units=units)
    scales = [2.0**power for power in range(-5, 4)]
    small = scales[:4]
    errors = {
        name: [early_error(net.scaled(scale), 0.5, activation) for scale in scales]
        for name, activation in ACTIVATIONS.items()
    }
    for name in ("ReLU", "tanh"):
        lab.curve(
            "Error of weight scaling against the size of the weights",
            scales,
            errors[name],
            series=f"masks before {name}",
            x_label="factor on all weights",
            y_label="largest difference in probability",
            scale="log-log",
        )
    lab.claim("no nonlinearity after the masks: exact at every size", largest(errors["linear"]), at_most=EXACT)
    lab.metric("masks before a ReLU: largest error over all sizes of the weights", largest(errors["ReLU"]))
    halved = early_error(net.scaled(2.0**-8), 0.5, ACTIVATIONS["ReLU"]) / early_error(
        net.scaled(2.0**-9), 0.5, ACTIVATIONS["ReLU"]
    )
    # Each of the two is within 1 % of a term in s², as is claimed below.
    lab.claim(
        "masks before a ReLU: halving small weights divides the error by 4, off by", abs(halved - 4), at_most=0.08
    )
    for name, order in (("ReLU", 2), ("tanh", 4)):
        found = slope(small, errors[name][:4])
        lab.claim(f"masks before {name}: error ~ scale^{order}, exponent off by", abs(found - order), at_most=0.2)
        tiny = 2.0**-9
        measured = early_error(net.scaled(tiny), 0.5, ACTIVATIONS[name])
        off = abs(measured / (leading_term(net, 0.5, name) * tiny**order) - 1)
        # The next term is smaller by the size of the logits, which are of the order of s² before the softmax.
        lab.claim(f"masks before {name}: error of tiny weights over its first term, off by", off, at_most=0.01)


def leading_term(net: Deep, keep: float, name: str) -> float:
    """The error's first term: for weights of scale s it is this times s² (ReLU) or s⁴ (tanh).

    The logits are off by (E[φ(u)] - φ(E[u])) V, where a ReLU is its own first term and tanh u = u - u³/3 + …; small
    logits make probabilities 1 / C + (z - mean z) / C.
    """
    masks = every_mask(net.inputs.shape[1], net.inputs)
    before = (masks[:, None, :] * net.inputs) @ net.first
    phi = {"ReLU": before.relu, "tanh": lambda: -(before**3) / 3}[name]()
    mean = (keep * net.inputs) @ net.first
    of_mean = mean.relu() if name == "ReLU" else -(mean**3) / 3
    logits = (torch.einsum("k,k...->...", probabilities(masks, keep), phi) - of_mean) @ net.second
    return float((logits - logits.mean(1, keepdim=True)).abs().max() / logits.shape[1])
