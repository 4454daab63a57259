"""Long sequences for pools of stride 1, and PyTorch's own pools over them.

Everywhere x is (rows, L), out (rows, P) with P = L - k + 1, and dout has the shape of out.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Lab


def sequences(lab: Lab, kernel: int, rows: int = 16, length: int = 2048) -> tuple[Tensor, Tensor]:
    """x (rows, length), and a derivative of the shape of the pool's output.

    Every second row of x is of whole numbers, for ties: among real numbers there is none, and whoever sent its
    derivative to the wrong place would agree.
    """
    if not 1 <= kernel <= length:
        raise ValueError(f"kernel must be from 1 to the length {length}, got {kernel}")
    generator = lab.generator()
    x, dout = (torch.randn(rows, size, generator=generator) for size in (length, length - kernel + 1))
    x[1::2] = (2 * x[1::2]).round()
    return x.to(lab.device, lab.dtype), dout.to(lab.device, lab.dtype)


def by_autograd(pool: Callable[..., Tensor], x: Tensor, dout: Tensor, k: int) -> dict[str, Tensor]:
    """PyTorch's pool, forward and backward."""
    leaf = x.detach().requires_grad_()
    out = pool(leaf[:, None], k, stride=1)[:, 0]
    return {"out": out.detach(), "dx": torch.autograd.grad(out, leaf, dout)[0]}
