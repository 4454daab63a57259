"""ex15: the pictures show every weight and every zero."""

from bench_exercises.ex15_conv1d_backward.figures import network_figure, toeplitz_figure
from bench_exercises.ex15_conv1d_backward.problem import SAME, TWO_CHANNELS, TWO_NODES


def labels(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_the_matrix_has_every_weight():
    assert labels(toeplitz_figure(6, 3)).count("w$_2$") == 8


def test_the_networks_have_every_weight_and_the_padding():
    found = labels(network_figure((TWO_NODES[0], TWO_CHANNELS[0], SAME)))
    assert found.count("w$_1$") == 5
    assert found.count("v$_1$") == 1
    assert found.count("0") == 2
