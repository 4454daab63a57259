"""1b: the price of a gradient in forward passes, with multiply-adds counted by PyTorch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import b_gradients as gradients
from . import b_paths as paths

WIDTHS = (7, 22, 70, 223)


def study(lab: Lab) -> None:
    """Nets of P = 105 to 99 681 weights."""
    prices = [price(width, lab.generator()) for width in WIDTHS]
    lab.table("1b: the price of one gradient, in forward passes", prices)
    for series in ("back-propagation", "one-sided differences"):
        lab.curve(
            "1b: the price of one gradient",
            [row["weights P"] for row in prices],
            [row[series] for row in prices],
            series=series,
            x_label="weights P",
            y_label="forward passes",
            scale="log-log",
        )
    dearest = largest(row["back-propagation"] for row in prices)
    lab.claim("a gradient by back-propagation costs at most 3 forward passes, whatever P", dearest, at_most=3.0)
    # Of the three products of a layer the first layer does without one: n² of 2 n² + n.
    law = [2 + (n + 1) / (2 * n + 1) for n in WIDTHS]
    off = largest(abs(row["back-propagation"] - price) for row, price in zip(prices, law, strict=True))
    lab.claim("the price counted = 2 + (n + 1) / (2n + 1)", off, at_most=1e-12)
    lab.claim("central differences: forward passes per weight", passes_per_weight(lab.generator()), equals=2)


def price(width: int, generator: torch.Generator) -> dict[str, Any]:
    """The multiply-adds of a gradient of a net width-width-width-1, in units of one forward pass."""
    loss, w = problem(width, generator)
    once = gradients.multiply_adds(lambda: loss(w))
    both = gradients.multiply_adds(lambda: gradients.backpropagation(loss, w))
    return {
        "width": width,
        "weights P": w.numel(),
        "multiply-adds of a forward pass": once,
        "back-propagation": both / once,
        "one-sided differences": float(w.numel() + 1),
    }


def problem(width: int, generator: torch.Generator) -> tuple[gradients.Loss, Tensor]:
    """The loss of a net width-width-width-1 as a function of its weights, and the weights (P,)."""
    widths = (width, width, width, 1)
    layers, x = paths.draw(widths, generator)
    return gradients.loss_in_w(widths, x[:, None]), torch.cat([layer.flatten() for layer in layers])


def passes_per_weight(generator: torch.Generator) -> float:
    """Forward passes that central differences really take, per weight."""
    loss, w = problem(7, generator)
    return gradients.forward_passes(loss, w, gradients.differences) / w.numel()
