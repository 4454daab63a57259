"""Independent ways to know what is right, and the classic mistakes, which they must notice.

Right: transposed matrices, central differences, and the pairings. Wrong: backward passes, each with one slip.
"""

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.kit import byhand
from bench.kit.compare import largest, relative_error

from . import by_hand
from .network import forward, toeplitz, windows
from .problem import Gradients, Layer, Slide

Backward = Callable[[Tensor, Tensor, Tensor, Slide], Gradients]


def by_matrices(layer: Layer) -> Gradients:
    """dx = T(w)ᵀ d and dw[i] = X(x)ᵀ d[i]: the transposes of the two matrices of one bilinear map."""
    x, w, _, d, slide = layer
    dx = toeplitz(w, x.shape[1], slide).T @ d.flatten()
    return dx.view_as(x), (d @ windows(x, w.shape[2], slide)).view_as(w), d.sum(1)


def cost(z: Tensor) -> Tensor:
    """L = Σ log cosh z, a smooth cost with ∂L/∂z = tanh z, so that d is the derivative of something."""
    return torch.log(torch.cosh(z)).sum()


def by_differences(layer: Layer) -> Gradients:
    """Central differences of ``cost`` at the layer's own output; d plays no part."""
    dx, dw, db = byhand.central_differences(lambda x, w, b: cost(forward(x, w, b, layer.slide)), layer[:3])
    return dx, dw, db


def differences_error(values: Layer) -> float:
    """Here d must be the derivative of the cost itself: d = tanh z."""
    x, w, b, _, slide = values
    d = torch.tanh(forward(x, w, b, slide))
    return relative_error(by_hand.backward(d, x, w, slide), by_differences(values))


def adjoint_error(gradients: Gradients, values: Layer) -> float:
    """z − b is linear in x and linear in w, so both gradients, paired with what they belong to, give ⟨d, z − b⟩."""
    x, w, b, d, slide = values
    pairing = (d * forward(x, w, torch.zeros_like(b), slide)).sum()
    dx, dw, _ = gradients
    return largest((pairing - (dx * x).sum()).abs(), (pairing - (dw * w).sum()).abs())


def overwriting(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    dx = torch.zeros_like(x)
    n = x.shape[1]
    for t in range(d.shape[1]):
        for u in range(w.shape[2]):
            v = slide.s * t + slide.r * u - slide.p
            if 0 <= v < n:
                dx[:, v] = d[:, t] @ w[:, :, u]
    return dx, *by_hand.backward(d, x, w, slide)[1:]


def unflipped(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    return by_hand.backward(d, x, w.flip(2), slide)[0], *by_hand.backward(d, x, w, slide)[1:]


def flipped_weights(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    dx, dw, db = by_hand.backward(d, x, w, slide)
    return dx, dw.flip(2), db


def one_place_only(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    first = torch.zeros_like(d)
    first[:, 0] = d[:, 0]
    dx, _, db = by_hand.backward(d, x, w, slide)
    return dx, by_hand.backward(first, x, w, slide)[1], db


def repeated(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    """As a picture is enlarged: every d stands s times, where zeros belong between."""
    # Room for the s − 1 repetitions of the last d, whose windows would reach beyond x.
    roomy = F.pad(x, (0, slide.s * (d.shape[1] + 1)))
    unstrided = Slide(1, slide.p, slide.r)
    longer = d.repeat_interleave(slide.s, dim=1)
    missing = unstrided.places(roomy.shape[1], w.shape[2]) - longer.shape[1]
    dx = by_hand.backward(F.pad(longer, (0, missing)), roomy, w, unstrided)[0]
    return dx[:, : x.shape[1]], *by_hand.backward(d, x, w, slide)[1:]


def uncut(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    """The padding is cut off at one end only: everything stands p places too far to the right."""
    dx = by_hand.backward(d, F.pad(x, (slide.p, slide.p)), w, Slide(slide.s, 0, slide.r))[0]
    return dx[:, : x.shape[1]], *by_hand.backward(d, x, w, slide)[1:]


def one_channel_only(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    return by_hand.backward(d[:1], x, w[:1], slide)[0], *by_hand.backward(d, x, w, slide)[1:]


def averaged(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    dx, dw, db = by_hand.backward(d, x, w, slide)
    return dx, dw / d.shape[1], db


def averaged_bias(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    dx, dw, _ = by_hand.backward(d, x, w, slide)
    return dx, dw, d.mean(1)


def wrong_sign(d: Tensor, x: Tensor, w: Tensor, slide: Slide) -> Gradients:
    dx, dw, db = by_hand.backward(d, x, w, slide)
    return -dx, dw, db


MISTAKES: Mapping[str, Backward] = {
    "= for +=: a node keeps what its last window sends": overwriting,
    "the kernel is not flipped": unflipped,
    "dw is flipped": flipped_weights,
    "dw collects from the first place only": one_place_only,
    "stride: every d repeated, where zeros belong between": repeated,
    "padding: not cut off in front": uncut,
    "channels: dx of the first output channel only": one_channel_only,
    "db is a mean over the places": averaged_bias,
    "dx has the other sign": wrong_sign,
}
"""What is wrong, and a backward pass that does it."""
