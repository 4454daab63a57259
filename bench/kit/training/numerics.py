"""Named classes of arithmetic. Results of two classes are two results, never the same one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from bench.errors import BenchError

Numerics = Literal["fp32", "tf32", "bf16"]
NUMERICS: tuple[str, ...] = get_args(Numerics)
"""``fp32``: what the tensors' own dtype says, float64 too. ``tf32``: products of float32 with 10 bits of mantissa, on
CUDA. ``bf16``: forward passes autocast to bfloat16, weights and optimiser in float32."""


@contextmanager
def products(numerics: Numerics, device: torch.device) -> Iterator[None]:
    """Multiply in a class of arithmetic inside, forward and backward; outside everything is as it was.

    Raises ``BenchError`` for TF32 on a device that has none.
    """
    if numerics == "tf32" and device.type != "cuda":
        raise BenchError(f"numerics tf32 exists on CUDA only, not on {device.type}: take fp32 or bf16")
    with _tf32() if numerics == "tf32" else nullcontext():
        yield


@contextmanager
def computing(numerics: Numerics, device: torch.device) -> Iterator[None]:
    """Compute a forward pass in a class of arithmetic; backward passes follow it in bf16, but in tf32 they belong
    inside ``products``. Raises ``ValueError`` for TF32 on a device that has none."""
    with products(numerics, device):
        if numerics == "bf16":
            with torch.autocast(device.type, dtype=torch.bfloat16):
                yield
        else:
            yield


@contextmanager
def _tf32() -> Iterator[None]:
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    # The flags are the process's: the next training may be one in fp32.
    before = matmul.allow_tf32, cudnn.allow_tf32
    matmul.allow_tf32 = cudnn.allow_tf32 = True
    try:
        yield
    finally:
        matmul.allow_tf32, cudnn.allow_tf32 = before


def forward(net: nn.Module, x: Tensor, numerics: Numerics) -> Tensor:
    """The outputs of ``net``, computed in a class of arithmetic; at least float32, so that losses are taken in it."""
    with computing(numerics, x.device):
        outputs: Tensor = net(x)
    return outputs.float() if outputs.dtype in (torch.bfloat16, torch.float16) else outputs
