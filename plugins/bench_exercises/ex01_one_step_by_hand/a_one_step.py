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

from . import a_mistakes, a_on_paper, a_tables, figures, solution
from .a_mistakes import MISTAKES, ON_PAPER
from .a_on_paper import PRINTED
from .a_tables import first_adam_step, quantities, slips
from .by_hand import Rule, after, backward
from .checks import by_differences
from .network import forward, loss_at, loss_named, split
from .problem import Some, given, several
from .reference import LOSSES, by_autograd, by_torch

TARGETS = (0.0, 0.7, 1.0)
EPS = 1e-8
"""Adam's ε."""
ROUNDING = 1e-12
"""A step of 1e-3, taken as the difference of two weights near 1, is known to about 1e-13 of itself."""


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
    claim_paper(lab, w, x, probe, orderings=orderings)
    claim_losses(lab, losses)
    claim_solution(lab, w, x, orderings)
    show_memory(lab)
    a_mistakes.break_them(lab, w, probe, orderings=orderings, loss=losses[0])


def claim_gradients(
    lab: Lab, w: Tensor, inputs: dict[str, Tensor], *, orderings: Sequence[str], losses: Sequence[str]
) -> None:
    """By hand = autograd = central differences, the worst of all orderings, losses, inputs and targets."""
    against_autograd, against_differences = [], []
    # At the sheet's target 0 the term t log o of the cross-entropy, and the sign of t, could be anything.
    for ordering, loss, x, target in product(orderings, losses, inputs.values(), TARGETS):
        found = backward(forward(w, x, ordering), w, x, loss=loss, ordering=ordering, target=target).gradient
        numeric = by_differences(partial(loss_at, x=x, loss=loss, ordering=ordering, target=target), w)
        against_autograd.append(relative_error(found, by_autograd(w, x, loss, ordering, target=target)))
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
        # δ_h2 becomes five times too large: 4 |δ_h2| |x1| against the largest derivative, from the numbers on paper.
        at_least=1.3,
    )
    lab.claim(
        "every slip shows in the gradient at the probe",
        smallest(row["gradient, probe"] for rows in tables for row in rows),
        at_least=1e-3,
    )
    smallest_slope = smallest(by_autograd(w, inputs["sheet"], loss, ordering).abs().min() for ordering in orderings)
    doubled = [row for rows in tables for row in rows if row["mistake"] == "factor 2 of the loss"]
    lab.claim(
        "Adam's first step does not notice a doubled gradient",
        largest(row["Adam step, sheet"] for row in doubled),
        at_most=EPS / smallest_slope,
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
    # 1 - |g| / (|g| + ε) is below ε / |g|.
    slope = smallest(g.abs().min() for g in gradients)
    lab.claim("Adam's first step = -lr sign(g), relative", signs, at_most=EPS / slope + ROUNDING)
    lab.claim("Adam's first step = -lr g / (abs(g) + eps), relative", exact, at_most=ROUNDING)


def claim_sheet(lab: Lab, w: Tensor, x: Tensor, probe: Tensor, *, orderings: Sequence[str], loss: str) -> None:
    """Where the sheet's own numbers put the two hidden nodes, and each quantity of the first ordering and loss."""
    for row in quantities(w, x, orderings[0], [loss]):
        lab.metric(f"{row['quantity']}, {orderings[0]}, {loss}", row[loss])
    sheet, probed = ([forward(w, at, ordering) for ordering in orderings] for at in (x, probe))
    lab.claim("z_h2 at the sheet's input is positive", smallest(at.z[1] for at in sheet), at_least=1.79)
    lab.claim("z_h2 at the probe is negative", largest(at.z[1] for at in probed), at_most=-1.49)


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


def claim_paper(lab: Lab, w: Tensor, x: Tensor, probe: Tensor, *, orderings: Sequence[str]) -> None:
    """The numbers that the answer prints."""
    at_sheet = a_on_paper.distance(w, x, orderings, a_on_paper.SHEET)
    at_probe = a_on_paper.distance(w, probe, orderings, a_on_paper.PROBED)
    lab.claim(ON_PAPER, largest(at_sheet, at_probe), at_most=PRINTED)


def claim_losses(lab: Lab, losses: Sequence[str]) -> None:
    """The values themselves: a derivative does not see a constant, nor the two of them a mistake that they share."""
    o = torch.linspace(0.05, 0.95, 7, dtype=lab.dtype, device=lab.device)
    gaps = [
        relative_error(loss_named(name).value(each, target), LOSSES[name](each, torch.full_like(each, target)))
        for name, each, target in product(losses, o, TARGETS)
    ]
    lab.claim("the losses are those of torch.nn.functional, at three targets", largest(gaps), at_most=1e-12)


def claim_solution(lab: Lab, w: Tensor, x: Tensor, orderings: Sequence[str]) -> None:
    """``solution.py``: its loss, its gradients and its weights after either step."""
    gaps = []
    rules: dict[str, tuple[Rule, float]] = {"SGD": (sgd, 0.1), "Adam": (adam, 0.001)}
    for ordering, (name, (rule, lr)) in product(orderings, rules.items()):
        loss, gradients, weights = solution.one_iteration(ordering, name)
        g = backward(forward(w, x, ordering), w, x, loss="half_mse", ordering=ordering).gradient
        gaps += [
            max_error(loss, float(loss_at(w, x, "half_mse", ordering))),
            max_error(gradients, split_rows(g, ordering)),
            max_error(weights, split_rows(after(rule, w, g, lr), ordering)),
        ]
    lab.claim("solution.py: loss, gradients and weights = by hand", largest(gaps), at_most=1e-12)


def split_rows(w: Tensor, ordering: str) -> list[Tensor]:
    """w (8,) as PyTorch keeps it: (2, 3), and (1, 2); on the CPU."""
    hidden, out = split(w.cpu(), ordering)
    return [hidden, out[None]]


def show_memory(lab: Lab) -> None:
    """Numbers that the optimisers of torch keep per weight."""
    kept = {cls.__name__: kept_per_weight(cls) for cls in (torch.optim.SGD, torch.optim.RMSprop, torch.optim.Adam)}
    lab.table(
        "1a: numbers kept per weight", [{"optimiser": name, "numbers": numbers} for name, numbers in kept.items()]
    )
    for name, numbers in kept.items():
        lab.metric(f"numbers kept per weight, {name}", numbers)


def kept_per_weight(optimiser: Callable[..., torch.optim.Optimizer], weights: int = 100) -> float:
    """State entries shaped like the weights after one step."""
    w = torch.zeros(weights, requires_grad=True)
    w.grad = torch.ones(weights)
    trained = optimiser([w], lr=0.1)
    trained.step()
    return sum(value.numel() for value in trained.state[w].values() if value.shape == w.shape) / weights
