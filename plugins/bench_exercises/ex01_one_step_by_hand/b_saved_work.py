"""1b: the chain rule path by path and by deltas, every multiplication counted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch

from bench import Lab
from bench.kit.compare import largest, relative_error

from . import b_gradients as gradients
from . import b_paths as paths
from . import figures
from .problem import several


def study(lab: Lab, widths: tuple[int, ...]) -> None:
    """Path by path and by deltas: equal gradients, and every multiplication counted."""
    net, worst = both_ways(paths.checked(several(widths)), lab.generator())
    _, _, by_path, by_delta = paths.first_layer(net)
    lab.metric("paths from an input to the output", math.prod(net.widths))
    lab.metric("path by path, for the first layer's gradient", by_path, "multiplications")
    lab.metric("back-propagation, for the first layer's gradient", by_delta, "multiplications")
    lab.claim("gradient path by path = by deltas = autograd", worst, at_most=1e-12)
    lab.figure(
        "1b paths", figures.routes(net.widths), "One path is one product of the chain rule; paths share their ends."
    )
    claim_examples(lab)
    claim_growth(lab, width=4, enumerated=range(1, 6), depths=range(1, 13))
    claim_five_ways(lab, net.widths)


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


def claim_five_ways(lab: Lab, widths: Sequence[int]) -> None:
    """The ways that ``b.speed`` times, in float64, on weights (P,) and an input (n, 1) of the same generator."""
    layers, x = paths.draw(widths, lab.generator())
    w, x = torch.cat([layer.flatten() for layer in layers]), x[:, None]
    loss = gradients.loss_in_w(widths, x)
    truth = gradients.backpropagation(loss, w)
    exact = [gradients.backpropagation_by_hand(widths, x, w), gradients.forward_mode(widths, x, w)]
    numeric = [gradients.differences(loss, w), gradients.differences_at_once(loss, w)]
    by_hand, by_numbers = ([relative_error(found, truth) for found in ways] for ways in (exact, numeric))
    lab.claim("written out, and in forward mode = autograd", largest(by_hand), at_most=1e-12)
    lab.claim("differences, one by one and at once = autograd", largest(by_numbers), at_most=1e-8)
