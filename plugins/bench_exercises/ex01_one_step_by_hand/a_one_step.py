"""The claims of 1a: the gradient three ways, the slips that must be noticed, and both steps against torch.optim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import adam, sgd
from bench.kit.compare import largest, max_error, relative_error, smallest

from . import a_tables, figures
from .a_mistakes import MISTAKES
from .a_tables import first_adam_step, quantities, slips
from .by_hand import after, backward
from .checks import by_differences
from .network import forward, loss_at
from .problem import Some, given, several
from .reference import by_autograd, by_torch


def study(lab: Lab, ordering: Some[str], loss: Some[str], lr: Some[float], adam_lr: Some[float]) -> None:
    """Every quantity and both updates in tables and pictures, and what is claimed of them."""
    orderings, losses = several(ordering), several(loss)
    lrs, adam_lrs = several(lr), several(adam_lr)
    w, x, probe = given(lab)
    for order in orderings:
        found = a_tables.gradients(w, x, order, losses)
        lab.table(f"1a: every quantity, {order}", a_tables.quantities(w, x, order, losses))
        lab.table(f"1a: gradients, {order}", a_tables.by_weight(w, order, {f"∂L/∂w, {k}": g for k, g in found.items()}))
        for name, g in found.items():
            rows = a_tables.updates(w, g, order, lrs=lrs, adam_lrs=adam_lrs)
            lab.table(f"1a: weights after one step, {order}, {name}", rows)
        lab.table(
            f"1a: inside Adam, {losses[0]}, {order}", a_tables.inside_adam(w, found[losses[0]], order, adam_lrs[0])
        )
        lab.table(f"1a: every quantity at the probe x1 = -4, {order}", a_tables.quantities(w, probe, order, losses))
        at = forward(w, x, order)
        picture = figures.graph(
            w, at, backward(at, w, x, loss=losses[0], ordering=order), ordering=order, loss=losses[0]
        )
        lab.figure(f"1a graph {order}", picture, "Values flow forward (blue), derivatives flow back (orange).")
    claim_sheet(lab, w, x, probe, orderings=orderings, loss=losses[0])
    show_weights(lab, w, x, ordering=orderings[0], loss=losses[0], lr=lrs[0], adam_lr=adam_lrs[0])
    claim_gradients(lab, w, {"sheet": x, "probe": probe}, orderings=orderings, losses=losses)
    claim_slips(lab, w, {"sheet": x, "probe": probe}, orderings=orderings, loss=losses[0])
    claim_steps(lab, w, x, orderings=orderings, losses=losses, lrs=lrs, adam_lrs=adam_lrs)
    claim_memory(lab)


def claim_gradients(
    lab: Lab, w: Tensor, inputs: dict[str, Tensor], *, orderings: Sequence[str], losses: Sequence[str]
) -> None:
    """By hand = autograd = central differences, the worst of all orderings, losses and inputs."""
    against_autograd, against_differences = [], []
    for ordering, loss, x in product(orderings, losses, inputs.values()):
        found = backward(forward(w, x, ordering), w, x, loss=loss, ordering=ordering).gradient
        numeric = by_differences(partial(loss_at, x=x, loss=loss, ordering=ordering), w)
        against_autograd.append(relative_error(found, by_autograd(w, x, loss, ordering)))
        against_differences.append(relative_error(found, numeric))
    lab.claim("gradient by hand = autograd", largest(against_autograd), at_most=1e-12)
    lab.claim("gradient by hand = central differences", largest(against_differences), at_most=1e-8)


def claim_slips(lab: Lab, w: Tensor, inputs: dict[str, Tensor], *, orderings: Sequence[str], loss: str) -> None:
    """Which mistakes each check would notice. The gradient at the probe notices them all."""
    tables = [slips(w, inputs, ordering, loss) for ordering in orderings]
    for ordering, rows in zip(orderings, tables, strict=True):
        lab.table(f"1a: what each slip would change, relative errors, {ordering}", rows)
    forgotten = [row for rows in tables for row in rows if row["mistake"] == next(iter(MISTAKES))]
    lab.claim(
        "at the sheet's input a forgotten slope 0.2 goes unnoticed",
        largest(row["gradient, sheet"] for row in forgotten),
        at_most=1e-12,
    )
    lab.claim(
        "at the probe x1 = -4 a forgotten slope 0.2 spoils the gradient",
        smallest(row["gradient, probe"] for row in forgotten),
        at_least=0.1,
    )
    lab.claim(
        "every slip shows in the gradient at the probe",
        smallest(row["gradient, probe"] for rows in tables for row in rows),
        at_least=1e-3,
    )
    doubled = [row for rows in tables for row in rows if row["mistake"] == "factor 2 of the loss"]
    lab.claim(
        "Adam's first step does not notice a doubled gradient",
        largest(row["Adam step, sheet"] for row in doubled),
        at_most=1e-4,
    )


def claim_steps(
    lab: Lab,
    w: Tensor,
    x: Tensor,
    *,
    orderings: Sequence[str],
    losses: Sequence[str],
    lrs: Sequence[float],
    adam_lrs: Sequence[float],
) -> None:
    """Both updates against torch.optim, and Adam's first step against lr sign(g)."""
    gradients = [
        backward(forward(w, x, o), w, x, loss=loss, ordering=o).gradient for o, loss in product(orderings, losses)
    ]
    plain = [max_error(after(sgd, w, g, lr), by_torch(torch.optim.SGD, w, g, lr)) for g, lr in product(gradients, lrs)]
    moved = [
        max_error(after(adam, w, g, lr), by_torch(torch.optim.Adam, w, g, lr)) for g, lr in product(gradients, adam_lrs)
    ]
    lab.claim("SGD step by hand = torch.optim.SGD", largest(plain), at_most=1e-12)
    lab.claim("Adam step by hand = torch.optim.Adam", largest(moved), at_most=1e-12)
    signs = largest((first_adam_step(w, g, 1e-3) / 1e-3 + g.sign()).abs().max() for g in gradients)
    exact = largest((first_adam_step(w, g, 1e-3) / 1e-3 + g / (g.abs() + 1e-8)).abs().max() for g in gradients)
    lab.claim("Adam's first step = -lr sign(g), relative", signs, at_most=1e-4)
    lab.claim("Adam's first step = -lr g / (abs(g) + eps), relative", exact, at_most=1e-9)


