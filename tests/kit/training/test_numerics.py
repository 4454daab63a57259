"""Classes of arithmetic hold inside their block and nowhere else."""

import torch
from torch import nn

from bench.kit.training import computing


def test_fp32_leaves_float64_alone_and_bf16_ends_with_its_block() -> None:
    cpu = torch.device("cpu")
    layer, x = nn.Linear(2, 2).double(), torch.ones(1, 2, dtype=torch.float64)
    with computing("fp32", cpu):
        assert layer(x).dtype == torch.float64
    with computing("bf16", cpu):
        assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.bfloat16
    assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.float32
