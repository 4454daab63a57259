"""The fully connected layer: y = x Wᵀ + b."""

from typing import NamedTuple

from torch import Tensor

from bench.kit.byhand.checks import require, require_shape, shape_of


class LinearSaved(NamedTuple):
    x: Tensor
    weight: Tensor
    has_bias: bool


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Tensor, LinearSaved]:
    """y = x Wᵀ + b.

    Shapes: x (..., I), W (O, I), b (O), y (..., O). Raises ``ValueError`` where the features do not match.
    """
    require(weight.ndim == 2, f"the weight must have the shape (out, in), got {shape_of(weight)}")
    require(
        x.ndim >= 1 and x.shape[-1] == weight.shape[1],
        f"x {shape_of(x)} must end in the {weight.shape[1]} features that the weight {shape_of(weight)} takes",
    )
    y = x @ weight.T
    if bias is not None:
        require_shape("bias", bias, weight.shape[:1])
        y = y + bias
    return y, LinearSaved(x, weight, bias is not None)


def linear_backward(dy: Tensor, saved: LinearSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    """dx = dy W, dW = Σ dyᵀ x, db = Σ dy: sums over all rows of the batch (Goodfellow et al. 2016, section 6.5).

    db is ``None`` for a layer without bias.
    """
    x, weight, has_bias = saved
    require_shape("dy", dy, (*x.shape[:-1], weight.shape[0]))
    dx = dy @ weight
    rows = dy.reshape(-1, weight.shape[0])
    dweight = rows.T @ x.reshape(-1, weight.shape[1])
    return dx, dweight, rows.sum(0) if has_bias else None
