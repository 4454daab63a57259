"""15b: the derivative as convolutions, and where the flip is."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error

from . import b_convolutions, reference
from .by_hand import backward_at
from .figures import toeplitz_figure
from .problem import CONFIGURATIONS, Configuration, draw


def study(lab: Lab) -> None:
    pairs = [(backward_at(lab, c), c) for c in CONFIGURATIONS]
    forms = [b_convolutions.backward(v.d, v.x, v.w, v.s) for (_, v), _ in pairs]
    lab.claim(
        "full convolution and valid correlation = sums",
        largest(max_error(form, sums) for form, ((sums, _), _) in zip(forms, pairs, strict=True)),
        at_most=1e-12,
    )
    lab.claim(
        "np.convolve and np.correlate = sums",
        largest(max_error(reference.by_numpy(values), sums) for (sums, values), _ in pairs),
        at_most=1e-12,
    )
    flips(lab)
    lab.figure(
        "The layer and its transpose", toeplitz_figure(6, 3), "Left z = T(w) x, right dx = T(w)ᵀ d; n = 6, m = 3."
    )


def flips(lab: Lab) -> None:
    """Where the flip is, and what hides that it was forgotten."""
    w, d = lab_sequence(lab, 1, 2, 3), lab_sequence(lab, 1, 10)
    right, flipped = b_convolutions.full_convolution(d, w), b_convolutions.full_correlation_with_flipped(d, w)
    lab.claim(
        "full convolution = correlation of the padded d with the flipped kernel",
        (right - flipped).abs().max(),
        equals=0,
    )
    forgotten = b_convolutions.full_convolution(d, w.flip(0))
    lab.claim(
        "forgetting the flip of (1, 2, 3) changes dx by as much as 20", (right - forgotten).abs().max(), equals=20
    )
    symmetric = lab_sequence(lab, 1, 2, 1)
    hidden = b_convolutions.full_convolution(d, symmetric) - b_convolutions.full_convolution(d, symmetric.flip(0))
    lab.claim("a symmetric kernel would hide a forgotten flip", hidden.abs().max(), equals=0)
    lab.claim("a layer that convolves (flips) forward correlates backward", true_convolution_error(lab), at_most=1e-12)


def lab_sequence(lab: Lab, *values: float) -> Tensor:
    return torch.tensor(values, device=lab.device, dtype=lab.dtype)


def true_convolution_error(lab: Lab) -> float:
    """With z = x ∗ w (valid): dx = full correlation of d with w, dw = flipped valid correlation of x with d."""
    values = draw(lab, Configuration(reading="more outputs", n=9, m=4))
    x, w, d = values.x[0], values.w[0, 0], values.d[0]
    dx = b_convolutions.full_convolution(d, w.flip(0))
    dw = b_convolutions.valid_correlation(x, d).flip(0)
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
    z = F.conv1d(leaves[0][None, None], leaves[1].flip(0)[None, None])[0, 0]
    return max_error((dx, dw), torch.autograd.grad(z, leaves, d))
