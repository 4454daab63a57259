"""ex07.b.speed: the run in place, by torch and by NumPy, allocates nothing and gives copies."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from bench.measure.agreement import distance, named
from bench_exercises.ex07_iris_by_hand.b_in_numpy import InNumPy
from bench_exercises.ex07_iris_by_hand.b_in_place import InPlace, corrected, matrices, pack, unpack
from bench_exercises.ex07_iris_by_hand.by_hand import BETA1, BETA2, EPSILON, train
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import LEARNING_RATE, flatten, pose_seed, unflatten
from bench_exercises.ex07_iris_by_hand.reference import train_by_autograd


def the_task(seed=0):
    return pose_seed(seed, torch.device("cpu"), torch.float64)


@pytest.mark.parametrize("t", [1, 2, 10, 1000])
def test_the_corrections_folded_into_rate_and_epsilon(t):
    learning_rate, epsilon = corrected(t)
    m, v = 0.3, 0.02
    expected = LEARNING_RATE * (m / (1 - BETA1**t)) / ((v / (1 - BETA2**t)) ** 0.5 + EPSILON)
    assert learning_rate * m / (v**0.5 + epsilon) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("kind", [InPlace, InNumPy])
def test_in_place_over_a_longer_run(kind):
    t = the_task(2)
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
    run = InPlace(the_task(), 3)
    held = {t.untyped_storage().data_ptr() for t in tree_leaves(vars(run)) if isinstance(t, torch.Tensor)}
    held |= {layer.delta.untyped_storage().data_ptr() for layer in run.layers}
    with torch.inference_mode(), Outputs() as outputs:
        for total, hit, learning_rate, epsilon in run.schedule:
            run.forward(total, hit)
            run.backward(total)
            run.adam(learning_rate, epsilon)
    assert len(outputs.written) > 10
    assert outputs.written <= held


@pytest.mark.parametrize("kind", [InPlace, InNumPy])
def test_in_place_gives_copies(kind):
    """An outcome that viewed the buffers would change under the caller at the next call."""
    run = kind(the_task(), 3)
    outputs = run.train().values()
    held = {t.untyped_storage().data_ptr() for t in tree_leaves(vars(run)) if isinstance(t, torch.Tensor)}
    assert held.isdisjoint(t.untyped_storage().data_ptr() for t in outputs)


def test_the_dispatch_mode_would_see_an_allocation():
    with Outputs() as outputs:
        fresh = torch.ones(2) + 1
    assert fresh.untyped_storage().data_ptr() in outputs.written


def test_pack_and_unpack_are_inverse_and_matrices_are_views():
    theta = unflatten(torch.arange(103.0))
    vector = pack(theta)
    assert all(torch.equal(p, theta[name]) for name, p in unpack(vector).items())
    matrices(vector)[3][-1, -1] = -1
    assert vector[-1] == -1
    assert [tuple(m.shape) for m in matrices(vector)] == [(5, 5), (5, 6), (5, 6), (3, 6)]


def test_training_leaves_the_task_as_it_was():
    t = the_task()
    before = flatten(t.theta)
    for run in (lambda: train(Network, t, 2), lambda: train_by_autograd(t, 2), InPlace(t, 2).train):
        run()
        assert torch.equal(flatten(t.theta), before)
