"""The layers that the claims are checked on: the three readings of Z ∈ R^{2×1}, and others that set traps."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bench import Lab

Gradients = tuple[Tensor, Tensor, Tensor]
"""By x, w and b."""


@dataclass(frozen=True, kw_only=True)
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


TWO_NODES = (Configuration(reading="two nodes", n=4, m=3), Configuration(reading="two nodes", n=3, m=2))
STRIDED = (
    Configuration(reading="two nodes, strided", n=5, m=3, s=2),
    Configuration(reading="two nodes, strided", n=4, m=2, s=2),
)
TWO_CHANNELS = (
    Configuration(reading="two channels", n=3, m=3, O=2),
    Configuration(reading="two channels", n=4, m=4, C=2, O=2),
)
GENERAL = (
    Configuration(reading="one weight", n=6, m=1),
    Configuration(reading="more outputs", n=9, m=4),
    Configuration(reading="several channels", n=8, m=3, C=3, O=2),
    Configuration(reading="stride = kernel", n=9, m=3, s=3),
    Configuration(reading="a remainder: the last node is never seen", n=8, m=3, s=2),
    Configuration(reading="stride > kernel: nodes between windows are never seen", n=5, m=2, s=3),
    Configuration(reading="strided, several channels", n=11, m=4, s=2, C=2, O=3),
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
    x, w, b, d = (torch.randn(shape, generator=generator).to(lab.device, lab.dtype) for shape in shapes)
    return Layer(x=x, w=w, b=b, d=d, s=c.s)
