"""ex02, sizes that do not fit are named."""

import pytest
import torch

from bench.testing import lab
from bench_exercises.ex02_linear_networks.problem import Task, draw


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match=r"\(3, 2\) and targets \(2, 1\)"):
        Task(torch.zeros(3, 2), torch.zeros(2, 1))
    with pytest.raises(ValueError, match="n=0, d=2, m=1"):
        draw(lab(), 0, 2, 1)
