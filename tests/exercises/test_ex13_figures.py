"""ex13, the picture of two paths."""

import torch

from bench_exercises.ex13_early_stopping import figures


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_the_picture_marks_every_pair():
    path = torch.linspace(0, 1, 11, dtype=torch.float64)[:, None] * double(2.0, 1.0)
    figure = figures.paths(torch.eye(2, dtype=torch.float64), double(2.0, 1.0), path, 0.9 * path, marked=[1, 5])
    assert [text.get_text() for text in figure.axes[0].texts] == ["τ = 1", "τ = 5"]
