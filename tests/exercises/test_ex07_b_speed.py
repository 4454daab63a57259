"""ex07.b: whole trainings. Our Adam is torch's, and every variant gives the reference's losses and parameters."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from bench import Lab
from bench.measure.agreement import agree, distance, named, poison
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.b_gradients import side_by_side
from bench_exercises.ex07_iris_by_hand.b_in_numpy import InNumPy
from bench_exercises.ex07_iris_by_hand.b_in_place import InPlace, corrected, matrices, pack, unpack
from bench_exercises.ex07_iris_by_hand.by_hand import BETA1, BETA2, EPSILON, RATE, Adam
from bench_exercises.ex07_iris_by_hand.checks import NoSlope, ReluSlope, Sum
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import flatten, problem, unflatten
from bench_exercises.ex07_iris_by_hand.reference import train, train_by_autograd

DOUBLE = torch.float64
VARIANTS = ["autograd", "autograd, fused", "by hand", "by hand, in place", "by hand, NumPy", "by hand, Numba"]


def a_lab(seed=0, dtype=DOUBLE, folder=Path("unused")):
    return Lab(device=torch.device("cpu"), dtype=dtype, seed=seed, profile="smoke", folder=folder)


def calls(seed=0, dtype=DOUBLE, steps=20):
    return exercise.parts["b.speed"].run(a_lab(seed, dtype), steps)


def adam_runs(ours, gradients):
    """Both Adams from one start along the same gradients: the two vectors after each step."""
    mine, parameter = torch.ones(5, dtype=DOUBLE), torch.nn.Parameter(torch.ones(5, dtype=DOUBLE))
    adam, theirs = ours(mine), torch.optim.Adam([parameter], lr=RATE)
    for g in gradients:
        adam.step(g)
        parameter.grad = g.clone()
        theirs.step()
        yield mine.clone(), parameter.detach().clone()


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-9, 1e-4, 1.0, 1e4]))
def test_adam_is_torchs(seed, scale):
    gradients = scale * torch.randn(300, 5, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)
    for mine, theirs in adam_runs(Adam, gradients):
        torch.testing.assert_close(mine, theirs, atol=1e-14, rtol=1e-13)


def test_the_first_step_of_adam_is_the_rate_against_the_gradients_sign():
    theta = torch.zeros(3, dtype=DOUBLE)
    Adam(theta).step(torch.tensor([5.0, -0.01, 0.0], dtype=DOUBLE))
    torch.testing.assert_close(theta, torch.tensor([-RATE, RATE, 0], dtype=DOUBLE), atol=1e-8, rtol=0)


class Uncorrected(Adam):
    def step(self, g):
        self.m = BETA1 * self.m + (1 - BETA1) * g
        self.v = BETA2 * self.v + (1 - BETA2) * g * g
        self.theta -= RATE * self.m / (self.v.sqrt() + EPSILON)


class EpsilonInside(Adam):
    def step(self, g):
        self.t += 1
        self.m = BETA1 * self.m + (1 - BETA1) * g
        self.v = BETA2 * self.v + (1 - BETA2) * g * g
        m_hat, v_hat = self.m / (1 - BETA1**self.t), self.v / (1 - BETA2**self.t)
        self.theta -= RATE * m_hat / (v_hat + EPSILON).sqrt()


@pytest.mark.parametrize("wrong", [Uncorrected, EpsilonInside])
def test_a_wrong_adam_is_seen(wrong):
    gradients = 1e-4 * torch.randn(20, 5, generator=torch.Generator().manual_seed(0), dtype=DOUBLE)
    assert max(float((a - b).abs().max()) for a, b in adam_runs(wrong, gradients)) > 1e-5


@pytest.mark.parametrize("t", [1, 2, 10, 1000])
def test_the_corrections_folded_into_rate_and_epsilon(t):
    rate, epsilon = corrected(t)
    m, v = 0.3, 0.02
    expected = RATE * (m / (1 - BETA1**t)) / ((v / (1 - BETA2**t)) ** 0.5 + EPSILON)
    assert rate * m / (v**0.5 + epsilon) == pytest.approx(expected, rel=1e-14)


def test_by_hand_and_autograd_stay_together():
    trace, net, model = side_by_side(problem(a_lab()), range(200))
    assert max(trace.apart) < 1e-12
    assert trace.by_hand == pytest.approx(trace.by_autograd, abs=1e-12)
    assert trace.by_hand[-1] < trace.by_hand[0]
    t = problem(a_lab())
    torch.testing.assert_close(net.log_probabilities(t.x), model(t.x).detach(), atol=1e-11, rtol=0)


@pytest.mark.parametrize("wrong", [NoSlope, ReluSlope, Sum])
def test_a_wrong_backward_pass_disagrees(wrong):
    """Adam forgives a factor N, so it is the first gradient that gives ``Sum`` away."""
    truth, single = (named(calls(dtype=dtype)["autograd"]()) for dtype in (DOUBLE, torch.float32))
    assert not agree(named(train(wrong, problem(a_lab(dtype=torch.float32)), 20)), single, truth).passed


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
    found = named(single[name]())
    assert {tensor.dtype for tensor in found.values()} == {torch.float32}
    assert agree(found, named(single["autograd"]()), truth).passed


@pytest.mark.parametrize("name", VARIANTS)
def test_every_call_computes_anew(name):
    call = calls()[name]
    output = call()
    first = named(output)
    poison(output)
    again = named(call())
    assert all(torch.equal(first[key], again[key]) for key in first)


@pytest.mark.parametrize("kind", [InPlace, InNumPy])
def test_in_place_over_a_longer_run(kind):
    t = problem(a_lab(2))
    assert distance(named(kind(t, 300).train()), named(train_by_autograd(t, 300)))[0] < 1e-12


class Outputs(TorchDispatchMode):
    """Notes where each operation writes to."""

    def __init__(self):
        super().__init__()
        self.written = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        output = function(*args, **(kwargs or {}))
        self.written |= {t.untyped_storage().data_ptr() for t in tree_leaves(output) if isinstance(t, torch.Tensor)}
        return output


def test_a_step_in_place_allocates_nothing():
    run = InPlace(problem(a_lab()), 3)
    held = {t.untyped_storage().data_ptr() for t in tree_leaves(vars(run)) if isinstance(t, torch.Tensor)}
    held |= {layer.delta.untyped_storage().data_ptr() for layer in run.layers}
    with torch.inference_mode(), Outputs() as seen:
        for total, hit, rate, epsilon in run.schedule:
            run.forward(total, hit)
            run.backward(total)
            run.adam(rate, epsilon)
    assert len(seen.written) > 10
    assert seen.written <= held


@pytest.mark.parametrize("kind", [InPlace, InNumPy])
def test_in_place_gives_copies(kind):
    """An outcome that viewed the buffers would change under the caller at the next call."""
    run = kind(problem(a_lab()), 3)
    outputs = run.train().values()
    held = {t.untyped_storage().data_ptr() for t in tree_leaves(vars(run)) if isinstance(t, torch.Tensor)}
    assert held.isdisjoint(t.untyped_storage().data_ptr() for t in outputs)


def test_the_dispatch_mode_would_see_an_allocation():
    with Outputs() as seen:
        fresh = torch.ones(2) + 1
    assert fresh.untyped_storage().data_ptr() in seen.written


def test_pack_and_unpack_are_inverse_and_matrices_are_views():
    theta = unflatten(torch.arange(103.0))
    vector = pack(theta)
    assert all(torch.equal(p, theta[name]) for name, p in unpack(vector).items())
    matrices(vector)[3][-1, -1] = -1
    assert vector[-1] == -1
    assert [tuple(m.shape) for m in matrices(vector)] == [(5, 5), (5, 6), (5, 6), (3, 6)]


def test_training_leaves_the_task_as_it_was():
    t = problem(a_lab())
    before = flatten(t.theta)
    for run in (lambda: train(Network, t, 2), lambda: train_by_autograd(t, 2), InPlace(t, 2).train):
        run()
        assert torch.equal(flatten(t.theta), before)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_call_draws_nothing_from_the_global_stream(name):
    before = torch.get_rng_state()
    calls(steps=2)[name]()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_study_passes_and_repeats(seed, tmp_path):
    def findings():
        lab = a_lab(seed, folder=tmp_path)
        exercise.parts["b"].run(lab)
        return lab.findings

    first = findings()
    assert [claim for claim in first.claims if not claim.passed] == []
    assert len(first.claims) == 10
    assert first == findings()
    assert (tmp_path / first.figures[0].path).stat().st_size > 10_000


def test_work_is_counted_in_steps():
    part = exercise.parts["b.speed"]
    work = part.work(**part.parameters)
    assert (work.count, work.unit) == (50, "steps")
