"""What all layers promise: the one shape, the check, dtype, device, layout of the input, and nothing changed."""

import ast
from pathlib import Path

import pytest
import torch

from bench.kit import byhand

LOSSES = {"nll", "cross_entropy", "mse", "bce", "bce_with_logits"}
LOOKS_AT_VALUES = {"nll", "cross_entropy", "bce", "bce_with_logits"}


def gradients_of(specimen, seed=0):
    y, saved = specimen.forward(*specimen.inputs)
    dy = torch.randn(y.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(y.dtype)
    return y, dy, specimen.backward(dy, saved)


def test_every_specimen_passes_the_check(specimen, check_specimen):
    check_specimen(specimen)


def test_every_layer_has_a_backward_and_a_specimen(every_specimen):
    layers = {name.removesuffix("_backward") for name in byhand.__all__ if name.endswith("_backward")}
    assert layers == {specimen.layer for specimen in every_specimen.values()}
    assert layers <= set(byhand.__all__)


def test_float32_comes_out_as_float32_and_agrees_with_torch(specimen):
    single = specimen.to(torch.float32)
    y, _, gradients = gradients_of(single)
    assert {t.dtype for t in (y, *gradients)} == {torch.float32}
    torch.testing.assert_close(y, single.reference(*single.inputs), rtol=1e-5, atol=1e-6)


def test_float32_gradients_are_near_those_of_float64(specimen):
    _, _, single = gradients_of(specimen.to(torch.float32))
    _, _, double = gradients_of(specimen)
    for gradient, expected in zip(single, double, strict=True):
        torch.testing.assert_close(gradient.double(), expected, rtol=1e-4, atol=1e-5)


def test_inputs_may_lie_in_memory_in_any_order(specimen):
    strewn = [x.mT.contiguous().mT if x.ndim > 1 else x.repeat_interleave(2)[::2] for x in specimen.inputs]
    strewn = [torch.stack([x, x], -1)[..., 0] if x.is_contiguous() else x for x in strewn]
    assert not any(x.is_contiguous() for x in strewn if x.ndim)
    y, dy, expected = gradients_of(specimen)
    again, saved = specimen.forward(*strewn)
    strewn_dy = torch.stack([dy, dy], -1)[..., 0]
    torch.testing.assert_close(again, y)
    torch.testing.assert_close(specimen.backward(strewn_dy, saved), expected)


def test_dy_may_be_an_expanded_number(specimen):
    y, saved = specimen.forward(*specimen.inputs)
    torch.testing.assert_close(
        specimen.backward(y.new_ones(()).expand(y.shape), saved), specimen.backward(torch.ones_like(y), saved)
    )


def test_nothing_is_changed_in_place_and_backward_runs_twice(specimen):
    before = [x.clone() for x in specimen.inputs]
    y, saved = specimen.forward(*specimen.inputs)
    output, dy = y.clone(), torch.ones_like(y)
    first = [g.clone() for g in specimen.backward(dy, saved)]
    torch.testing.assert_close(list(specimen.backward(dy, saved)), first, rtol=0, atol=0)
    torch.testing.assert_close(list(specimen.inputs), before, rtol=0, atol=0)
    torch.testing.assert_close(y, output, rtol=0, atol=0)
    assert torch.equal(dy, torch.ones_like(y))


def test_the_device_of_the_input_is_kept(specimen):
    if specimen.layer in LOOKS_AT_VALUES:
        pytest.skip("refuses bad values, which the meta device has none of")
    y, saved = specimen.to(device="meta").forward(*specimen.to(device="meta").inputs)
    gradients = specimen.backward(torch.ones_like(y), saved)
    assert {t.device.type for t in (y, *gradients)} == {"meta"}


def test_a_dy_that_would_merely_broadcast_is_refused(specimen):
    y, saved = specimen.forward(*specimen.inputs)
    with pytest.raises(ValueError, match=r"dloss|dy"):
        specimen.backward(torch.ones(1, *y.shape, dtype=y.dtype), saved)


def test_saved_values_are_frozen(specimen):
    _, saved = specimen.forward(*specimen.inputs)
    with pytest.raises(AttributeError):
        setattr(saved, saved._fields[0], None)


def test_layers_call_neither_autograd_nor_functional():
    for path in Path(byhand.__file__).parent.glob("*.py"):
        if path.name == "gradcheck.py":
            continue
        attributes = {n.attr for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)}
        assert not attributes & {"autograd", "nn", "functional", "backward", "ops", "aten"}, path.name
        imported = {n.module for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom)}
        assert not {m for m in imported if m.startswith("torch.")}, path.name
