"""1a: the classic mistakes. Each is one slip, computed for real, and each must fail a claim of the study."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error, relative_error

from . import a_on_paper
from .by_hand import backward, outer_products, slopes
from .network import forward, join, loss_named, split
from .problem import ORDERINGS, TARGET
from .reference import by_autograd, by_torch

GRADIENT = "gradient by hand = autograd"
ON_PAPER = "the text's numbers on paper = computed, largest difference"


def slope_forgotten(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """LeakyReLU' taken as 1 on both sides."""
    at = forward(w, x, ordering)
    _, out = split(w, ordering)
    delta_o = loss_named(loss).delta(at.o, TARGET)
    return outer_products(at, x, delta_o, out * delta_o * slopes(at, slope=1.0), ordering=ordering)


def tanh_slope_at_z(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """tanh' written as 1 - z1^2 instead of 1 - h1^2."""
    at = forward(w, x, ordering)
    _, out = split(w, ordering)
    delta_o = loss_named(loss).delta(at.o, TARGET)
    slope = torch.stack([1 - at.z[0] ** 2, slopes(at)[1]])
    return outer_products(at, x, delta_o, out * delta_o * slope, ordering=ordering)


def new_weights(w: Tensor, x: Tensor, loss: str, ordering: str, *, lr: float = 0.1) -> Tensor:
    """w7 and w8 are updated before delta_h is computed from them."""
    at = forward(w, x, ordering)
    right = backward(at, w, x, loss=loss, ordering=ordering)
    updated = w - lr * right.gradient
    return outer_products(at, x, right.delta_o, updated[6:] * right.delta_o * slopes(at), ordering=ordering)


def sigmoid_forgotten(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """delta_o = dL/do, without sigmoid' = o (1 - o)."""
    at = forward(w, x, ordering)
    right = backward(at, w, x, loss=loss, ordering=ordering)
    return right.gradient / (at.o * (1 - at.o))


def doubled(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """The factor 2 between (o - t)^2 and half of it."""
    return 2 * backward(forward(w, x, ordering), w, x, loss=loss, ordering=ordering).gradient


def other_ordering(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """The matrix of derivatives read off by columns where it should be by rows, or the other way round."""
    right = backward(forward(w, x, ordering), w, x, loss=loss, ordering=ordering)
    wrong = ORDERINGS[1 - ORDERINGS.index(ordering)]
    return join(*split(right.gradient, ordering), wrong)


MISTAKES = {
    "slope of LeakyReLU forgotten": slope_forgotten,
    "tanh' from z1 instead of h1": tanh_slope_at_z,
    "delta_h from updated w7, w8": new_weights,
    "sigmoid' forgotten": sigmoid_forgotten,
    "factor 2 of the loss": doubled,
    "derivatives at the other arrows": other_ordering,
}


def uphill(w: Tensor, g: Tensor, lr: float) -> Tensor:
    """SGD with the sign of a gain: w + lr g."""
    return w + lr * g


def uncorrected(w: Tensor, g: Tensor, lr: float) -> Tensor:
    """Adam's first step without the bias corrections: (1 - β1) / √(1 - β2) = 3.16 times too long."""
    return w - lr * 0.1 * g / ((0.001 * g**2).sqrt() + 1e-8)


def without_root(w: Tensor, g: Tensor, lr: float) -> Tensor:
    """Adam dividing by v, and not by its root: the step becomes lr / g."""
    return w - lr * g / (g**2 + 1e-8)


def break_them(lab: Lab, w: Tensor, x: Tensor, *, orderings: Sequence[str], loss: str) -> None:
    """Every slip at the probe x (3,), against the claims of the study."""
    gradients = [by_autograd(w, x, loss, ordering) for ordering in orderings]

    def backward_slip(wrong: Callable[[Tensor, Tensor, str, str], Tensor]) -> float:
        return largest(
            relative_error(wrong(w, x, loss, order), g) for order, g in zip(orderings, gradients, strict=True)
        )

    def step_slip(
        wrong: Callable[[Tensor, Tensor, float], Tensor], right: type[torch.optim.Optimizer], lr: float
    ) -> float:
        return largest(max_error(wrong(w, g, lr), by_torch(right, w, g, lr)) for g in gradients)

    sgd, adam = "SGD step by hand = torch.optim.SGD", "Adam step by hand = torch.optim.Adam"
    positive_w8 = torch.cat([w[:7], -w[7:]])
    mistakes = [
        *(Mistake(name=name, fails=GRADIENT, value=backward_slip(wrong)) for name, wrong in MISTAKES.items()),
        Mistake(name="w + lr g: uphill", fails=sgd, value=step_slip(uphill, torch.optim.SGD, 0.1)),
        Mistake(name="Adam uncorrected", fails=adam, value=step_slip(uncorrected, torch.optim.Adam, 0.001)),
        Mistake(name="Adam without the root", fails=adam, value=step_slip(without_root, torch.optim.Adam, 0.001)),
        Mistake(
            name="w8 without its sign",
            fails=ON_PAPER,
            value=a_on_paper.distance(positive_w8, x, orderings, a_on_paper.PROBED),
        ),
    ]
    break_it(lab, *mistakes)
