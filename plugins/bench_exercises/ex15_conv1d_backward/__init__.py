"""ex15: The backward pass of a one-dimensional convolution is a convolution.

Two neighbouring layers, z = w ⋆ x + b. The derivative is written as sums over connections (``layer``), as convolutions
(``convolutions``), as transposed matrices, and left to autograd (``checks``); all must agree.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl
from bench.kit.compare import largest, max_error, relative_error

from . import checks, convolutions, layer
from .pictures import network_figure, toeplitz_figure
from .readings import CONFIGURATIONS, STRIDED, TWO_CHANNELS, TWO_NODES, Configuration, Layer, draw
from .speed import ways_to_dx

BATCH = 16
"""Signals that the comparison sends back at once."""
exercise = Exercise(tags=("theory", "convolution", "by hand"))


def backward_at(lab: Lab, c: Configuration) -> tuple[checks.Gradients, Layer]:
    values = draw(lab, c)
    return layer.backward(values.d, values.x, values.w, values.s), values


@exercise.study("a", "The derivatives between two layers, as sums over their connections")
def derivatives(lab: Lab) -> None:
    worst = {"autograd": 0.0, "library": 0.0, "Toeplitz": 0.0, "differences": 0.0, "pairings": 0.0}
    rows = []
    for c in CONFIGURATIONS:
        by_hand, values = backward_at(lab, c)
        errors = {
            "autograd": max_error(by_hand, checks.by_autograd(values)),
            "library": max_error(by_hand, checks.by_library(values)),
            "Toeplitz": max_error(by_hand, checks.by_matrices(values)),
            "differences": differences_error(values),
            "pairings": adjoint_error(by_hand, values),
        }
        worst = {name: largest(worst[name], error) for name, error in errors.items()}
        rows.append({"layer": c.label, "what it is": c.reading, "q": c.q} | errors)
    lab.table(
        "Every layer: the sums against autograd, the library, the matrices, central differences; and the pairings", rows
    )
    lab.metric("configurations", len(CONFIGURATIONS))
    lab.claim("sums = autograd, every configuration", worst["autograd"], at_most=1e-12)
    lab.claim("the library of layers by hand = sums, every configuration", worst["library"], at_most=1e-12)
    lab.claim("sums = transposed Toeplitz matrix, every configuration", worst["Toeplitz"], at_most=1e-12)
    lab.claim("sums = central differences, every configuration", worst["differences"], at_most=1e-6)
    lab.claim("the three pairings ⟨d, w⋆x⟩ = ⟨dx, x⟩ = ⟨dw, w⟩ agree", worst["pairings"], at_most=1e-12)
    lab.claim("two layers with tanh between: recursion = autograd", chain_error(lab), at_most=1e-12)
    lab.claim("nodes that no window reaches get exactly 0", unseen_derivative(lab), equals=0)


def differences_error(values: Layer) -> float:
    """Here d must be the derivative of the cost itself: d = tanh z."""
    x, w, b, _, s = values
    d = torch.tanh(layer.forward(x, w, b, s))
    return relative_error(layer.backward(d, x, w, s), checks.by_differences(values))


def adjoint_error(gradients: checks.Gradients, values: Layer) -> float:
    """z − b is linear in x and linear in w, so both gradients, paired with what they belong to, give ⟨d, z − b⟩."""
    x, w, b, d, s = values
    pairing = (d * layer.forward(x, w, torch.zeros_like(b), s)).sum()
    dx, dw, _ = gradients
    return largest((pairing - (dx * x).sum()).abs(), (pairing - (dw * w).sum()).abs())


def chain_error(lab: Lab) -> float:
    """δᵏ = φ'(zᵏ) ⊙ (wᵏ⁺¹ᵀ δᵏ⁺¹) across an activation, held against autograd on all five leaves."""
    below, above = (
        draw(lab, Configuration(reading="layer k", n=9, m=3, C=2, O=3)),
        draw(lab, Configuration(reading="layer k+1", n=7, m=4, C=3, O=2)),
    )
    z1 = layer.forward(below.x, below.w, below.b)
    dh, dw2, db2 = layer.backward(above.d, torch.tanh(z1), above.w)
    dx, dw1, db1 = layer.backward(dh * (1 - torch.tanh(z1) ** 2), below.x, below.w)

    leaves = [v.clone().requires_grad_() for v in (below.x, below.w, below.b, above.w, above.b)]
    x, w1, b1, w2, b2 = leaves
    z2 = F.conv1d(torch.tanh(F.conv1d(x[None], w1, b1)), w2, b2)[0]
    return max_error((dx, dw1, db1, dw2, db2), torch.autograd.grad(z2, leaves, above.d))


