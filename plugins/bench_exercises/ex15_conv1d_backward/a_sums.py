"""15a: the sums over connections, against every other way; and the classic mistakes, which these ways notice."""

import torch

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error

from . import by_hand, checks, reference
from .network import forward
from .problem import CONFIGURATIONS, Configuration, Layer, draw

EXACT = 1e-12
"""Sums of at most some twenty products of numbers of order 1, in float64: rounding goes no further than 1e-14."""
AUTOGRAD = "sums = autograd, every configuration"
PAIRINGS = "the three pairings ⟨d, w⋆x⟩ = ⟨dx, x⟩ = ⟨dw, w⟩ agree"
CHAIN = "two layers with tanh between: recursion = autograd"
UNSEEN = "nodes that no window reaches get exactly 0"
REMAINDER, GAP = Configuration(reading="x₈", n=8, m=3, s=2), Configuration(reading="x₃", n=5, m=2, s=3)
"""A remainder of the stride, and a gap between windows."""


def study(lab: Lab) -> None:
    layers = {c: draw(lab, c) for c in CONFIGURATIONS}
    errors = {c: errors_of(values) for c, values in layers.items()}
    lab.table(
        "Every layer: the sums against autograd, the library, the matrices, central differences; and the pairings",
        [{"layer": c.label, "what it is": c.reading, "q": c.q} | row for c, row in errors.items()],
    )
    worst = {way: largest(row[way] for row in errors.values()) for way in next(iter(errors.values()))}
    lab.metric("configurations", len(CONFIGURATIONS))
    lab.claim("z by sums = conv1d, every configuration", worst["z"], at_most=EXACT)
    lab.claim(AUTOGRAD, worst["autograd"], at_most=EXACT)
    lab.claim("the library of layers by hand = sums, every configuration", worst["library"], at_most=EXACT)
    lab.claim("sums = transposed Toeplitz matrix, every configuration", worst["Toeplitz"], at_most=EXACT)
    # The error of a central difference is h²/6 times a third derivative, some 1e-10 here, and rounding 1e-11.
    lab.claim("sums = central differences, every configuration", worst["differences"], at_most=1e-7)
    lab.claim(PAIRINGS, worst["pairings"], at_most=EXACT)
    lab.claim(CHAIN, max_error(by_hand.through_two_layers(*two(lab)), autograd_of_two(lab)), at_most=EXACT)
    lab.claim(UNSEEN, unseen_derivative(lab, by_hand.backward), equals=0)
    break_it(lab, *mistakes(lab, list(layers.values())))


def errors_of(values: Layer) -> dict[str, float]:
    x, w, b, d, slide = values
    gradients = by_hand.backward(d, x, w, slide)
    return {
        "z": max_error(forward(x, w, b, slide), reference.output(values)),
        "autograd": max_error(gradients, reference.by_autograd(values)),
        "library": max_error(gradients, reference.by_library(values)),
        "Toeplitz": max_error(gradients, checks.by_matrices(values)),
        "differences": checks.differences_error(values),
        "pairings": checks.adjoint_error(gradients, values),
    }


def two(lab: Lab) -> tuple[Layer, Layer]:
    """Layers k and k + 1: 9 nodes and 2 channels, 7 nodes and 3 channels, 4 nodes and 2 channels."""
    below = draw(lab, Configuration(reading="layer k", n=9, m=3, C=2, O=3))
    return below, draw(lab, Configuration(reading="layer k+1", n=7, m=4, C=3, O=2))


def autograd_of_two(lab: Lab) -> tuple[torch.Tensor, ...]:
    return reference.two_layers_by_autograd(*two(lab))


def unseen_derivative(lab: Lab, backward: checks.Backward) -> float:
    """|dx| at x₈ of n=8, m=3, s=2 and at x₃ of n=5, m=2, s=3, which no window reaches."""
    nodes = {REMAINDER: 7, GAP: 2}
    return largest(
        backward(values.d, values.x, values.w, values.slide)[0][0, node].abs()
        for values, node in ((draw(lab, c), node) for c, node in nodes.items())
    )


def mistakes(lab: Lab, layers: list[Layer]) -> list[Mistake]:
    """Each of ``checks.MISTAKES`` at its worst over the layers, and four that another claim notices."""
    below, above = two(lab)
    h = torch.tanh(forward(below.x, below.w, below.b))
    slopes = {
        "the slope of tanh is forgotten": torch.ones_like(h),
        # h is tanh z already, and 1 − h² the slope: one more tanh is the usual slip.
        "the slope of tanh is taken at h, not at z": 1 - torch.tanh(h) ** 2,
    }
    expected = autograd_of_two(lab)[:3]
    dh = by_hand.backward(above.d, h, above.w)[0]
    return [
        *(Mistake(name=name, fails=AUTOGRAD, value=worst(slip, layers)) for name, slip in checks.MISTAKES.items()),
        Mistake(name="dw is a mean over the places", fails=PAIRINGS, value=unpaired(layers)),
        Mistake(
            name="stride: nodes under no window get a derivative",
            fails=UNSEEN,
            value=unseen_derivative(lab, checks.repeated),
        ),
        *(
            Mistake(name=name, fails=CHAIN, value=max_error(by_hand.backward(dh * slope, below.x, below.w), expected))
            for name, slope in slopes.items()
        ),
    ]


def worst(slip: checks.Backward, layers: list[Layer]) -> float:
    return largest(max_error(slip(v.d, v.x, v.w, v.slide), reference.by_autograd(v)) for v in layers)


def unpaired(layers: list[Layer]) -> float:
    return largest(checks.adjoint_error(checks.averaged(v.d, v.x, v.w, v.slide), v) for v in layers)
