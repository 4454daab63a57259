"""ex02, what is lost is hatched."""

from bench_exercises.ex02_linear_networks import figures


def test_the_picture_hatches_what_is_lost():
    figure = figures.singular_values([3.0, 2.0, 1.0], 2, [1, 2, 3], best=[5.0, 1.0, 0.0], trained=[5.0, 1.0, 0.0])
    assert [bar.get_hatch() for bar in figure.axes[0].patches] == [None, None, "///"]
    assert [len(line.get_xdata()) for line in figure.axes[1].lines[:2]] == [3, 3]
