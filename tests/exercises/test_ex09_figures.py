"""ex09: gradients on a logarithmic axis that shows exact zeros, and medians that count them."""

import pytest
import torch

from bench_exercises.ex09_vanishing_gradient import figures


def test_zeros_have_a_row_of_their_own():
    norms = torch.tensor([[1e-9, 0.0, 0.0], [1e-3, 1e-2, 0.0]], dtype=torch.float64)
    figure = figures.along_layers({"two layers": {"ReLU": norms}}, "L2", columns=1)
    axes = figure.axes[0]
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert [list(line.get_xdata()) for line in crosses] == [[1, 2]]
    assert all(height < -9 for height in crosses[0].get_ydata())
    assert [text.get_text() for text in axes.texts] == ["exactly 0 in 1 to 2 of 3"]
    assert "0" in [label.get_text() for label in axes.get_yticklabels()]


def test_without_zeros_there_is_none():
    figure = figures.along_layers({"one": {"sigmoid": torch.tensor([[1e-3], [1e-2]])}}, "L2", columns=1)
    assert not figure.axes[0].texts
    assert all(line.get_marker() != "x" for line in figure.axes[0].lines)


def test_the_median_counts_zeros():
    norms = torch.tensor([[0.0, 0.0, 1e-4, 1e-2, 1e-3]])
    figure = figures.along_layers({"one": {"ReLU": norms.repeat(2, 1)}}, "L2", columns=1)
    thick = [line for line in figure.axes[0].lines if line.get_linewidth() == 2.4]
    assert list(thick[0].get_ydata()) == pytest.approx([-4, -4])


def test_where_the_median_is_0_the_thick_line_lies_in_the_row_of_zeros():
    norms = torch.tensor([[0.0, 0.0, 1e-4], [1e-3, 1e-3, 1e-3]])
    axes = figures.along_layers({"one": {"ReLU": norms}}, "L2", columns=1).axes[0]
    thick = [line for line in axes.lines if line.get_linewidth() == 2.4]
    assert list(thick[-1].get_xdata()) == [1]
    assert thick[-1].get_ydata()[0] < -4


def test_laws_are_dotted():
    line = torch.tensor([1.0, 0.1])
    figure = figures.collapse({"one": [("signal", line, "red", "-")]}, {"one": [line]})
    assert [each.get_linestyle() for each in figure.axes[0].lines] == ["-", ":"]
