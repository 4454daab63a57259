"""ex06: the layer in all its forms, its gradients, its Jacobian, and the a_stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from bench.kit.compare import max_error
from bench.testing import agreements, failed, lab, run_part, variants
from bench_exercises.ex06_pointwise_convolution import (
    a_mixing,
    a_stack,
    a_xor,
    by_hand,
    exercise,
    network,
    problem,
    reference,
)

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]
sizes = st.integers(1, 5)


def drawn(batch: int = 2, inputs: int = 3, outputs: int = 4, side: int = 3, *, seed: int = 0) -> problem.Problem:
    return problem.Problem.draw(lab(seed), batch=batch, inputs=inputs, outputs=outputs, side=side)


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("part", STUDIES, ids=lambda part: part.id)
def test_every_claim_of_a_study_holds(part, seed):
    found = run_part(exercise, part.id, lab(seed))
    assert found.claims
    assert failed(found) == {}


@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree_with_the_reference_in_float64(part):
    small = {"batch": 2, "channels": 8, "side": 5}
    for name, found in agreements(exercise, part.id, **small).items():
        assert found.passed, name


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


BUGS: dict[str, Callable[[problem.Problem, dict[str, Tensor]], dict[str, Tensor]]] = {
    "bias left out": lambda case, right: {"output": right["output"] - case.bias[:, None, None]},
    "bias gradient averaged": lambda case, right: {"bias gradient": right["bias gradient"] / 9},
    "only the first sample": lambda case, right: {"bias gradient": case.upstream[0].sum((1, 2))},
    "wrong sign": lambda case, right: {"input gradient": -right["input gradient"]},
    "weight transposed": lambda case, right: {
        "input gradient": torch.einsum("ji,niyx->njyx", case.weight, case.upstream)
    },
    "upstream ignored": lambda case, right: {"weight gradient": network.rows(case.maps).sum(0).expand(3, 3)},
    "rows and columns swapped": lambda case, right: {"output": right["output"].mT},
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_fails_a_claim(bug, monkeypatch):
    right = by_hand.every_pixel_a_row
    monkeypatch.setattr(by_hand, "every_pixel_a_row", lambda case: {**right(case), **BUGS[bug](case, right(case))})
    found = run_part(exercise, "a", inputs=3, outputs=3, side=3)
    assert list(failed(found)) == ["by hand, every pixel a row = autograd"]


def test_rows_and_back():
    maps = torch.arange(24.0).reshape(2, 3, 2, 2)
    assert network.rows(maps)[1].tolist() == [1.0, 5.0, 9.0]
    assert torch.equal(network.unrows(network.rows(maps), maps), maps)


def test_jacobian_of_a_scaling_is_diagonal_and_of_a_shift_is_not():
    maps = drawn(batch=1, inputs=2, side=2).maps
    scaled = a_mixing.jacobian(lambda h: 3 * h, maps)
    assert a_mixing.off_diagonal(scaled).abs().max() == 0
    assert torch.equal(a_mixing.diagonal(scaled), 3 * torch.eye(2).double().expand(4, 2, 2))
    assert a_mixing.off_diagonal(a_mixing.jacobian(lambda h: h.roll(1, -1), maps)).abs().max() == 1


def test_permuting_moves_whole_pixels():
    maps = torch.arange(8.0).reshape(1, 2, 2, 2)
    moved = a_mixing.permute_pixels(maps, torch.tensor([3, 0, 1, 2]))
    assert moved.flatten().tolist() == [3, 0, 1, 2, 7, 4, 5, 6]
    assert a_mixing.commutes(lambda h: h.roll(1, -1), maps, torch.tensor([3, 0, 1, 2])) > 0


def test_collapsing_needs_linear_layers_alone():
    network = a_stack.perceptron((3, 5, 2), torch.Generator().manual_seed(0)).double()
    table = torch.randn(40, 3, generator=torch.Generator().manual_seed(1)).double()
    weight, bias = a_stack.collapsed(a_stack.without_activations(network))
    assert torch.allclose(a_stack.without_activations(network)(table), table @ weight.T + bias)
    assert not torch.allclose(network(table), table @ weight.T + bias)


def test_one_layer_is_grey_on_exclusive_or():
    weight, bias = a_xor.best_single_layer()
    assert torch.allclose(weight, torch.zeros(1, 2).double(), atol=1e-12)
    assert bias.item() == pytest.approx(0.5)


@pytest.mark.parametrize("layer", network.LAYERS.values(), ids=list(network.LAYERS))
def test_mismatched_channels_are_refused_with_the_shapes(layer):
    maps, weight, bias = drawn(inputs=3, outputs=4).operands
    with pytest.raises(ValueError, match=re.escape("maps (2, 3, 3, 3), weight (4, 2) and bias (4,)")):
        layer(maps, weight[:, :2], bias)


def test_other_bad_parameters_are_refused():
    case = drawn()
    with pytest.raises(ValueError, match=r"\(2, 4, 3, 2\); the layer's output has shape \(2, 4, 3, 3\)"):
        replace(case, upstream=case.upstream[..., :2])
    with pytest.raises(ValueError, match="at least 1"):
        drawn(batch=0)
    with pytest.raises(ValueError, match="one sample"):
        a_mixing.jacobian(lambda h: h, case.maps)
    with pytest.raises(ValueError, match=r"maps of \(2, 2\) out of \(3, 3\)"):
        a_mixing.jacobian(lambda h: h[..., :2, :2], case.maps[:1])
    with pytest.raises(ValueError, match="input and an output width"):
        a_stack.perceptron((3,), torch.Generator())
    with pytest.raises(ValueError, match="at least 8 pixels"):
        a_xor.pattern(4)


def test_the_answer_names_only_claims_that_exist():
    answer = Path(problem.__file__).with_name("answer.md").read_text()
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    names = {claim.name for claim in here.findings.claims}
    assert set(re.findall(r'claim\("(.+?)"\)', answer)) == names


@pytest.mark.parametrize("variant", ["conv2d", "matmul"])
def test_operations_and_bytes_of_the_layer_are_those_that_are_seen(variant):
    case = {"batch": 2, "channels": 8, "side": 5}
    operands = problem.Problem.draw(lab(dtype=torch.float32), batch=2, inputs=8, outputs=8, side=5).operands
    with FlopCounterMode(display=False) as counter:
        output = variants(exercise, "a.speed", lab(dtype=torch.float32), **case)[variant]()
    work = exercise.parts["a.speed"].work(**case)
    assert work.flops == counter.get_total_flops()
    assert work.bytes == output.nbytes + sum(tensor.nbytes for tensor in operands)
