"""ex15: the layer as sums and as two matrices, against constants on paper; what does not fit is named."""

import pytest
import torch

from bench_exercises.ex15_conv1d_backward import network
from bench_exercises.ex15_conv1d_backward.problem import Slide


def vector(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_connections_of_a_padded_layer_leave_the_padding_out():
    assert list(network.connections(2, 3, Slide(p=1))) == [(0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 1, 1)]


def test_written_out_on_paper():
    x, w = vector(5, 6, 7, 8)[None], vector(1, 2, 3)[None, None]
    assert network.forward(x, w, vector(100)).tolist() == [[5 + 12 + 21 + 100, 6 + 14 + 24 + 100]]


def test_toeplitz_on_paper():
    w = vector(1, 2, 3)[None, None]
    assert network.toeplitz(w, 5, Slide(2)).tolist() == [[1, 2, 3, 0, 0], [0, 0, 1, 2, 3]]
    assert network.toeplitz(w, 2, Slide(p=1)).tolist() == [[2, 3], [1, 2]]
    assert network.toeplitz(w[..., :2], 4, Slide(r=2)).tolist() == [[1, 0, 2, 0], [0, 1, 0, 2]]


def test_windows_on_paper():
    x = vector(1, 2, 3, 4)[None]
    assert network.windows(x, 2, Slide(r=2)).tolist() == [[1, 3], [2, 4]]
    assert network.windows(x[:, :2], 3, Slide(p=1)).tolist() == [[0, 1, 2], [1, 2, 0]]


@pytest.mark.parametrize(
    ("x", "w", "says"),
    [((1, 3), (1, 1, 4), "m=4, n=3"), ((2, 5), (1, 3, 2), r"\(2, 5\) and \(1, 3, 2\)"), ((5,), (1, 1, 2), r"\(5,\)")],
)
def test_impossible_layers_are_named(x, w, says):
    with pytest.raises(ValueError, match=says):
        network.forward(torch.zeros(x), torch.zeros(w), torch.zeros(1))


def test_a_wrong_bias_is_named():
    with pytest.raises(ValueError, match=r"b has shape \(3,\)"):
        network.forward(torch.zeros(1, 5), torch.zeros(2, 1, 3), torch.zeros(3))
