"""1b, recorded: counted multiplications, and the price of a gradient in forward passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import relative_error
from bench.kit.compare import largest

from . import gradients, paths
from .tables import Row


def both_ways(widths: Sequence[int], generator: torch.Generator) -> tuple[paths.Net, float]:
    """A net, and the worst relative distance of its two gradients from autograd's, over all layers."""
    layers, x = paths.draw(widths, generator)
    net = paths.evaluate(layers, x)
    leaves = [layer.requires_grad_() for layer in layers]
    truth = torch.autograd.grad(paths.loss_of(leaves, x), leaves)
    deltas, multiply = paths.deltas(net, paths.Multiplier()), paths.Multiplier()
    found = [
        (paths.by_paths(net, number, multiply), paths.by_deltas(net, number, deltas, multiply))
        for number in range(1, len(layers) + 1)
    ]
    gaps = [relative_error(g.new_tensor(one), g) for ways, g in zip(found, truth, strict=True) for one in ways]
    return net, largest(gaps)


def claim_growth(lab: Lab, width: int, enumerated: Iterable[int], depths: Sequence[int]) -> None:
    """Counts over depth for nets of one width: counted where that is feasible, in closed form beyond."""
    nets = {depth: (*[width] * depth, 1) for depth in depths}
    by_path = [paths.path_multiplications(net) for net in nets.values()]
    by_delta = [paths.backpropagation_multiplications(net) for net in nets.values()]
    for series, counts in (("path by path", by_path), ("back-propagation", by_delta)):
        lab.curve(
            f"1b: multiplications for the first layer's gradient, width {width}",
            depths,
            counts,
            series=series,
            x_label="layers",
            y_label="multiplications",
            scale="log-y",
        )
    gaps = [abs(c - f) for depth in enumerated for c, f in counted_and_formula(nets[depth], lab.generator())]
    lab.claim("multiplications counted = closed form", largest(gaps), equals=0)
    ratios = [path / delta for path, delta in zip(by_path, by_delta, strict=True)]
    lab.metric(f"one more layer of width {width} multiplies the saving by", ratios[-1] / ratios[-2])
    lab.claim(f"the saving grows by the width, {width}, with each layer", ratios[-1] / ratios[-2], at_least=0.9 * width)


def counted_and_formula(widths: Sequence[int], generator: torch.Generator) -> list[tuple[int, int]]:
    """For path by path and for back-propagation: multiplications counted, and in closed form."""
    _, _, by_path, by_delta = paths.first_layer(paths.evaluate(*paths.draw(widths, generator)))
    formulas = paths.path_multiplications(widths), paths.backpropagation_multiplications(widths)
    return list(zip((by_path, by_delta), formulas, strict=True))


def claim_examples(lab: Lab) -> None:
    """Two nets worth remembering: 3-4-4-4-1, and ten layers of width ten."""
    small, deep = (3, 4, 4, 4, 1), (*[10] * 10, 1)
    lab.claim("3-4-4-4-1 path by path: multiplications", paths.path_multiplications(small), equals=1344)
    lab.claim("3-4-4-4-1 by back-propagation: multiplications", paths.backpropagation_multiplications(small), equals=61)
    lab.metric("ten layers of width ten, path by path", paths.path_multiplications(deep), "multiplications")
    lab.metric(
        "ten layers of width ten, back-propagation", paths.backpropagation_multiplications(deep), "multiplications"
    )


def price(width: int, generator: torch.Generator) -> Row:
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
