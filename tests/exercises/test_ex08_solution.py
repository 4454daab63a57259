"""ex08: the model solution's layer is PyTorch's, in training, at test, and folded."""

import pytest
import torch
from torch import nn

from bench_exercises.ex08_normalisation import solution


@pytest.mark.parametrize(("shape", "layer"), [((8, 3), nn.BatchNorm1d), ((4, 3, 5, 6), nn.BatchNorm2d)])
def test_its_layer_is_pytorchs(shape, layer):
    torch.manual_seed(0)
    theirs, ours = layer(3).double(), solution.BatchNorm(3).double()
    for _ in range(3):
        x = 2 * torch.randn(shape, dtype=torch.float64) + 1
        torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.variance, theirs.running_var)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


@pytest.mark.parametrize("bias", [True, False])
def test_folded_it_is_one_convolution(bias):
    torch.manual_seed(0)
    convolution, norm = nn.Conv2d(2, 3, 3, bias=bias).double(), solution.BatchNorm(3).double()
    x = torch.randn(4, 2, 6, 6, dtype=torch.float64)
    norm(convolution(x))
    separate = norm.eval()(convolution(x))
    torch.testing.assert_close(nn.functional.conv2d(x, *solution.fold(convolution, norm)), separate)
