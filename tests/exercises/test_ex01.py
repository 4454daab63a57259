"""ex01: the numbers of the sheet, checked against arithmetic done outside the code, and slips that must be caught."""

import math
from dataclasses import replace

import pytest
import torch

from bench.kit.byhand import adam, rmsprop, sgd
from bench.testing import failed, lab, run_part, variants
from bench_exercises.ex01_one_step_by_hand import (
    a_one_step,
    a_plain_python,
    b_paths,
    by_hand,
    c_surfaces,
    checks,
    d_descents,
    exercise,
    network,
    problem,
    reference,
)

W = torch.tensor(problem.WEIGHTS, dtype=torch.float64)
X = torch.tensor(problem.INPUTS, dtype=torch.float64)
PROBE = torch.tensor(problem.PROBE, dtype=torch.float64)


def test_forward_values_worked_out_on_paper():
    source = network.forward(W, X, "source_major")
    assert source.z.tolist() == pytest.approx([0.9 * 1.5 + 0.7 + 0.5, 0.8 * 1.5 + 0.6 + 0.4])
    assert float(1 - source.h[0] ** 2) == pytest.approx(0.0241, abs=5e-5)
    target = network.forward(W, X, "target_major")
    assert target.z.tolist() == pytest.approx([0.9 * 1.5 + 0.8 + 0.7, 0.6 * 1.5 + 0.5 + 0.4])
    assert float(target.o) == pytest.approx(1 / (1 + math.exp(-(0.3 * math.tanh(2.85) - 0.4 * 1.8))))


def test_gradient_worked_out_on_paper():
    h1, h2 = math.tanh(2.55), 2.2
    o = 1 / (1 + math.exp(-(0.3 * h1 - 0.4 * h2)))
    at = network.forward(W, X, "source_major")
    for loss, delta in (("half_mse", o * o * (1 - o)), ("mse", 2 * o * o * (1 - o)), ("bce", o)):
        d1, d2 = 0.3 * delta * (1 - h1 * h1), -0.4 * delta
        expected = [1.5 * d1, 1.5 * d2, d1, d2, d1, d2, delta * h1, delta * h2]
        found = by_hand.backward(at, W, X, loss=loss, ordering="source_major").gradient
        assert found.tolist() == pytest.approx(expected, rel=1e-12)


def test_target_major_is_how_torch_flattens_a_linear_layer():
    layer = torch.nn.Linear(3, 2, bias=False, dtype=torch.float64)
    layer.weight.data.copy_(W[:6].reshape(2, 3))
    assert torch.equal(layer(X), network.forward(W, X, "target_major").z)


@pytest.mark.parametrize("ordering", problem.ORDERINGS)
def test_split_and_join_are_inverse_and_name_the_arrows(ordering):
    assert torch.equal(network.join(*network.split(W, ordering), ordering), W)
    hidden, _ = network.split(torch.arange(8.0), ordering)
    for i, arrow in enumerate(network.arrows(ordering)[:6]):
        assert hidden[int(arrow[4]) - 1, int(arrow[1]) - 1] == i


