"""ex03: the sheet's numbers against arithmetic on paper, the rules of both pools, and slips that must be caught."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from bench.testing import failed, lab, run_part, variants
from bench_exercises.ex03_pooling_gradients import (
    a_collapse,
    by_hand,
    c_average,
    c_edges,
    c_max,
    c_rule,
    c_running,
    checks,
    d_speed,
    exercise,
    problem,
    reference,
)

X = torch.tensor(problem.DATA, dtype=torch.float64)
ON_PAPER = problem.Filter(torch.tensor([[1.0, 0.0], [0.0, 1.0]]).double(), torch.tensor([0.5]).double())
"""y[t] = x1[t] + x2[t + 1] + 0.5: Data1 gives 3.5, 0.5, -1.5 and Data2 gives 6.5, -4.5, 0.5."""


def test_average_model_worked_out_on_paper():
    at = by_hand.forward(X, ON_PAPER, "average")
    assert at.y.tolist() == [[3.5, 0.5, -1.5], [6.5, -4.5, 0.5]]
    assert at.out.tolist() == [[2.0, -0.5], [1.0, -2.0]]
    assert at.e.tolist() == [-1.0, -1.5]
    back = by_hand.backward(at, X, "squared")
    # u = 2 e = (-2, -3); dy = (-1, -2.5, -1.5) for Data2 and its negative for Data1; dW = sum of dy D
    assert back.y.tolist() == [[1.0, 2.5, 1.5], [-1.0, -2.5, -1.5]]
    assert back.weight.tolist() == [[-3 - 1.5, -2.5], [-2 + 7.5, 12.5 - 1.5]]
    assert back.bias.tolist() == [0.0]


def test_max_model_worked_out_on_paper():
    at = by_hand.forward(X, ON_PAPER, "max")
    assert at.out.tolist() == [[3.5, 0.5], [6.5, 0.5]]
    assert at.shares.tolist() == [[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 0, 1]]]
    back = by_hand.backward(at, X, "l1")
    # e = (3, 0), sign = (1, 0): only the first windows count, both through y1
    assert back.y.tolist() == [[-1, 0, 0], [1, 0, 0]]
    assert back.weight.tolist() == [[3.0, 0.0], [2.0, 0.0]]


def test_the_middle_value_gathers_from_both_windows():
    y = torch.tensor([[0.0, 9.0, 1.0]])
    assert by_hand.shares(y, "max").sum(1).tolist() == [[0, 2, 0]]
    assert by_hand.shares(y, "average").sum(1).tolist() == [[0.5, 1.0, 0.5]]


def test_shares_with_stride_leave_a_remainder_alone():
    y = torch.tensor([[3.0, 1.0, 2.0, 5.0, 4.0]])
    assert by_hand.shares(y, "max", kernel=2, stride=2).tolist() == [[[1, 0, 0, 0, 0], [0, 0, 0, 1, 0]]]
    assert by_hand.shares(y, "average", kernel=2, stride=3).tolist() == [[[0.5, 0.5, 0, 0, 0], [0, 0, 0, 0.5, 0.5]]]


@pytest.mark.parametrize("norm", problem.NORMS)
@pytest.mark.parametrize("pool", problem.POOLS)
@pytest.mark.parametrize("seed", range(5))
def test_gradients_at_any_draw_are_autograds(pool, norm, seed):
    f = next(problem.draws(lab(seed), sigma=1.0))
    back = by_hand.backward(by_hand.forward(X, f, pool, norm), X, norm)
    gradient, after = reference.train_once(X, f, pool=pool, norm=norm, lr=0.1)
    torch.testing.assert_close(gradient.weight, back.weight, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(after.weight, by_hand.step(f, back, 0.1).weight, rtol=1e-12, atol=1e-12)
    assert float(back.bias) == 0


def test_the_difference_of_the_data_is_that_of_the_sheet():
    assert (X[1] - X[0]).tolist() == [[3, 0, 1, 0], [2, 0, -5, 1]]


def test_null_space_on_paper():
    matrix = 2 * torch.tensor(a_collapse.LINEAR)
    for w in a_collapse.NULL:
        assert (matrix @ torch.tensor(w)).tolist() == [0, 0]
    difference = X[1] - X[0]
    for column in range(4):
        unit = problem.Filter(torch.eye(4)[column].view(2, 2).double(), torch.zeros(1).double())
        at, _ = a_collapse.alone(difference, unit)
        assert at.e.tolist() == pytest.approx([row[column] for row in a_collapse.LINEAR])


def test_draws_are_what_the_sheet_says():
    drawn = problem.draws(lab(), sigma=0.1)
    values = torch.cat([by_hand.parameters(next(drawn)) for _ in range(2000)])
    assert float(values.std()) == pytest.approx(0.1, rel=0.05)
    assert abs(float(values.mean())) < 0.01


@pytest.mark.parametrize("k", [1, 2, 3, 7, 8, 30])
@pytest.mark.parametrize("whole", [False, True])
def test_running_pools_at_any_window(k, whole):
    shape = c_rule.Shape(images=3, channels=1, length=30, kernel=k, stride=1, whole=whole)
    generator = torch.Generator().manual_seed(k)
    x = shape.draw(generator)[:, 0]
    dout = torch.randn(3, 31 - k, generator=generator).double()
    for mean in (c_average.mean_by_taps, c_average.mean_by_box, c_average.mean_by_sums):
        found = c_average.mean_and_back(mean, x, dout, k)
        for name, truth in c_running.by_autograd(F.avg_pool1d, x, dout, k).items():
            torch.testing.assert_close(found[name], truth, rtol=1e-11, atol=1e-12)
    for largest in (c_max.maximum, c_max.maximum_by_windows):
        found = c_max.maximum_and_back(largest, x, dout, k)
        for name, truth in c_running.by_autograd(F.max_pool1d, x, dout, k).items():
            torch.testing.assert_close(found[name], truth, rtol=1e-11, atol=1e-12)


def test_one_pair_of_the_batch_is_the_sheets_problem():
    for pool, ways in (
        ("average", (d_speed.average_by_hand, d_speed.average_of_difference)),
        ("max", (d_speed.max_by_hand,)),
    ):
        truth = by_hand.backward(by_hand.forward(X, ON_PAPER, pool), X).weight
        for way in (*ways, lambda *a, pool=pool: d_speed.by_autograd(*a, pool)):
            torch.testing.assert_close(way(X[:1], X[1:], ON_PAPER), truth)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
@pytest.mark.parametrize("part", ["a", "b", "c", "c.edges", "d"])
def test_claims_hold(part, seed):
    found = run_part(exercise, part, lab(seed))
    assert found.claims
    assert failed(found) == {}


def test_a_part_can_be_narrowed_to_one_norm():
    assert failed(run_part(exercise, "a", norm="l1")) == {}
    found = run_part(exercise, "d", norm="squared", lr=0.1, sigma=0.1)
    assert {row[2] for row in found.tables[0].rows} == {"squared"}


@pytest.mark.parametrize(
    ("part", "changed", "message"),
    [
        ("a", {"norm": "l3"}, "l3"),
        ("b", {"sigma": 0.0}, "sigma"),
        ("d", {"norm": ("l2", "max")}, "max"),
        ("d", {"lr": -1.0}, "lr"),
        ("b", {"lr": 0.0}, "lr"),
        ("d", {"updates": 0}, "updates"),
    ],
)
def test_bad_parameters_say_what_is_wrong(part, changed, message):
    with pytest.raises(ValueError, match=message):
        run_part(exercise, part, **changed)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 2, 1\)"):
        by_hand.convolve(X[:, :, :1], ON_PAPER)
    with pytest.raises(ValueError, match="kernel 4"):
        by_hand.shares(X[0, :, :3], "max", kernel=4)
    with pytest.raises(ValueError, match="median"):
        by_hand.shares(X[0], "median")
    with pytest.raises(ValueError, match="kernel must be from"):
        variants(exercise, "c.average", kernel=5000)


def broken(change):
    """``backward`` with one slip: ``change`` maps the right result to a wrong one."""
    right = by_hand.backward
    return lambda at, x, norm="l2": change(right(at, x, norm))


@pytest.mark.parametrize(
    "change",
    [
        lambda b: replace(b, weight=b.weight.flip(1)),
        lambda b: replace(b, weight=-b.weight),
        lambda b: replace(b, weight=b.weight / 2),
        lambda b: replace(b, weight=b.weight.T.contiguous()),
    ],
    ids=["flipped kernel", "wrong sign", "factor 1/2", "wrong axis"],
)
@pytest.mark.parametrize("part", ["a", "b"])
def test_a_slip_in_the_filter_is_caught(part, change, monkeypatch):
    monkeypatch.setattr(checks, "backward", broken(change))
    pool = "average" if part == "a" else "max"
    assert f"{pool}: gradient by hand = central differences" in failed(run_part(exercise, part))


def test_a_minus_sign_forgotten_for_data1_is_caught(monkeypatch):
    monkeypatch.setattr(by_hand, "SIGNS", (1.0, 1.0))
    assert {
        "average: gradient by hand = central differences",
        "average: a bias for each data set would get ∓Σu, as differences say",
    } <= failed(run_part(exercise, "a")).keys()


@pytest.mark.parametrize("part", ["a", "b"])
def test_a_bias_left_out_on_the_way_forward_is_caught(part, monkeypatch):
    right = by_hand.convolve
    monkeypatch.setattr(by_hand, "convolve", lambda x, f: right(x, problem.Filter(f.weight, torch.zeros(1))))
    pool = "average" if part == "a" else "max"
    assert {
        f"{pool}: y and z by hand = PyTorch's",
        f"{pool}: a bias for each data set would get ∓Σu, as differences say",
    } <= failed(run_part(exercise, part)).keys()


def test_assigning_where_windows_overlap_is_caught(monkeypatch):
    right = by_hand.shares

    def last_window_wins(y, pool, kernel=2, stride=1):
        taken = right(y, pool, kernel, stride).clone()
        for p in range(taken.shape[1] - 1):
            taken[:, p][(taken[:, p + 1 :] != 0).any(1)] = 0
        return taken

    monkeypatch.setattr(c_rule, "shares", last_window_wins)
    assert "average: z = S y and dy = Sᵀ dz agree with autograd" in failed(run_part(exercise, "c"))


def test_the_last_of_equal_values_is_caught(monkeypatch):
    def last(y, pool, kernel=2, stride=1):
        mirrored = by_hand.shares(y.flip(1), pool, kernel, stride)
        return mirrored.flip(1, 2)

    monkeypatch.setattr(c_rule, "shares", last)
    monkeypatch.setattr(c_edges, "shares", last)
    assert "a tie goes wholly to the first index" in failed(run_part(exercise, "c.edges"))


def test_nan_at_identical_data_is_caught(monkeypatch):
    literal = replace(problem.NORMS["l2"], derivative=lambda e: e / e.norm())
    monkeypatch.setitem(problem.NORMS, "l2", literal)
    with pytest.raises(ValueError, match="identical data"):
        run_part(exercise, "c.edges")


@pytest.mark.parametrize(
    ("part", "parameters"),
    [
        *(("c.average", {"kernel": k}) for k in (2, 16)),
        *(("c.max", {"kernel": k}) for k in (2, 16)),
        *(("d.speed", {"pool": pool, "pairs": n}) for pool in problem.POOLS for n in (1, 64)),
    ],
)
def test_variants_agree_and_compute_anew(part, parameters):
    for dtype, bound in ((torch.float64, 1e-11), (torch.float32, 1e-5)):
        calls = variants(exercise, part, lab(3, dtype=dtype), **parameters)
        truth = named(calls[exercise.parts[part].reference]())
        for call in calls.values():
            first, second = named(call()), named(call())
            for name, tensor in first.items():
                assert tensor.dtype == dtype
                assert torch.equal(tensor, second[name])
                assert tensor.data_ptr() != second[name].data_ptr()
                assert float((tensor - truth[name]).abs().max() / truth[name].abs().max()) < bound


def named(output):
    return output if isinstance(output, dict) else {"output": output}
