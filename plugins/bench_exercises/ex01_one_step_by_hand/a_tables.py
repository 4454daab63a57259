"""1a as tables: every number of the forward pass, of the backward pass, and of the updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from bench.kit.byhand import adam, sgd
from bench.kit.compare import relative_error

from .a_mistakes import MISTAKES
from .by_hand import after, backward, slopes
from .network import arrows, forward, loss_named
from .problem import TARGET
from .reference import by_autograd

Row = dict[str, Any]


def quantities(w: Tensor, x: Tensor, ordering: str, losses: Sequence[str]) -> list[Row]:
    """One row per quantity, one column per loss; what comes before the loss is the same in every column."""
    at = forward(w, x, ordering)
    back = {loss: backward(at, w, x, loss=loss, ordering=ordering) for loss in losses}
    shared = (
        ("z_h1", "sum of w x into h1", at.z[0]),
        ("z_h2", "sum of w x into h2", at.z[1]),
        ("h1", "tanh(z_h1)", at.h[0]),
        ("h2", "z_h2 if z_h2 > 0, else 0.2 z_h2", at.h[1]),
        ("tanh'", "1 - h1²", slopes(at)[0]),
        ("LeakyReLU'", "1 if z_h2 > 0, else 0.2", slopes(at)[1]),
        ("s", "w7 h1 + w8 h2", at.s),
        ("o", "1 / (1 + exp(-s))", at.o),
    )
    own = (
        ("L", "the loss", {loss: loss_named(loss).value(at.o, TARGET) for loss in losses}),
        ("δ_o", "∂L/∂s", {loss: back[loss].delta_o for loss in losses}),
        ("δ_h1", "w7 δ_o tanh'", {loss: back[loss].delta_h[0] for loss in losses}),
        ("δ_h2", "w8 δ_o LeakyReLU'", {loss: back[loss].delta_h[1] for loss in losses}),
    )
    return [
        *({"quantity": name, "formula": formula, **dict.fromkeys(losses, value)} for name, formula, value in shared),
        *({"quantity": name, "formula": formula, **values} for name, formula, values in own),
    ]


def gradients(w: Tensor, x: Tensor, ordering: str, losses: Sequence[str]) -> dict[str, Tensor]:
    """The gradient by hand (8,) for each loss."""
    at = forward(w, x, ordering)
    return {loss: backward(at, w, x, loss=loss, ordering=ordering).gradient for loss in losses}


def by_weight(w: Tensor, ordering: str, columns: Mapping[str, Tensor]) -> list[Row]:
    """One row per weight, with a column for each named vector (8,)."""
    return [
        {"weight": f"w{i + 1}", "arrow": arrow, "before": w[i], **{name: vector[i] for name, vector in columns.items()}}
        for i, arrow in enumerate(arrows(ordering))
    ]


def updates(w: Tensor, g: Tensor, ordering: str, *, lrs: Sequence[float], adam_lrs: Sequence[float]) -> list[Row]:
    """The weights after one step, a column for each rule and rate, with six decimals: some steps are that small."""
    plain = {f"SGD, lr {lr:g}": after(sgd, w, g, lr) for lr in lrs}
    adaptive = {f"Adam, lr {lr:g}": after(adam, w, g, lr) for lr in adam_lrs}
    rows = by_weight(w, ordering, plain | adaptive)
    return [{name: f"{cell:.6f}" if "lr" in name else cell for name, cell in row.items()} for row in rows]


def inside_adam(w: Tensor, g: Tensor, ordering: str, lr: float) -> list[Row]:
    """Adam's first step in full: m, v, both corrected, the step, and the new weight."""
    beta1, beta2 = betas = (0.9, 0.999)
    (moved,), (_, (m,), (v,)) = adam((w,), (g,), lr=lr, betas=betas)
    corrected = {"m̂": m / (1 - beta1), "√v̂": (v / (1 - beta2)).sqrt()}
    columns = {"g": g, "m": m, "v": v, **corrected, "step": moved - w, "after": moved}
    return by_weight(w, ordering, columns)


def slips(w: Tensor, inputs: Mapping[str, Tensor], ordering: str, loss: str) -> list[Row]:
    """For each mistake and input: the relative error of the gradient, and of the Adam step that it leads to."""
    rows: list[Row] = []
    for name, wrong in MISTAKES.items():
        row: Row = {"mistake": name}
        for where, x in inputs.items():
            right, found = by_autograd(w, x, loss, ordering), wrong(w, x, loss, ordering)
            row[f"gradient, {where}"] = relative_error(found, right)
            row[f"Adam step, {where}"] = relative_error(first_adam_step(w, found), first_adam_step(w, right))
        rows.append(row)
    return rows


def first_adam_step(w: Tensor, g: Tensor, lr: float = 1e-3) -> Tensor:
    """How far Adam's first step moves w."""
    return after(adam, w, g, lr) - w
