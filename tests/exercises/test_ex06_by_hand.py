"""ex06: the formula term by term and the matrix products, on paper, against PyTorch, and central differences."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.kit.compare import max_error
from bench.testing import lab
from bench_exercises.ex06_pointwise_convolution import (
    by_hand,
    network,
    problem,
    reference,
)

sizes = st.integers(1, 5)


def drawn(batch: int = 2, inputs: int = 3, outputs: int = 4, side: int = 3, *, seed: int = 0) -> problem.Problem:
    return problem.Problem.draw(lab(seed), batch=batch, inputs=inputs, outputs=outputs, side=side)


def test_a_layer_worked_out_on_paper():
    maps = torch.tensor([1.0, 2.0, 3.0, 4.0]).reshape(1, 2, 1, 2)  # pixel 1 holds (1, 3), pixel 2 holds (2, 4)
    weight, bias = torch.tensor([[1.0, 2.0], [0.0, -1.0]]), torch.tensor([10.0, 0.5])
    upstream = torch.tensor([1.0, -1.0, 2.0, 0.0]).reshape(1, 2, 1, 2)
    found = by_hand.every_pixel_a_row(problem.Problem(maps, weight, bias, upstream))
    assert found["output"].flatten().tolist() == [17.0, 20.0, -2.5, -3.5]
    assert found["input gradient"].flatten().tolist() == [1.0, -1.0, 0.0, -2.0]
    assert found["weight gradient"].tolist() == [[-1.0, -1.0], [2.0, 6.0]]
    assert found["bias gradient"].tolist() == [0.0, 2.0]


@given(batch=sizes, inputs=sizes, outputs=sizes, side=sizes, seed=st.integers(0, 99))
def test_every_form_equals_the_convolution(batch, inputs, outputs, side, seed):
    case = drawn(batch, inputs, outputs, side, seed=seed)
    conv, linear = case.modules()
    expected = reference.of_module(conv, conv, case)
    for layer in network.LAYERS.values():
        assert max_error(reference.by_autograd(layer, case), expected) < 1e-12
    for hand in (by_hand.every_pixel_a_row, reference.by_hand_as_convolution, reference.by_hand_as_linear):
        assert max_error(hand(case), expected) < 1e-12
        assert max_error(hand(case.in_channels_last()), expected) < 1e-12
    assert torch.allclose(network.pixel_by_pixel(linear, case.maps), conv(case.maps), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("operand", "name"), list(enumerate(reference.GRADIENTS)))
def test_gradients_by_hand_equal_central_differences(operand, name):
    case, step = drawn(), 1e-6
    operands = [tensor.clone() for tensor in case.operands]
    entries, found = operands[operand].view(-1), by_hand.every_pixel_a_row(case)[name].flatten()
    for i, start in enumerate(entries.tolist()):
        values = []
        for moved in (start + step, start - step):
            entries[i] = moved
            values.append(float((network.conv2d(*operands) * case.upstream).sum()))
        entries[i] = start
        assert (values[0] - values[1]) / (2 * step) == pytest.approx(float(found[i]), rel=1e-6, abs=1e-7)


def test_the_printed_formula_on_paper():
    maps, kernel = torch.arange(1.0, 5.0).reshape(1, 1, 2, 2), torch.tensor([[[[1.0, 10.0], [100.0, 1000.0]]]])
    found = by_hand.as_printed(maps, kernel, torch.zeros(1), padding=1, stride=2)
    assert found.flatten().tolist() == [1000.0, 200.0, 30.0, 4.0]


@given(size=sizes, padding=st.integers(0, 2), stride=st.integers(1, 3), side=st.integers(5, 7))
def test_the_printed_formula_is_the_convolution(size, padding, stride, side):
    case = drawn(side=side)
    kernel = torch.randn(4, 3, size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = by_hand.as_printed(case.maps, kernel, case.bias, padding=padding, stride=stride)
    expected = torch.nn.functional.conv2d(case.maps, kernel, case.bias, stride, padding)
    assert max_error(found, expected) < 1e-12
