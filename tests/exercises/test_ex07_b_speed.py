"""ex07.b.speed: every variant gives the reference's losses and parameters, anew at every call."""

import pytest
import torch

from bench.measure.agreement import agree, distance, named, poison
from bench.testing import lab, variants
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.by_hand import train
from bench_exercises.ex07_iris_by_hand.checks import NoSlope, ReluSlope, Sum
from bench_exercises.ex07_iris_by_hand.problem import pose

DOUBLE = torch.float64
VARIANTS = ["autograd", "autograd, fused", "by hand", "by hand, in place", "by hand, NumPy", "by hand, Numba"]


def calls(seed=0, dtype=DOUBLE, steps=20):
    return variants(exercise, "b.speed", lab(seed, dtype=dtype), steps=steps)


@pytest.mark.parametrize("wrong", [NoSlope, ReluSlope, Sum])
def test_a_wrong_backward_pass_disagrees(wrong):
    """Adam forgives a factor N, so it is the first gradient that gives ``Sum`` away."""
    truth, single = (named(calls(dtype=dtype)["autograd"]()) for dtype in (DOUBLE, torch.float32))
    assert not agree(named(train(wrong, pose(lab(dtype=torch.float32)), 20)), single, truth).passed


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_variant_in_float64(name, seed):
    ours = named(calls(seed)[name]())
    assert ours["losses"].shape == (20,)
    assert distance(ours, named(calls(seed)["autograd"]()))[0] < 1e-13


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_in_float32_as_the_harness_asks(name):
    truth = named(calls()["autograd"]())
    single = calls(dtype=torch.float32)
    ours = named(single[name]())
    assert {tensor.dtype for tensor in ours.values()} == {torch.float32}
    assert agree(ours, named(single["autograd"]()), truth).passed


@pytest.mark.parametrize("name", VARIANTS)
def test_every_call_computes_anew(name):
    call = calls()[name]
    output = call()
    first = named(output)
    poison(output)
    again = named(call())
    assert all(torch.equal(first[key], again[key]) for key in first)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_call_draws_nothing_from_the_global_stream(name):
    before = torch.get_rng_state()
    calls(steps=2)[name]()
    assert torch.equal(torch.get_rng_state(), before)


def test_work_is_counted_in_steps():
    part = exercise.parts["b.speed"]
    work = part.work(**part.parameters)
    assert (work.count, work.unit) == (50, "steps")
