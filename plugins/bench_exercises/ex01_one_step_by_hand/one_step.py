"""The claims of 1a: the gradient three ways, the slips that must be noticed, and both steps against torch.optim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import relative_error
from bench.kit.compare import largest, smallest

from .mistakes import MISTAKES
from .network import backward, by_autograd, by_differences, forward, loss_at
from .steps import State, adam, sgd
from .tables import first_adam_step, quantities, slips


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
    fresh = State.fresh(w)
    plain = [
        (sgd(w, g, fresh, lr)[0] - by_torch(torch.optim.SGD, w, g, lr)).abs().max() for g in gradients for lr in lrs
    ]
    moved = [
        (adam(w, g, fresh, lr)[0] - by_torch(torch.optim.Adam, w, g, lr)).abs().max()
        for g in gradients
        for lr in adam_lrs
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
        f"SGD, lr {lr:g}": sgd(w, g, State.fresh(w), lr)[0],
        f"Adam, lr {adam_lr:g}": adam(w, g, State.fresh(w), adam_lr)[0],
    }
    for column, values in columns.items():
        for i, value in enumerate(values, start=1):
            lab.metric(f"w{i}: {column}, {ordering}, {loss}", value)


def by_torch(optimiser: Callable[..., torch.optim.Optimizer], w: Tensor, g: Tensor, lr: float) -> Tensor:
    """The weights (8,) after one step of an optimiser of torch at its default settings."""
    leaf = w.clone().requires_grad_()
    leaf.grad = g.clone()
    optimiser([leaf], lr=lr).step()
    return leaf.detach()


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