def unseen_derivative(lab: Lab) -> float:
    """A remainder of the stride (n=8, m=3, s=2: x₈) and a gap between windows (n=5, m=2, s=3: x₃)."""
    last, between = Configuration(reading="remainder", n=8, m=3, s=2), Configuration(reading="gap", n=5, m=2, s=3)
    return float(backward_at(lab, last)[0][0][0, 7].abs() + backward_at(lab, between)[0][0][0, 2].abs())


@exercise.study("b", "The same derivatives, written as convolutions")
def as_convolutions(lab: Lab) -> None:
    pairs = [(backward_at(lab, c), c) for c in CONFIGURATIONS]
    forms = [convolutions.backward(v.d, v.x, v.w, v.s) for (_, v), _ in pairs]
    lab.claim(
        "full convolution and valid correlation = sums",
        largest(max_error(form, sums) for form, ((sums, _), _) in zip(forms, pairs, strict=True)),
        at_most=1e-12,
    )
    lab.claim(
        "np.convolve and np.correlate = sums",
        largest(max_error(checks.by_numpy(values), sums) for (sums, values), _ in pairs),
        at_most=1e-12,
    )
    flips(lab)
    lab.figure(
        "The layer and its transpose", toeplitz_figure(6, 3), "Left z = T(w) x, right dx = T(w)ᵀ d; n = 6, m = 3."
    )


def flips(lab: Lab) -> None:
    """Where the flip is, and what hides that it was forgotten."""
    w, d = lab_sequence(lab, 1, 2, 3), lab_sequence(lab, 1, 10)
    right, flipped = convolutions.full_convolution(d, w), convolutions.full_correlation_with_flipped(d, w)
    lab.claim(
        "full convolution = correlation of the padded d with the flipped kernel",
        (right - flipped).abs().max(),
        equals=0,
    )
    forgotten = convolutions.full_convolution(d, w.flip(0))
    lab.claim(
        "forgetting the flip of (1, 2, 3) changes dx by as much as 20", (right - forgotten).abs().max(), equals=20
    )
    symmetric = lab_sequence(lab, 1, 2, 1)
    hidden = convolutions.full_convolution(d, symmetric) - convolutions.full_convolution(d, symmetric.flip(0))
    lab.claim("a symmetric kernel would hide a forgotten flip", hidden.abs().max(), equals=0)
    lab.claim("a layer that convolves (flips) forward correlates backward", true_convolution_error(lab), at_most=1e-12)


def lab_sequence(lab: Lab, *values: float) -> Tensor:
    return torch.tensor(values, device=lab.device, dtype=lab.dtype)


def true_convolution_error(lab: Lab) -> float:
    """With z = x ∗ w (valid): dx = full correlation of d with w, dw = flipped valid correlation of x with d."""
    values = draw(lab, Configuration(reading="more outputs", n=9, m=4))
    x, w, d = values.x[0], values.w[0, 0], values.d[0]
    dx = convolutions.full_convolution(d, w.flip(0))
    dw = convolutions.valid_correlation(x, d).flip(0)
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
    z = F.conv1d(leaves[0][None, None], leaves[1].flip(0)[None, None])[0, 0]
    return max_error((dx, dw), torch.autograd.grad(z, leaves, d))


def work_of_dx(n: int, m: int) -> Work:
    """Of the sum of 15a: d and w are read once, dx is written once."""
    multiplications, numbers = BATCH * (n - m + 1) * m, BATCH * (n - m + 1) + m + BATCH * n
    return Work(multiplications, "multiplications", flops=2 * multiplications, bytes=4 * numbers)


@exercise.comparison(
    "b.speed",
    "Which way to dx is the fastest?",
    reference="autograd",
    work=work_of_dx,
    n=(64, 512, 2048),
    m=(3, 63),
)
def fastest_way_to_dx(lab: Lab, n: int, m: int) -> dict[str, Callable[[], Tensor]]:
    return ways_to_dx(lab, n, m, BATCH)


@exercise.study("c", "Z has shape 2 × 1: which convolution is it, and what are its derivatives?")
def two_outputs(lab: Lab) -> None:
    valid_closed_forms(lab)
    strided_is_transposed(lab)
    channels_are_linear(lab)
    lab.table("The three readings of Z of shape 2 × 1", [reading_row(c) for c in TWO_NODES + STRIDED + TWO_CHANNELS])
    readings = (TWO_NODES[0], STRIDED[0], TWO_CHANNELS[0])
    lab.figure("Three readings", network_figure(readings), "Lines of one colour and one style share a weight.")


