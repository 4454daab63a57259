"""ex01: One step of SGD and Adam by hand.

A network of three inputs, two hidden nodes and one output, with its eight weights given: one iteration of
back-propagation with every number shown, what back-propagation saves, and what Newton, RMSprop and Adam do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor

from bench import Exercise, Lab, hookimpl

from . import drawing, gradients, one_step, paths, rules, saved_work, second_order, tables
from .network import (
    INPUTS,
    LOSSES,
    ORDERINGS,
    PROBE,
    WEIGHTS,
    backward,
    by_autograd,
    forward,
    in_plain_python,
)

T = TypeVar("T")
Some: TypeAlias = T | tuple[T, ...]
exercise = Exercise(tags=("theory", "backpropagation", "optimisers"))


@exercise.study(
    "a",
    "One iteration of back-propagation with SGD and with Adam",
    ordering=ORDERINGS,
    loss=tuple(LOSSES),
    lr=(0.1, 0.01, 1.0),
    adam_lr=(0.001, 0.01, 0.1),
)
def one_iteration(lab: Lab, ordering: Some[str], loss: Some[str], lr: Some[float], adam_lr: Some[float]) -> None:
    orderings, losses = several(ordering), several(loss)
    lrs, adam_lrs = positive("lr", several(lr)), positive("adam_lr", several(adam_lr))
    w, x, probe = given(lab)
    for order in orderings:
        found = tables.gradients(w, x, order, losses)
        lab.table(f"1a: every quantity, {order}", tables.quantities(w, x, order, losses))
        lab.table(f"1a: gradients, {order}", tables.by_weight(w, order, {f"∂L/∂w, {k}": g for k, g in found.items()}))
        for name, g in found.items():
            rows = tables.updates(w, g, order, lrs=lrs, adam_lrs=adam_lrs)
            lab.table(f"1a: weights after one step, {order}, {name}", rows)
        lab.table(f"1a: inside Adam, {losses[0]}, {order}", tables.inside_adam(w, found[losses[0]], order, adam_lrs[0]))
        lab.table(f"1a: every quantity at the probe x1 = -4, {order}", tables.quantities(w, probe, order, losses))
        at = forward(w, x, order)
        picture = drawing.graph(
            w, at, backward(at, w, x, loss=losses[0], ordering=order), ordering=order, loss=losses[0]
        )
        lab.figure(f"1a graph {order}", picture, "Values flow forward (blue), derivatives flow back (orange).")
    one_step.claim_sheet(lab, w, x, probe, orderings=orderings, loss=losses[0])
    one_step.show_weights(lab, w, x, ordering=orderings[0], loss=losses[0], lr=lrs[0], adam_lr=adam_lrs[0])
    one_step.claim_gradients(lab, w, {"sheet": x, "probe": probe}, orderings=orderings, losses=losses)
    one_step.claim_slips(lab, w, {"sheet": x, "probe": probe}, orderings=orderings, loss=losses[0])
    one_step.claim_steps(lab, w, x, orderings=orderings, losses=losses, lrs=lrs, adam_lrs=adam_lrs)
    one_step.claim_memory(lab)


def given(lab: Lab) -> tuple[Tensor, Tensor, Tensor]:
    """The sheet's weights (8,) and input (3,), and the probe (3,)."""
    w, x, probe = (torch.tensor(values, dtype=lab.dtype, device=lab.device) for values in (WEIGHTS, INPUTS, PROBE))
    return w, x, probe


def several(value: Some[T]) -> tuple[T, ...]:
    """A parameter as a tuple: ``--param lr=0.1`` gives one value where the default gives several."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def positive(name: str, values: tuple[float, ...]) -> tuple[float, ...]:
    if not values or not all(isinstance(value, int | float) and 0 < value < math.inf for value in values):
        raise ValueError(f"{name} must be one or more positive numbers, got {values}")
    return values


@exercise.comparison(
    "a.speed", "The same steps of SGD without the overhead of a framework", reference="autograd", steps=(1, 100)
)
def speed_of_steps(lab: Lab, steps: int) -> Mapping[str, Callable[[], Tensor]]:
    """Every variant takes ``steps`` steps of SGD with rate 0.1 on half the squared error, from the sheet's weights."""
    w, x, _ = given(lab)
    x = x + 0.1 * torch.randn(3, generator=lab.generator()).to(x)

    def steps_by(gradient: Callable[[Tensor], Tensor]) -> Tensor:
        current = w
        for _ in range(steps):
            current = current - 0.1 * gradient(current)
        return current

    def by_hand(current: Tensor) -> Tensor:
        return backward(
            forward(current, x, "source_major"), current, x, loss="half_mse", ordering="source_major"
        ).gradient

    return {
        "autograd": lambda: steps_by(lambda current: by_autograd(current, x, "half_mse", "source_major")),
        "by hand, torch": lambda: steps_by(by_hand),
        "by hand, plain Python": lambda: w.new_tensor(in_plain_python(w.tolist(), x.tolist(), 0.1, steps)),
    }


