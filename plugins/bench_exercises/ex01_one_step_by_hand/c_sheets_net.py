"""1c on the sheet's own net: its Hessian by hand, why one sample leaves it singular, and what stays so with many."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, relative_error

from .by_hand import backward, slopes
from .network import LOSSES, Forward, forward, join, loss_at, split
from .problem import ORDERINGS, TARGET, given

SAMPLES = (1, 2, 3, 5, 10)
ZERO = 1e-12
"""Singular values below this share of the largest are rounding, which leaves them at 1e-16; over 300 draws the smallest
that is not rounding was 3e-9."""


def study(lab: Lab) -> None:
    """One sample in six readings, then several; the orbit of LeakyReLU; a dead unit."""
    w, x, probe = given(lab)
    one_sample(lab, w, x)
    several_samples(lab, w)
    scaling_orbit(lab, w, {"sheet": x, "probe": probe})
    dead_unit(lab, w, probe)


def hessian_by_hand(w: Tensor, x: Tensor, *, loss: str, ordering: str, target: float = TARGET) -> Tensor:
    """The second derivatives (8, 8) of one sample: Bᵀ (ℓ″ ∇s ∇sᵀ + ℓ′ ∇²s) B, with ∇ by q = (z1, z2, w7, w8).

    q is linear in the eight weights, q = B w, which is why no more than four eigenvalues are not zero.
    """
    at, (_, u) = forward(w, x, ordering), split(w, ordering)
    slope = slopes(at)
    ds = torch.cat([u * slope, at.h])
    dds = w.new_zeros(4, 4)
    dds[0, 0] = -2 * u[0] * at.h[0] * slope[0]  # tanh″ = -2 tanh tanh′; LeakyReLU″ = 0
    for unit in (0, 1):
        dds[unit, 2 + unit] = dds[2 + unit, unit] = slope[unit]
    first, second = loss_slopes(at, loss, target)
    to_q = _to_q(w, x, ordering)
    return to_q.T @ (second * torch.outer(ds, ds) + first * dds) @ to_q


def loss_slopes(at: Forward, loss: str, target: float) -> tuple[Tensor, Tensor]:
    """dL/ds and d²L/ds² at o = σ(s), from σ′ = o (1 - o)."""
    o, slope = at.o, at.o * (1 - at.o)
    if loss == "bce":
        return o - target, slope
    times = 2.0 if loss == "mse" else 1.0
    return times * (o - target) * slope, times * slope * (slope + (o - target) * (1 - 2 * o))


def _to_q(w: Tensor, x: Tensor, ordering: str) -> Tensor:
    """B (4, 8): what each weight adds to z1, z2, w7 and w8."""
    zero = w.new_zeros(2, 3)
    rows = []
    for unit in (0, 1):
        into, out = zero.clone(), w.new_zeros(2)
        into[unit] = x
        rows.append(join(into, out, ordering))
    return torch.stack([*rows, *(join(zero, out, ordering) for out in torch.eye(2).to(w))])


def rank(matrix: Tensor) -> int:
    """How many singular values are above rounding."""
    sizes = torch.linalg.svdvals(matrix)
    return int((sizes > ZERO * sizes[0]).sum())


def one_sample(lab: Lab, w: Tensor, x: Tensor) -> None:
    """Indefinite and singular in two orderings and with three losses: there is no Newton step to take."""
    gaps, spectra = [], {}
    for ordering in ORDERINGS:
        for loss in LOSSES:
            found = hessian_by_hand(w, x, loss=loss, ordering=ordering)
            value = partial(loss_at, x=x, loss=loss, ordering=ordering)
            gaps.append(relative_error(found, torch.autograd.functional.hessian(value, w)))
            spectra[ordering, loss] = torch.linalg.eigvalsh(found), rank(found)
    lab.table(
        "1c: eigenvalues of the Hessian of the sheet's net",
        [{"ordering": ordering, "loss": loss, **named(found)} for (ordering, loss), (found, _) in spectra.items()],
    )
    lab.claim("the Hessian by hand = autograd's", largest(gaps), at_most=1e-12)
    lab.claim(
        "the sheet's net has directions of negative curvature",
        # No seed enters: -0.0484, in the reading that bends the least.
        largest(found.min() for found, _ in spectra.values()),
        at_most=-0.048,
    )
    lab.claim(
        "the Hessian of the sheet's net is singular: its rank, of 8",
        largest(ranks for _, ranks in spectra.values()),
        equals=4,
    )


def named(spectrum: Tensor) -> dict[str, float]:
    """The two lowest and the two highest of a rising spectrum (8,), and the size of what lies between."""
    low, between, high = spectrum[:2], spectrum[2:-2], spectrum[-2:]
    named = {"λ1": low[0], "λ2": low[1], "λ3 … λ6, largest size": between.abs().max(), "λ7": high[0], "λ8": high[1]}
    return {name: float(value) for name, value in named.items()}


def several_samples(lab: Lab, w: Tensor) -> None:
    """Ranks against the number of samples: of the Hessian, and of what is left of it where the residuals vanish."""
    rows = [ranks(w, samples, lab.generator()) for samples in SAMPLES]
    lab.table("1c: rank against the number of samples, P = 8", rows)
    for column in ("Hessian", "JᵀJ"):
        lab.curve(
            "1c: rank against the number of samples",
            SAMPLES,
            [row[column] for row in rows],
            series=column,
            x_label="samples n",
            y_label="rank, of 8",
            kind="course",
        )
    laws = {"Hessian": [2 * min(n, 3) + 2 for n in SAMPLES], "JᵀJ": [min(n, 7) for n in SAMPLES]}
    off = {name: largest(abs(row[name] - r) for row, r in zip(rows, law, strict=True)) for name, law in laws.items()}
    lab.claim("the rank of the Hessian of n samples = 2 min(n, 3) + 2, difference", off["Hessian"], equals=0)
    lab.claim("the rank of JᵀJ = min(n, 7), difference", off["JᵀJ"], equals=0)


def ranks(w: Tensor, samples: int, generator: torch.Generator) -> dict[str, int]:
    """For inputs N(0, 1) and targets U(0, 1), half the squared error and ``source_major``."""
    inputs = torch.randn(samples, 3, generator=generator).to(w)
    targets = torch.rand(samples, generator=generator).tolist()
    kind = {"loss": "half_mse", "ordering": ORDERINGS[0]}
    total = sum(
        (hessian_by_hand(w, x, target=t, **kind) for x, t in zip(inputs, targets, strict=True)), w.new_zeros(8, 8)
    )
    jacobian = torch.stack([_output_slope(w, x) for x in inputs])
    return {"samples": samples, "Hessian": rank(total), "JᵀJ": rank(jacobian)}


def _output_slope(w: Tensor, x: Tensor) -> Tensor:
    """do/dw (8,): the gradient of the loss (o - t)² / 2 for o - t = 1."""
    at = forward(w, x, ORDERINGS[0])
    return backward(at, w, x, loss="half_mse", ordering=ORDERINGS[0], target=float(at.o) - 1).gradient


def scaling_orbit(lab: Lab, w: Tensor, inputs: dict[str, Tensor]) -> None:
    """LeakyReLU(c z) = c LeakyReLU(z): weights into h2 times c and w8 over c are the same net, for every c > 0.

    Along that orbit, v = (weights into h2, -w8), nothing changes: g·v = 0; and differentiating once more, H v = -D g
    with D = +1 at the weights into h2 and -1 at w8. Where the gradient is zero, v is in the kernel of H.
    """
    gaps = []
    for x in inputs.values():
        for ordering in ORDERINGS:
            scaled, _ = split(w, ordering)
            sign = join(torch.stack([0 * scaled[0], 0 * scaled[1] + 1]), w.new_tensor([0.0, -1.0]), ordering)
            g = backward(forward(w, x, ordering), w, x, loss="half_mse", ordering=ordering).gradient
            found = hessian_by_hand(w, x, loss="half_mse", ordering=ordering) @ (sign * w)
            gaps.append(relative_error(found, -sign * g))
    lab.claim("along the orbit of LeakyReLU: H v = -D g", largest(gaps), at_most=1e-12)


def dead_unit(lab: Lab, w: Tensor, probe: Tensor) -> None:
    """With ReLU for LeakyReLU, h2 is dead at the probe: four weights have neither a slope nor a curvature."""
    found = torch.autograd.functional.hessian(partial(_with_relu, x=probe), w)
    idle = int((found.abs().sum(0) == 0).sum())
    lab.claim("a dead ReLU: weights whose row of the Hessian is zero", idle, equals=4)


def _with_relu(w: Tensor, x: Tensor) -> Tensor:
    return forward(w, x, ORDERINGS[0], slope=0.0).o ** 2 / 2
