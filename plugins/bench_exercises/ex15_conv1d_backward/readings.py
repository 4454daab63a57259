"""The layers that the claims are checked on: the three readings of Z ∈ R^{2×1}, and others that set traps."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bench import Lab


@dataclass(frozen=True)
class Configuration:
    """n nodes and C channels below, O channels above, m weights per kernel, stride s."""

    reading: str
    n: int
    m: int
    s: int = 1
    C: int = 1
    O: int = 1  # noqa: E741  the letter of the answer

    @property
    def q(self) -> int:
        return (self.n - self.m) // self.s + 1

    @property
    def label(self) -> str:
        channels = f", C={self.C}, O={self.O}" if (self.C, self.O) != (1, 1) else ""
        return f"n={self.n}, m={self.m}, s={self.s}{channels}"


TWO_NODES = (Configuration("two nodes", 4, 3), Configuration("two nodes", 3, 2))
STRIDED = (Configuration("two nodes, strided", 5, 3, 2), Configuration("two nodes, strided", 4, 2, 2))
TWO_CHANNELS = (Configuration("two channels", 3, 3, O=2), Configuration("two channels", 4, 4, C=2, O=2))
GENERAL = (
    Configuration("one weight", 6, 1),
    Configuration("more outputs", 9, 4),
    Configuration("several channels", 8, 3, C=3, O=2),
    Configuration("stride = kernel", 9, 3, 3),
    Configuration("a remainder: the last node is never seen", 8, 3, 2),
    Configuration("stride > kernel: nodes between windows are never seen", 5, 2, 3),
    Configuration("strided, several channels", 11, 4, 2, C=2, O=3),
)
CONFIGURATIONS = TWO_NODES + STRIDED + TWO_CHANNELS + GENERAL


class Layer(NamedTuple):
    """Values for one configuration, and the derivative that reaches its output."""

    x: Tensor
    w: Tensor
    b: Tensor
    d: Tensor
    s: int


def draw(lab: Lab, c: Configuration) -> Layer:
    """Standard normal values; every call with one seed gives the same."""
    generator = lab.generator()
    shapes = ((c.C, c.n), (c.O, c.C, c.m), (c.O,), (c.O, c.q))
    return Layer(*(torch.randn(shape, generator=generator).to(lab.device, lab.dtype) for shape in shapes), s=c.s)