@exercise.study("b", "How back-propagation avoids repeated differentiation", devices=("cpu",), widths=(3, 4, 4, 4, 1))
def shared_suffixes(lab: Lab, widths: tuple[int, ...]) -> None:
    """Path by path and by deltas: equal gradients, and every multiplication counted."""
    net, worst = saved_work.both_ways(paths.checked(several(widths)), lab.generator())
    _, _, by_path, by_delta = paths.first_layer(net)
    lab.metric("paths from an input to the output", math.prod(net.widths))
    lab.metric("path by path, for the first layer's gradient", by_path, "multiplications")
    lab.metric("back-propagation, for the first layer's gradient", by_delta, "multiplications")
    lab.claim("gradient path by path = by deltas = autograd", worst, at_most=1e-12)
    lab.figure(
        "1b paths", drawing.routes(net.widths), "One path is one product of the chain rule; paths share their ends."
    )
    saved_work.claim_examples(lab)
    saved_work.claim_growth(lab, width=4, enumerated=range(1, 6), depths=range(1, 13))


@exercise.study("b.passes", "The price of a gradient, in forward passes", devices=("cpu",))
def price_in_passes(lab: Lab) -> None:
    """Multiply-adds are counted by PyTorch, for P = 105 to 99 681 weights."""
    prices = [saved_work.price(width, lab.generator()) for width in (7, 22, 70, 223)]
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
    dearest = max(row["back-propagation"] for row in prices)
    lab.claim("a gradient by back-propagation costs at most 3 forward passes, whatever P", dearest, at_most=3.0)
    lab.claim("central differences: forward passes per weight", saved_work.passes_per_weight(lab.generator()), equals=2)


@exercise.comparison(
    "b.speed",
    "The gradient of P = 2 width² + width weights, five ways",
    reference="back-propagation",
    tolerance=1e-2,
    width=(3, 6, 12),
)
def speed_of_gradients(lab: Lab, width: int) -> Mapping[str, Callable[[], Tensor]]:
    """A net width-width-width-1. Differences in float32 keep about four digits, hence the wide tolerance."""
    widths = paths.checked((width, width, width, 1))
    layers, x = paths.draw(widths, lab.generator())
    w = torch.cat([layer.flatten() for layer in layers]).to(lab.device, lab.dtype)
    x = x[:, None].to(w)
    loss = gradients.loss_in_w(widths, x)
    return {
        "back-propagation": lambda: gradients.backpropagation(loss, w),
        "back-propagation by hand": lambda: gradients.backpropagation_by_hand(widths, x, w),
        "forward mode": lambda: gradients.forward_mode(widths, x, w),
        "differences at once": lambda: gradients.differences_at_once(loss, w),
        "differences one by one": lambda: gradients.differences(loss, w),
    }


@exercise.study("c", "Newton's method: its one step, its saddle, its divergence", devices=("cpu",))
def newtons_method(lab: Lab) -> None:
    """Two or three numbers at a time: nothing that a GPU could speed up."""
    second_order.quadratic(lab)
    second_order.affine_invariance(lab)
    second_order.rate(lab)
    second_order.picture(lab, second_order.saddle(lab), second_order.divergence(lab))
    second_order.cost(lab, parameters=(8, 1_000, 1_000_000, second_order.EX04))
    w, x, _ = given(lab)
    second_order.sheets_own_net(lab, w, x)


@exercise.study("d", "What RMSprop and Adam are good at, and what spoils it", devices=("cpu",))
def adaptive_rates(lab: Lab) -> None:
    rules.first_step(lab, lr=0.001)
    rules.scale(lab, lr=0.01)
    rules.turned(lab, lr=0.01, steps=500)
    rules.angles(lab, lr=0.01, steps=500)
    rules.bounded_steps(lab, lr=0.001)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