def claim_sheet(lab: Lab, w: Tensor, x: Tensor, probe: Tensor, *, orderings: Sequence[str], loss: str) -> None:
    """Where the sheet's own numbers put the two hidden nodes, and each quantity of the first ordering and loss."""
    for row in quantities(w, x, orderings[0], [loss]):
        lab.metric(f"{row['quantity']}, {orderings[0]}, {loss}", row[loss])
    sheet, probed = ([forward(w, at, ordering) for ordering in orderings] for at in (x, probe))
    lab.claim("z_h2 at the sheet's input is positive", smallest(at.z[1] for at in sheet), at_least=1.0)
    lab.claim("z_h2 at the probe is negative", largest(at.z[1] for at in probed), at_most=-1.0)


def show_weights(lab: Lab, w: Tensor, x: Tensor, *, ordering: str, loss: str, lr: float, adam_lr: float) -> None:
    """The answer's own table: every derivative, and every weight after one step of either rule."""
    g = backward(forward(w, x, ordering), w, x, loss=loss, ordering=ordering).gradient
    columns = {
        "∂L/∂w": g,
        f"SGD, lr {lr:g}": after(sgd, w, g, lr),
        f"Adam, lr {adam_lr:g}": after(adam, w, g, adam_lr),
    }
    for column, values in columns.items():
        for i, value in enumerate(values, start=1):
            lab.metric(f"w{i}: {column}, {ordering}, {loss}", value)


def claim_memory(lab: Lab) -> None:
    """Numbers that the optimisers of torch keep per weight."""
    kept = {cls.__name__: kept_per_weight(cls) for cls in (torch.optim.SGD, torch.optim.RMSprop, torch.optim.Adam)}
    lab.table(
        "1a: numbers kept per weight", [{"optimiser": name, "numbers": numbers} for name, numbers in kept.items()]
    )
    lab.claim("Adam keeps two numbers per weight", kept["Adam"], equals=2)
    lab.claim("RMSprop keeps one number per weight", kept["RMSprop"], equals=1)


def kept_per_weight(optimiser: Callable[..., torch.optim.Optimizer], weights: int = 100) -> float:
    """State entries shaped like the weights after one step."""
    w = torch.zeros(weights, requires_grad=True)
    w.grad = torch.ones(weights)
    trained = optimiser([w], lr=0.1)
    trained.step()
    return sum(value.numel() for value in trained.state[w].values() if value.shape == w.shape) / weights
