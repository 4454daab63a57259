"""Holds a backward pass written by hand against autograd and against central differences.

For any layer of the kit's shape, yours too: ``gradient_errors(my_layer, my_layer_backward, (x, weight))``.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import require, require_shape

DY_SEED = 1_000_003
"""Not a seed that inputs are likely to be drawn with: a dy equal to x makes some gradients vanish."""

Layer = Callable[..., tuple[Tensor, Any]]
Backward = Callable[[Tensor, Any], Sequence[Tensor | None]]


class GradientErrors(NamedTuple):
    """Relative errors: of the output, and of the gradient of each input against autograd and central differences."""

    output: float
    autograd: tuple[float, ...]
    differences: tuple[float, ...]


def gradient_errors(
    layer: Layer,
    backward: Backward,
    inputs: Sequence[Tensor],
    *,
    reference: Callable[..., Tensor] | None = None,
    seed: int = DY_SEED,
) -> GradientErrors:
    """Errors of ``layer(*inputs)`` and ``backward(dy, saved)`` for a random dy, drawn with ``seed``.

    ``inputs`` are the differentiable ones, in the order of the gradients, best in float64. ``reference(*inputs)`` gives
    the output that autograd differentiates: another implementation, or by default the layer itself.
    Raises ``ValueError`` unless there is one gradient per input, of its shape and dtype.
    """
    y, saved = layer(*inputs)
    dy = torch.randn(y.shape, generator=torch.Generator().manual_seed(seed)).to(y)
    gradients = _matched(backward(dy, saved), inputs)
    expected_y, expected = _by_autograd(reference or (lambda *leaves: layer(*leaves)[0]), inputs, dy)
    differences = central_differences(lambda *moved: (layer(*moved)[0] * dy).sum(), inputs)
    return GradientErrors(
        relative_error(y, expected_y),
        tuple(map(relative_error, gradients, expected)),
        tuple(map(relative_error, gradients, differences)),
    )


def central_differences(
    loss: Callable[..., Tensor], inputs: Sequence[Tensor], *, step: float = 1e-5
) -> tuple[Tensor, ...]:
    """dL/dx ≈ (L(x + h) - L(x - h)) / 2h for every element of every input, at an error of O(h²).

    ``loss(*inputs)`` gives a scalar. h is ``step``, near the cube root of float64's precision, where truncation and
    rounding balance (Press et al. 2007, "Numerical Recipes", section 5.7).
    """
    # Contiguous, so that the flat view in _difference is the tensor's own memory.
    inputs = [x.detach().clone(memory_format=torch.contiguous_format) for x in inputs]
    with torch.no_grad():
        return tuple(_difference(lambda: loss(*inputs), x, step) for x in inputs)


def adjoint_error(
    operator: Callable[[Tensor], Tensor], adjoint: Callable[[Tensor], Tensor], x: Tensor, dy: Tensor
) -> float:
    """|⟨dy, Tx⟩ - ⟨Tᵀdy, x⟩| / ‖dy‖‖Tx‖ of a linear ``operator`` T and its ``adjoint`` Tᵀ; infinite for NaN.

    It needs no second implementation, and is rounding where the backward pass of a linear layer is right. One x and one
    dy see one direction: draw several (Claerbout 1992, "Earth Soundings Analysis", the dot-product test).
    Raises ``ValueError`` where the shapes do not belong together.
    """
    y, dx = operator(x), adjoint(dy)
    require_shape("dy", dy, y.shape)
    require_shape("the adjoint's result", dx, x.shape)
    difference = float(((dy * y).sum() - (dx * x).sum()).abs()) / (float(dy.norm() * y.norm()) or 1.0)
    return difference if difference < float("inf") else float("inf")


def relative_error(found: Tensor, expected: Tensor) -> float:
    """max|found - expected| / max|expected|; absolute where ``expected`` is zero, infinite for anything not finite."""
    require_shape("found", found, expected.shape)
    if not expected.numel():
        return 0.0
    error = float((found - expected).abs().max()) / (float(expected.abs().max()) or 1.0)
    # NaN is below nothing, so it comes out infinite too.
    return error if error < float("inf") else float("inf")


def _difference(loss: Callable[[], Tensor], x: Tensor, step: float) -> Tensor:
    """Moves each element of x, in place, to either side."""
    slopes, elements = torch.zeros_like(x).flatten(), x.view(-1)
    for i, value in enumerate(elements.tolist()):
        sides = []
        for moved in (value + step, value - step):
            elements[i] = moved
            sides.append(loss())
        elements[i] = value
        slopes[i] = (sides[0] - sides[1]) / (2 * step)
    return slopes.view_as(x)


def _by_autograd(
    reference: Callable[..., Tensor], inputs: Sequence[Tensor], dy: Tensor
) -> tuple[Tensor, tuple[Tensor, ...]]:
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    with torch.enable_grad():
        y = reference(*leaves)
        return y.detach(), torch.autograd.grad(y, leaves, dy, materialize_grads=True)


def _matched(gradients: Sequence[Tensor | None], inputs: Sequence[Tensor]) -> list[Tensor]:
    given = [gradient for gradient in gradients if gradient is not None]
    require(len(given) == len(inputs), f"{len(given)} gradients for {len(inputs)} inputs")
    for i, (gradient, x) in enumerate(zip(given, inputs, strict=True)):
        require_shape(f"gradient {i}", gradient, x.shape)
        require(gradient.dtype == x.dtype, f"gradient {i} is {gradient.dtype}, its input {x.dtype}")
    return given
