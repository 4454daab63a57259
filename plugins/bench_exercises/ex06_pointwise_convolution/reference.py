"""The same output and the same three gradients from autograd, and from the kit's layers by hand.

Each way gives ``output`` (batch, N, Y, X), ``input gradient`` (batch, M, Y, X), ``weight gradient`` (N, M) and
``bias gradient`` (N,).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from bench.kit import byhand

from .network import Layer, rows, unrows
from .problem import Problem

GRADIENTS = ("input gradient", "weight gradient", "bias gradient")


def by_hand_as_convolution(problem: Problem) -> dict[str, Tensor]:
    """The kit's hand-written convolution, with a 1×1 kernel."""
    output, saved = byhand.conv2d(problem.maps, problem.weight[:, :, None, None], problem.bias)
    maps, weight, bias = byhand.conv2d_backward(problem.upstream, saved)
    assert bias is not None
    return {"output": output, "input gradient": maps, "weight gradient": weight[:, :, 0, 0], "bias gradient": bias}


def by_hand_as_linear(problem: Problem) -> dict[str, Tensor]:
    """The kit's hand-written linear layer, on the table of pixels."""
    output, saved = byhand.linear(rows(problem.maps), problem.weight, problem.bias)
    table, weight, bias = byhand.linear_backward(rows(problem.upstream), saved)
    assert bias is not None
    gradients = (unrows(table, problem.maps), weight, bias)
    return {"output": unrows(output, problem.maps), **dict(zip(GRADIENTS, gradients, strict=True))}


def by_autograd(layer: Layer, problem: Problem) -> dict[str, Tensor]:
    """A function of maps, weight and bias, differentiated by autograd."""
    leaves = [tensor.detach().requires_grad_() for tensor in problem.operands]
    with torch.enable_grad():
        output = layer(*leaves)
    gradients = torch.autograd.grad(output, leaves, problem.upstream)
    return {"output": output.detach(), **dict(zip(GRADIENTS, gradients, strict=True))}


def of_module(module: nn.Module, apply: Callable[[Tensor], Tensor], problem: Problem) -> dict[str, Tensor]:
    """A module that holds the weight and the bias, applied to the maps by ``apply``, differentiated by autograd."""
    maps = problem.maps.clone().requires_grad_()
    output = apply(maps)
    gradients = torch.autograd.grad(output, (maps, *module.parameters()), problem.upstream)
    shaped = (gradient.reshape_as(tensor) for gradient, tensor in zip(gradients, problem.operands, strict=True))
    return {"output": output.detach(), **dict(zip(GRADIENTS, shaped, strict=True))}
