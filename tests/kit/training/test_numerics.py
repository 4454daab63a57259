"""Classes of arithmetic hold inside their block and nowhere else."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.kit.training import computing
from bench.kit.training.numerics import forward, products

FLAGS = torch.backends.cuda.matmul, torch.backends.cudnn


def test_fp32_leaves_float64_alone_and_bf16_ends_with_its_block() -> None:
    cpu = torch.device("cpu")
    layer, x = nn.Linear(2, 2).double(), torch.ones(1, 2, dtype=torch.float64)
    with computing("fp32", cpu):
        assert layer(x).dtype == torch.float64
    with computing("bf16", cpu):
        assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.bfloat16
    assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype == torch.float32


def test_outputs_of_bf16_are_float32_and_others_stay() -> None:
    x = torch.ones(1, 2)
    assert forward(nn.Linear(2, 2), x, "bf16").dtype == torch.float32
    assert forward(nn.Linear(2, 2).double(), x.double(), "fp32").dtype == torch.float64


@pytest.fixture
def strict() -> Iterator[None]:
    """As the harness sets it: torch's own default lets cuDNN take TF32."""
    before = [flag.allow_tf32 for flag in FLAGS]
    for flag in FLAGS:
        flag.allow_tf32 = False
    yield
    for flag, allowed in zip(FLAGS, before, strict=True):
        flag.allow_tf32 = allowed


@pytest.mark.usefixtures("strict")
def test_tf32_ends_with_its_block_and_is_refused_where_there_is_none() -> None:
    with products("tf32", torch.device("cuda")):
        assert all(flag.allow_tf32 for flag in FLAGS)
    assert not any(flag.allow_tf32 for flag in FLAGS)
    with pytest.raises(BenchError, match="on CUDA only, not on cpu"), products("tf32", torch.device("cpu")):
        pass
