"""What a layer refuses, and that the refusal names what it saw."""

import pytest
import torch

from bench.kit.byhand.checks import per_axis, require_shape


@pytest.mark.parametrize("shape", [(1, 3), (3,), (2, 3, 1), (3, 2), ()])
def test_a_shape_that_would_broadcast_is_refused(shape):
    with pytest.raises(ValueError, match=r"dy has the shape .*, expected \(2, 3\)"):
        require_shape("dy", torch.zeros(shape), (2, 3))


def test_the_very_shape_passes_as_a_list_too():
    require_shape("dy", torch.zeros(2, 3), [2, 3])


def test_one_number_is_for_every_axis_and_several_are_for_one_each():
    assert per_axis("stride", 2, 3, at_least=1) == (2, 2, 2)
    assert per_axis("stride", (1, 2), 2, at_least=1) == (1, 2)


@pytest.mark.parametrize(
    ("size", "at_least", "says"),
    [
        ((1, 2, 3), 1, r"stride=\(1, 2, 3\) has 3 values for 2 spatial axes"),
        (0, 1, "stride=0 must be at least 1 on every axis"),
        ((1, -1), 0, r"stride=\(1, -1\) must be at least 0 on every axis"),
    ],
)
def test_sizes_that_are_none_are_named(size, at_least, says):
    with pytest.raises(ValueError, match=says):
        per_axis("stride", size, 2, at_least=at_least)