@pytest.mark.parametrize("loss", network.LOSSES)
@pytest.mark.parametrize("ordering", problem.ORDERINGS)
@pytest.mark.parametrize("x", [X, PROBE], ids=["sheet", "probe"])
def test_gradient_three_ways_at_other_targets(loss, ordering, x):
    at = network.forward(W, x, ordering)
    leaf = W.clone().requires_grad_()
    (truth,) = torch.autograd.grad(network.loss_at(leaf, x, loss, ordering, target=0.7), leaf)
    found = by_hand.backward(at, W, x, loss=loss, ordering=ordering, target=0.7).gradient
    numeric = checks.by_differences(lambda w: network.loss_at(w, x, loss, ordering, target=0.7), W)
    torch.testing.assert_close(found, truth, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(found, numeric, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("taken", [1, 7])
@pytest.mark.parametrize(
    ("step", "optimiser"),
    [(sgd, torch.optim.SGD), (rmsprop, torch.optim.RMSprop), (adam, torch.optim.Adam)],
)
def test_steps_are_those_of_torch(step, optimiser, taken):
    leaf = W.clone().requires_grad_()
    theirs, ours, state = optimiser([leaf], lr=0.03), W, None
    for _ in range(taken):
        leaf.grad = (leaf.detach() ** 3).clone()
        theirs.step()
        (ours,), state = step((ours,), (ours**3,), state, lr=0.03)
    torch.testing.assert_close(ours, leaf.detach(), rtol=1e-12, atol=1e-15)


def test_plain_python_takes_the_same_steps():
    current = W
    for _ in range(5):
        current = current - 0.1 * reference.by_autograd(current, PROBE, "half_mse", "source_major", target=0.7)
    found = a_plain_python.in_plain_python(W.tolist(), [(PROBE.tolist(), 0.7)], 0.1, 5)
    assert found == pytest.approx(current.tolist(), rel=1e-12)


def test_paths_and_counts_worked_out_on_paper():
    net = b_paths.evaluate(*b_paths.draw((3, 4, 4, 4, 1), torch.Generator().manual_seed(1)))
    assert len(list(b_paths.paths(net.widths))) == 192
    assert b_paths.first_layer(net)[2:] == (192 * 7, 61)
    assert b_paths.path_multiplications((*[10] * 10, 1)) == 19 * 10**10
    assert b_paths.path_multiplications((2, 3, 1), layer=2) == 3


@pytest.mark.parametrize("widths", [(2, 1), (1, 1, 1), (3, 2, 5, 1)])
def test_counts_in_closed_form_hold_for_other_nets(widths):
    net = b_paths.evaluate(*b_paths.draw(widths, torch.Generator().manual_seed(2)))
    expected = b_paths.path_multiplications(widths), b_paths.backpropagation_multiplications(widths)
    assert b_paths.first_layer(net)[2:] == expected


def test_newton_sequence_of_the_sheet():
    points = c_surfaces.trajectory(
        lambda x: c_surfaces.newton_step(c_surfaces.bowl(), x), torch.tensor([1.1]).double(), 4
    )
    assert points[:, 0].tolist() == pytest.approx([1.1, -1.331, 2.358, -13.11, 2253.2], rel=1e-3)


@pytest.mark.parametrize("surface", [c_surfaces.bowl(), c_surfaces.exponential()])
def test_surfaces_have_their_own_derivatives(surface):
    x = torch.tensor([0.3, -1.2], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(surface.value(x), x)
    torch.testing.assert_close(surface.gradient(x.detach()), gradient)
    hessian = torch.autograd.functional.hessian(surface.value, x.detach())
    torch.testing.assert_close(surface.hessian(x.detach()), hessian)


def test_descent_that_does_not_arrive_says_so():
    with pytest.raises(ValueError, match="10 steps"):
        c_surfaces.descend(torch.tensor([1.0, 50.0]), lr=0.01, below=1e-6, most=10)


def test_adams_bound_is_that_of_cauchy_and_schwarz():
    assert d_descents.step_bound() == pytest.approx(7.2703, abs=1e-3)


@pytest.mark.parametrize(
    ("part", "seed"), [("a", 0), *((part, seed) for part in ("b", "b.passes", "c", "d") for seed in (0, 1, 2))]
)
def test_claims_hold(part, seed):
    found = run_part(exercise, part, lab(seed))
    assert found.claims
    assert failed(found) == {}


def test_a_part_can_be_narrowed_to_one_value():
    assert failed(run_part(exercise, "a", ordering="target_major", loss="bce", lr=0.5, adam_lr=0.1)) == {}


@pytest.mark.parametrize(
    ("part", "changed", "message"),
    [
        ("a", {"ordering": "sideways"}, "sideways"),
        ("a", {"loss": "hinge"}, "hinge"),
        ("a", {"lr": -0.1}, "lr"),
        ("a", {"adam_lr": ("fast",)}, "adam_lr"),
        ("b", {"widths": (3, 4, 2)}, "the last of them 1"),
        ("b", {"widths": (90, 90, 90, 90, 1)}, "paths"),
    ],
)
def test_bad_parameters_say_what_is_wrong(part, changed, message):
    with pytest.raises(ValueError, match=message):
        run_part(exercise, part, **changed)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="8 weights"):
        network.forward(W[:7], X, "source_major")
    with pytest.raises(ValueError, match="3 inputs"):
        network.forward(W, X[:2], "source_major")


def test_a_wrong_slope_is_caught_at_the_probe(monkeypatch):
    right = by_hand.slopes
    monkeypatch.setattr(by_hand, "slopes", lambda at, slope=0.2: right(at, 0.1))
    assert "gradient by hand = autograd" in failed(run_part(exercise, "a"))


def test_a_slope_in_float32_is_caught(monkeypatch):
    right = by_hand.slopes
    monkeypatch.setattr(by_hand, "slopes", lambda at, slope=0.2: right(at, float(torch.tensor(slope))))
    assert "gradient by hand = autograd" in failed(run_part(exercise, "a"))


def test_adam_without_bias_correction_is_caught(monkeypatch):
    def uncorrected(p, g, state=None, *, lr):
        m, v = 0.1 * g[0], 0.001 * g[0] ** 2
        return (p[0] - lr * m / (v.sqrt() + 1e-8),), None

    monkeypatch.setattr(a_one_step, "adam", uncorrected)
    assert "Adam step by hand = torch.optim.Adam" in failed(run_part(exercise, "a"))


def test_a_step_of_the_wrong_sign_is_caught(monkeypatch):
    monkeypatch.setattr(a_one_step, "sgd", lambda w, g, lr: ((w[0] + lr * g[0],), None))
    assert "SGD step by hand = torch.optim.SGD" in failed(run_part(exercise, "a"))


def test_a_delta_without_its_slope_is_caught(monkeypatch):
    right = b_paths.evaluate

    def flat(layers, x):
        net = right(layers, x)
        return replace(net, slopes=[*([1.0] * len(row) for row in net.slopes[:-1]), net.slopes[-1]])

    monkeypatch.setattr(b_paths, "evaluate", flat)
    assert "gradient path by path = by deltas = autograd" in failed(run_part(exercise, "b"))


def test_rmsprop_in_the_place_of_adam_is_caught(monkeypatch):
    monkeypatch.setitem(d_descents.STEPS, "Adam", rmsprop)
    assert "Adam's first step is 1 lr, whatever the gradient" in failed(run_part(exercise, "d"))


@pytest.mark.parametrize("part", ["a.speed", "b.speed"])
def test_variants_agree(part):
    for dtype, bound in ((torch.float64, 1e-7), (torch.float32, 1e-3)):
        calls = variants(exercise, part, lab(3, dtype=dtype))
        truth = calls[exercise.parts[part].reference]()
        for call in calls.values():
            first, second = call(), call()
            assert first.dtype == dtype
            assert torch.equal(first, second)
            assert float((first - truth).abs().max() / truth.abs().max()) < bound
