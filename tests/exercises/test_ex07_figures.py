"""ex07: the lines and cells that several questions report in."""

import torch

from bench.testing import lab
from bench_exercises.ex07_iris_by_hand.figures import by_epoch, by_layer, heights, spread


def test_a_cell_is_mean_deviation_and_range():
    assert spread(torch.tensor([1.0, 2.0, 3.0]), "nat") == "2.000 ± 1.000 (1.000–3.000) nat"
    assert spread(torch.tensor([90.0, 100.0]), "%") == "95.0 ± 7.1 (90.0–100.0) %"


def test_an_epoch_is_a_point_and_a_name_a_line():
    here = lab()
    by_epoch(
        here, "loss", {"Xavier": torch.tensor([3.0, 1.0]), "He": torch.tensor([2.0, 1.0])}, y_label="nat", log=False
    )
    assert [(curve.series, curve.x, curve.y) for curve in here.findings.curves] == [
        ("Xavier", (0, 1), (3, 1)),
        ("He", (0, 1), (2, 1)),
    ]
    assert {curve.scale for curve in here.findings.curves} == {"linear"}


def test_a_panel_for_each_name_and_a_line_for_each_in_it():
    lines = {f"law {number}": [1.0, 0.5, 0.25] for number in range(5)}
    figure = by_layer({f"activation {number}": lines for number in range(4)}, "gain")
    assert [axes.get_title() for axes in figure.axes] == [f"activation {number}" for number in range(4)]
    assert {len(axes.lines) for axes in figure.axes} == {5}
    assert figure.axes[2].lines[0].get_xdata().tolist() == [1, 2, 3]


def test_nodes_are_stacked_around_the_middle():
    assert heights(4) == [1.5, 0.5, -0.5, -1.5]
