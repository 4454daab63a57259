"""15b: the derivative as convolutions, and where the flip is."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error

from . import b_convolutions, reference
from .b_convolutions import full_convolution, full_correlation, valid_correlation
from .by_hand import backward_at
from .figures import toeplitz_figure
from .problem import CONFIGURATIONS, Configuration, Layer, draw


def study(lab: Lab) -> None:
    pairs = [backward_at(lab, c) for c in CONFIGURATIONS]
    forms = [b_convolutions.backward(v.d, v.x, v.w, v.slide) for _, v in pairs]
    lab.claim(
        "full convolution and valid correlation = sums",
        largest(max_error(form, sums) for form, (sums, _) in zip(forms, pairs, strict=True)),
        at_most=1e-12,
    )
    lab.claim(
        "np.convolve and np.correlate = sums",
        largest(max_error(reference.by_numpy(values), sums) for sums, values in pairs),
        at_most=1e-12,
    )
    flips(lab)
    lab.claim("a layer that convolves (flips) forward correlates backward", true_convolution_error(lab), at_most=1e-12)
    lab.figure(
        "The layer and its transpose", toeplitz_figure(6, 3), "Above z = T(w) x, below dx = T(w)ᵀ d; n = 6, m = 3."
    )


def flips(lab: Lab) -> None:
    """Where the flip is, what forgetting it does, and what hides that it was forgotten."""
    w, d = sequence(lab, 1, 2, 3), sequence(lab, 1, 10)
    right, flipped = full_convolution(d, w), full_correlation(d, w.flip(0))
    lab.claim(
        "full convolution = correlation of the padded d with the flipped kernel", max_error(right, flipped), equals=0
    )
    forgotten = full_correlation(d, w)
    lab.claim("forgetting the flip of (1, 2, 3) changes dx by as much as 20", max_error(forgotten, right), equals=20)
    lab.claim(
        "a symmetric kernel would hide a forgotten flip", forgotten_flip(lab, sequence(lab, 1, 2, 1)), at_most=1e-12
    )
    lab.claim("control: a drawn kernel shows a forgotten flip", forgotten_flip(lab, drawn(lab).w[0, 0]), at_least=1e-3)
    lab.claim("a forgotten flip is off by twice the odd part of w", odd_part_error(lab), at_most=1e-12)


def sequence(lab: Lab, *values: float) -> Tensor:
    return torch.tensor(values, device=lab.device, dtype=lab.dtype)


def drawn(lab: Lab) -> Layer:
    return draw(lab, Configuration(reading="more outputs", n=9, m=4))


def forgotten_flip(lab: Lab, w: Tensor) -> float:
    """How far the padded d, correlated with w as it is, lies from autograd's dx."""
    d = drawn(lab).d
    x = w.new_zeros(1, d.shape[1] + len(w) - 1)
    layer = Layer(x=x, w=w[None, None], b=w.new_zeros(1), d=d, slide=drawn(lab).slide)
    return max_error(full_correlation(d[0], w), reference.by_autograd(layer)[0][0])


def odd_part_error(lab: Lab) -> float:
    """w is an even and an odd part, w̃ the even minus the odd one: so wrong minus right is −2 times d ∗ w_odd."""
    values = drawn(lab)
    d, w = values.d[0], values.w[0, 0]
    odd = (w - w.flip(0)) / 2
    return max_error(full_correlation(d, w) - reference.by_autograd(values)[0][0], -2 * full_convolution(d, odd))


def true_convolution_error(lab: Lab) -> float:
    """With z = x ∗ w (valid): dx = full correlation of d with w, dw = flipped valid correlation of x with d."""
    values = drawn(lab)
    x, w, d = values.x[0], values.w[0, 0], values.d[0]
    dx, dw = full_correlation(d, w), valid_correlation(x, d).flip(0)
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
    z = F.conv1d(leaves[0][None, None], leaves[1].flip(0)[None, None])[0, 0]
    return max_error((dx, dw), torch.autograd.grad(z, leaves, d))