def valid_closed_forms(lab: Lab) -> None:
    """Reading 1, the formulas of the answer letter by letter (1-based there, 0-based here)."""
    (dx, dw, db), v = backward_at(lab, TWO_NODES[0])
    (x1, x2, x3, x4), (w1, w2, w3), (d1, d2) = v.x[0], v.w[0, 0], v.d[0]
    expected_dx = torch.stack([w1 * d1, w2 * d1 + w1 * d2, w3 * d1 + w2 * d2, w3 * d2])
    expected_dw = torch.stack([d1 * x1 + d2 * x2, d1 * x2 + d2 * x3, d1 * x3 + d2 * x4])
    error = max_error((dx[0], dw[0, 0], db), (expected_dx, expected_dw, (d1 + d2)[None]))
    lab.claim("two nodes, n=4, m=3: the written-out formulas hold", error, at_most=1e-12)
    (dx, dw, db), v = backward_at(lab, TWO_NODES[1])
    (x1, x2, x3), (w1, w2), (d1, d2) = v.x[0], v.w[0, 0], v.d[0]
    expected_dx, expected_dw = (
        torch.stack([w1 * d1, w2 * d1 + w1 * d2, w2 * d2]),
        torch.stack([d1 * x1 + d2 * x2, d1 * x2 + d2 * x3]),
    )
    error = max_error((dx[0], dw[0, 0], db), (expected_dx, expected_dw, (d1 + d2)[None]))
    lab.claim("two nodes, n=3, m=2: the written-out formulas hold", error, at_most=1e-12)


def strided_is_transposed(lab: Lab) -> None:
    """Reading 2: dx is PyTorch's transposed convolution; at s = m the windows do not even meet."""
    error = 0.0
    for c in STRIDED:
        (dx, _, _), v = backward_at(lab, c)
        error = largest(error, float((dx - F.conv_transpose1d(v.d[None], v.w, stride=c.s)[0]).abs().max()))
    lab.claim("two nodes, strided: dx = transposed convolution of d", error, at_most=1e-12)
    (dx, _, _), v = backward_at(lab, STRIDED[1])
    lab.claim(
        "two nodes, s = m: dx is one copy of w per output",
        (dx[0] - torch.outer(v.d[0], v.w[0, 0]).flatten()).abs().max(),
        at_most=1e-12,
    )
    (dx, _, _), v = backward_at(lab, STRIDED[0])
    (w1, w2, w3), (d1, d2) = v.w[0, 0], v.d[0]
    shared = torch.stack([w1 * d1, w2 * d1, w3 * d1 + w1 * d2, w2 * d2, w3 * d2])
    lab.claim("two nodes, n=5, m=3, s=2: only x₃ collects from both", (dx[0] - shared).abs().max(), at_most=1e-12)


def channels_are_linear(lab: Lab) -> None:
    """Reading 3: a kernel as long as its input leaves one place, and the layer is a matrix W of shape (2, C·n)."""
    error = 0.0
    for c in TWO_CHANNELS:
        (dx, dw, db), v = backward_at(lab, c)
        matrix, signal, delta = v.w.flatten(1), v.x.flatten(), v.d[:, 0]
        linear = ((matrix.T @ delta).view_as(v.x), torch.outer(delta, signal).view_as(v.w), delta)
        error = largest(error, max_error((dx, dw, db), linear))
    lab.claim("two channels of length 1: a fully connected layer, dx = Wᵀd, dW = d xᵀ", error, at_most=1e-12)


def reading_row(c: Configuration) -> dict[str, Any]:
    kinds = {
        "two nodes": ("valid, stride 1, m = n − 1", "full convolution of d with w", "valid correlation of x with d"),
        "two nodes, strided": (
            "valid, stride 2",
            "transposed: zeros into d, then full",
            "correlation of x with the stuffed d",
        ),
        "two channels": ("kernel covers the input: fully connected", "Wᵀ d", "outer product d xᵀ"),
    }
    kind, dx, dw = kinds[c.reading]
    db = "d" if c.O == 2 else "d₁\u00a0+\u00a0d₂"
    return {"reading": c.reading, "layer": c.label, "the convolution": kind, "dx": dx, "dw": dw, "db": db}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
