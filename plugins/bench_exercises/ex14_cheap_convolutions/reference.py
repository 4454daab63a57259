"""What is held against the forms by hand: ``conv2d`` of the built kernel, autograd through it, PyTorch's own counts."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from . import by_hand
from .by_hand import Factors, Gradients
from .problem import PADDING, Calls, Problem, last


def full_convolution(
    H: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor, B: Tensor, *, stride: int, padding: int
) -> Tensor:
    """The reference: build W, let ``conv2d`` do the rest."""
    Z = F.conv2d(H, by_hand.kernel(Factors(a, b, c, d)), stride=stride, padding=padding)
    return Z + (B if B.ndim == 3 else B[:, None, None])


def by_autograd(problem: Problem) -> tuple[Tensor, Gradients]:
    leaves = [value.clone().requires_grad_() for value in problem.inputs]
    H, a, b, c, d, B = leaves
    Z = full_convolution(H, a, b, c=c, d=d, B=B, **problem.slide)
    return Z.detach(), Gradients(*torch.autograd.grad(Z, leaves, problem.Δ))


def full_convolutions(H: Tensor, W: Tensor, B: Tensor) -> Calls:
    """What every cheap form is held against: ``conv2d`` with the kernel built, in both memory layouts."""
    H_last, W_last = last(H), last(W)
    return {
        "conv2d": lambda: F.conv2d(H, W, B, padding=PADDING),
        "conv2d, channels_last": lambda: F.conv2d(H_last, W_last, B, padding=PADDING),
    }


def counted(function: Callable[[], object]) -> int:
    """The multiplications of the convolutions and matrix products that PyTorch sees while the function runs."""
    from torch.utils.flop_counter import FlopCounterMode  # late: its first use imports the compiler, seconds of it

    with FlopCounterMode(display=False) as counter:
        function()
    return counter.get_total_flops() // 2  # a multiplication and an addition each
