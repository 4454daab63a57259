"""ex02: reduced-rank regression and the networks' gradients, the claims at other seeds, planted mistakes."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import bench_exercises.ex02_linear_networks as ex02
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex02_linear_networks import (
    comparing,
    exercise,
    landscape,
    networks,
    pictures,
    samples,
    speed,
    training,
)
from bench_exercises.ex02_linear_networks.optimum import numerical_rank, optimum
from bench_exercises.ex02_linear_networks.problem import Task, draw

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]


def run(here, *ids):
    for part in STUDIES:
        if not ids or part.id in ids:
            run_part(exercise, part.id, here)
    return here.findings


@pytest.fixture(scope="module")
def findings():
    return run(lab())


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


ON_PAPER = Task(double((1, 0), (0, 1), (0, 0)), double((3, 0), (0, 1), (0, 2)))
"""P = [[3, 0], [0, 1], [0, 0]]: singular values 3 and 1, and an error of 4 that no map avoids."""


def test_on_paper():
    best = optimum(ON_PAPER)
    assert best.singular.tolist() == pytest.approx([3, 1])
    assert [float(best.error(rank)) for rank in (0, 1, 2, 16)] == pytest.approx([14, 5, 4, 4])
    assert torch.allclose(best.map(1), double((3, 0), (0, 0)))
    assert torch.allclose(best.map(2), double((3, 0), (0, 1)))
    assert best.rank == 2


def test_gradients_on_paper():
    weights = [double((1,), (2,)), double((1, 0))]
    assert networks.folded(weights).tolist() == [[1, 0], [2, 0]]
    first, second = networks.gradients(ON_PAPER, weights)
    assert first.flatten().tolist() == pytest.approx([-2 / 3, 2 / 3])
    assert second.flatten().tolist() == pytest.approx([2 / 3, -2 / 3])


sizes = st.integers(1, 7)


@given(sizes, sizes, sizes, st.integers(0, 99))
def test_no_rank_is_beaten_and_every_error_is_attained(n, d, m, seed):
    task, _ = draw(lab(seed), n, d, m)
    best = optimum(task)
    scale = float(task.y.square().sum())
    for rank in range(1, min(d, m) + 1):
        assert float(task.error(best.map(rank)) - best.error(rank)) == pytest.approx(0, abs=1e-10 * scale)
        assert numerical_rank(torch.linalg.svdvals(best.map(rank))) <= rank
    shortest = torch.linalg.pinv(task.x) @ task.y
    assert torch.allclose(best.map(m), shortest, rtol=0, atol=1e-8 * float(1 + shortest.abs().max()))


def test_dependent_inputs_are_not_inverted():
    task = Task(double((1, 1), (2, 2), (3, 3)), double((1,), (2,), (4,)))
    found = optimum(task)
    assert torch.allclose(found.ols, torch.linalg.pinv(task.x) @ task.y)
    assert found.rank == 1


def test_many_tasks_at_once_equal_one_by_one():
    tasks, true = draw(lab(), 9, 4, 3, many=5)
    together = optimum(tasks)
    for i in range(5):
        alone = optimum(Task(tasks.x[i], tasks.y[i]))
        assert torch.allclose(together.map(2)[i], alone.map(2), atol=1e-10)
        assert float(together.error(2)[i]) == pytest.approx(float(alone.error(2)))
    assert true.shape == (5, 4, 3)


@given(sizes, st.lists(sizes, min_size=1, max_size=3), st.integers(0, 99))
def test_gradients_by_hand_equal_autograd(n, widths, seed):
    stream = torch.Generator().manual_seed(seed)
    shapes = [*zip([4, *widths], [*widths, 3], strict=True)]
    weights = [torch.randn(shape, generator=stream, dtype=torch.float64) for shape in shapes]
    task = Task(*(torch.randn(n, k, generator=stream, dtype=torch.float64) for k in (4, 3)))
    for a, b in zip(networks.gradients(task, weights), networks.gradients_by_autograd(task, weights), strict=True):
        assert torch.allclose(a, b, rtol=0, atol=1e-10 * float(1 + b.abs().max()))


def test_alternating_least_squares_reaches_the_optimum():
    here = lab()
    task = speed.gapped(here, 6)
    start = networks.initial(task, 4, here.generator())
    found = networks.folded(training.alternating(task, start[1], sweeps=60))
    assert torch.allclose(found, optimum(task).map(4), atol=1e-8)


def test_disagreements_counts_them(monkeypatch):
    assert comparing.disagreements(lab(), 5) == 0
    right = optimum
    monkeypatch.setattr(
        comparing, "optimum", lambda task: type("Same", (), {"error": lambda self, rank: right(task).error(9)})()
    )
    assert comparing.disagreements(lab(), 5) == 1


def test_unreached_directions():
    task = Task(double((1, 0, 0), (2, 0, 0)), double((1,), (2,)))
    assert torch.allclose(samples.unreached(task), torch.diag(double(0, 1, 1).flatten()), atol=1e-12)


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 38
    assert failed(findings) == {}


@pytest.mark.parametrize("seed", [1, 7])
def test_claims_hold_at_other_seeds(seed):
    assert failed(run(lab(seed), "a", "a.unseen", "b.saddles", "c")) == {}


def test_a_wrong_gradient_fails_a_claim(monkeypatch):
    right = ex02.gradients
    monkeypatch.setattr(ex02, "gradients", lambda task, weights: [-right(task, weights)[0], *right(task, weights)[1:]])
    assert failed(run(lab(), "b")).keys() == {"gradients by hand = autograd, all networks"}


def test_keeping_the_wrong_directions_fails_claims(monkeypatch):
    kind = type(optimum(ON_PAPER))
    right = kind.chosen
    monkeypatch.setattr(kind, "factors", lambda self, rank: right(self, list(range(self.right.shape[-1]))[-rank:]))
    names = failed(run(lab(), "b"))
    assert "error of the best rank-r map = floor + σ²ᵣ₊₁ + … , r = 1 … 6" in names
    assert "the trained fit is the best fit, every width: relative difference" in names


def test_a_width_that_does_not_bind_fails_claims(monkeypatch):
    monkeypatch.setattr(comparing, "WIDTHS", {"A": None, "B": 5, "C": 16})
    nets = comparing.compare(lab(), draw(lab(), 40, 8, 6)[0])
    assert nets["B"].rank == 5
    monkeypatch.setattr(comparing, "lbfgs", lambda task, weights: weights)
    assert comparing.compare(lab(), draw(lab(), 40, 8, 6)[0])["A"].excess > 1e-2


def test_saddles_know_their_directions():
    task, _ = draw(lab(), 30, 5, 4)
    best = optimum(task)
    rows = landscape.critical_points(task, best, 2)
    assert [row["directions kept"] for row in rows] == ["1, 2", "1, 3", "1, 4", "2, 3", "2, 4", "3, 4"]
    assert rows[0]["squared error"] == pytest.approx(float(best.error(2)))
    assert rows[0]["smallest curvature"] > -1e-9 > rows[1]["smallest curvature"]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree(part, seed):
    given = {"size": 8} if part.id == "b.speed" else {"width": 4, "features": 32, "batch": 8}
    truth = variants(exercise, part.id, lab(seed), **given)[part.reference]()
    for name, call in variants(exercise, part.id, lab(seed, dtype=torch.float32), **given).items():
        gap = float((call().double() - truth).abs().max() / truth.abs().max())
        assert gap <= (part.tolerance or 4e-6), name


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match=r"\(3, 2\) and targets \(2, 1\)"):
        Task(torch.zeros(3, 2), torch.zeros(2, 1))
    with pytest.raises(ValueError, match="n=0, d=2, m=1"):
        draw(lab(), 0, 2, 1)
    with pytest.raises(ValueError, match="size=3 is too small"):
        speed.gapped(lab(), 3)
    with pytest.raises(ValueError, match="steps=9"):
        ex02.epochs(lab(), rate=0.1, steps=9)
    with pytest.raises(ValueError, match="width=0"):
        speed.passes(lab(), 0, 4, 4)


def test_the_picture_hatches_what_is_lost():
    figure = pictures.singular_values([3.0, 2.0, 1.0], 2, [1, 2, 3], best=[5.0, 1.0, 0.0], trained=[5.0, 1.0, 0.0])
    assert [bar.get_hatch() for bar in figure.axes[0].patches] == [None, None, "///"]
    assert [len(line.get_xdata()) for line in figure.axes[1].lines[:2]] == [3, 3]


def test_the_answer_renders_and_names_what_is_recorded(findings):
    answer = Path(ex02.__file__).with_name("answer.md").read_text(encoding="utf-8")
    assert all(f"## 2{letter} — " in answer for letter in "abc")
    assert theory.problems(answer) == ()
    recorded = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    parts = {part.id: part for part in COMPARISONS}
    given = {"b.speed": {"size": 8}, "b.fold": {"width": 4, "features": 32, "batch": 8}}
    calls = {id: variants(exercise, id, **given[id]) for id in parts}
    for reference in theory.references(answer):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        else:
            part, variant = reference.names
            assert variant in calls[part]
            assert all(
                value in (p if isinstance(p := parts[part].parameters[name], tuple) else (p,))
                for name, value in reference.parameters
            )
    assert {r.names[0] for r in theory.references(answer) if r.function == "claim"} == recorded["claim"]
