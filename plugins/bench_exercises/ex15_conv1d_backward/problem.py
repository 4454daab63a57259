"""The layers that the claims are checked on: the readings of Z ∈ R^{2×1}, and others that set traps."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from bench import Lab

Gradients = tuple[Tensor, Tensor, Tensor]
"""By x, w and b."""


@dataclass(frozen=True, slots=True)
class Slide:
    """How the kernel moves: stride s, p zeros put at each end of the input, r places from one weight to the next."""

    s: int = 1
    p: int = 0
    r: int = 1

    def span(self, m: int) -> int:
        """The length of a window of m weights, gaps included."""
        return self.r * (m - 1) + 1

    def places(self, n: int, m: int) -> int:
        """q = ⌊(n + 2p − span)/s⌋ + 1, how often the kernel fits. Raises ``ValueError`` where it fits nowhere."""
        if min(self.s, self.r, m) < 1 or self.p < 0 or self.span(m) > n + 2 * self.p:
            raise ValueError(
                "a convolution needs s, r, m ≥ 1, p ≥ 0 and r(m − 1) + 1 ≤ n + 2p; "
                f"got m={m}, n={n}, s={self.s}, p={self.p}, r={self.r}"
            )
        return (n + 2 * self.p - self.span(m)) // self.s + 1


PLAIN = Slide()
"""Stride 1, no padding, no dilation: a valid convolution."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """n nodes and C channels below, O channels above, m weights per kernel; stride s, padding p, dilation r."""

    reading: str
    n: int
    m: int
    s: int = 1
    p: int = 0
    r: int = 1
    C: int = 1
    O: int = 1  # noqa: E741  the letter of the answer

    @property
    def slide(self) -> Slide:
        return Slide(self.s, self.p, self.r)

    @property
    def q(self) -> int:
        return self.slide.places(self.n, self.m)

    @property
    def label(self) -> str:
        """Sizes, and of the rest what is not as in a valid convolution of one channel."""
        unusual = {"s": (self.s, 1), "p": (self.p, 0), "r": (self.r, 1), "C": (self.C, 1), "O": (self.O, 1)}
        shown = [f"{name}={value}" for name, (value, usual) in unusual.items() if value != usual]
        return ", ".join([f"n={self.n}", f"m={self.m}", *shown])


TWO_NODES = (Configuration(reading="two nodes", n=4, m=3), Configuration(reading="two nodes", n=3, m=2))
SAME = Configuration(reading="two nodes, same", n=2, m=3, p=1)
STRIDED = (
    Configuration(reading="two nodes, strided", n=5, m=3, s=2),
    Configuration(reading="two nodes, strided", n=4, m=2, s=2),
)
DILATED = Configuration(reading="two nodes, dilated", n=4, m=2, r=2)
TWO_CHANNELS = (
    Configuration(reading="two channels", n=3, m=3, O=2),
    Configuration(reading="two channels", n=4, m=4, C=2, O=2),
)
READINGS = (*TWO_NODES, SAME, *STRIDED, DILATED, *TWO_CHANNELS)
GENERAL = (
    Configuration(reading="one weight", n=6, m=1),
    Configuration(reading="more outputs", n=9, m=4),
    Configuration(reading="several channels", n=8, m=3, C=3, O=2),
    Configuration(reading="stride = kernel", n=9, m=3, s=3),
    Configuration(reading="a remainder: the last node is never seen", n=8, m=3, s=2),
    Configuration(reading="stride > kernel: nodes between windows are never seen", n=5, m=2, s=3),
    Configuration(reading="strided, several channels", n=11, m=4, s=2, C=2, O=3),
    Configuration(reading="padded: windows reach beyond both ends", n=5, m=4, p=2),
    Configuration(reading="strided, padded and dilated", n=9, m=3, s=2, p=1, r=2, C=2, O=2),
)
CONFIGURATIONS = READINGS + GENERAL


class Layer(NamedTuple):
    """Values for one configuration, and the derivative that reaches its output: x (C, n), w (O, C, m), b (O,),
    d (O, q)."""

    x: Tensor
    w: Tensor
    b: Tensor
    d: Tensor
    slide: Slide


def draw(lab: Lab, c: Configuration) -> Layer:
    """Standard normal values; every call with one seed gives the same."""
    generator = lab.generator()
    shapes = ((c.C, c.n), (c.O, c.C, c.m), (c.O,), (c.O, c.q))
    x, w, b, d = (torch.randn(shape, generator=generator).to(lab.device, lab.dtype) for shape in shapes)
    return Layer(x=x, w=w, b=b, d=d, slide=c.slide)
