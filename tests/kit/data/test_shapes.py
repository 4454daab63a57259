"""The shapes that stand in for photographs: always the same, and nothing but the shape tells the class."""

import pytest
import torch

from bench.kit.data import shapes


@pytest.fixture(scope="module")
def data():
    return shapes.shapes()


def test_is_always_the_same(data):
    assert data.sha256 == shapes.shapes().sha256


def test_the_seed_outside_does_not_matter_and_is_not_touched(data):
    torch.manual_seed(3)
    state = torch.get_rng_state()
    assert torch.equal(shapes.shapes().test.x, data.test.x)
    assert torch.equal(torch.get_rng_state(), state)


def test_as_many_of_each_class(data):
    assert data.train.y.bincount().tolist() == [200] * 10
    assert data.test.y.bincount().tolist() == [50] * 10
    assert (data.train.x.dtype, data.train.x.shape[1:]) == (torch.uint8, (3, 32, 32))


def test_no_picture_is_there_twice(data):
    everything = torch.cat([data.train.x, data.test.x]).flatten(1)
    assert len(everything.unique(dim=0)) == 2500


def test_colour_alone_says_nothing_of_the_class(data):
    """The mean colours of the classes differ by no more than chance lets them."""
    means = data.train.x.double().mean((2, 3))
    of_class = torch.stack([means[data.train.y == kind].mean(0) for kind in range(10)])
    within = means.std(0) / 200**0.5
    assert ((of_class - means.mean(0)).abs() / within).max() < 4.5


@pytest.mark.parametrize(("kind", "turned"), [(0, 1), (1, 0), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9)])
def test_a_right_angle_turns_bars_into_bars_and_leaves_the_round_and_square(kind, turned):
    line = torch.linspace(-1.2, 1.2, 25)
    v, u = torch.meshgrid(line, line, indexing="ij")
    torch.testing.assert_close(torch.rot90(shapes.outline(kind, u, v)), shapes.outline(turned, u, v), rtol=0, atol=1e-5)


def test_half_a_turn_puts_a_triangle_on_its_tip():
    line = torch.linspace(-1.2, 1.2, 25)
    v, u = torch.meshgrid(line, line, indexing="ij")
    torch.testing.assert_close(torch.rot90(shapes.outline(2, u, v), 2), shapes.outline(3, u, v), rtol=0, atol=1e-5)
