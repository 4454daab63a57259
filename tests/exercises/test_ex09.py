"""ex09: the parts, their claims, the written answer, and what planted mistakes do to them."""

from pathlib import Path

import pytest
import torch

import bench_exercises.ex09_vanishing_gradient as ex09
from bench.kit.training import Diverged
from bench.measure.agreement import poison
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex09_vanishing_gradient import batch_norm, byhand, drawing, exercise, gradients, stack, training
from bench_exercises.ex09_vanishing_gradient.models import Model
from bench_exercises.ex09_vanishing_gradient.proof import prove
from bench_exercises.ex09_vanishing_gradient.task import problem

CPU = torch.device("cpu")


def run(seed=0, parts="abc", **parameters):
    here = lab(seed)
    for part in parts:
        run_part(exercise, part, here, **parameters)
    return here.findings


@pytest.fixture(scope="module")
def findings():
    return run()


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 22
    assert failed(findings) == {}


def test_every_kind_and_depth_is_in_the_tables(findings):
    finals = [table for table in findings.tables if table.name.startswith("After the last epoch")]
    kinds = [(row[0], row[1]) for table in finals for row in table.rows]
    names = ("sigmoid", "ReLU", "sigmoid + BN", "ReLU + BN")
    assert kinds == [(name, depth) for name in names for depth in (3, 9, 13, 17, 19)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7])
def test_claims_hold_at_other_seeds(seed):
    assert failed(run(seed)) == {}


def test_parts_take_one_depth():
    assert failed(run(depth=(2,))) == {}


def test_the_answer(findings):
    """Every question has its heading, every formula renders, every live number is recorded or measured."""
    answer = (Path(ex09.__file__).parent / "answer.md").read_text(encoding="utf-8")
    assert theory.problems(answer) == ()
    assert all(f"## 9{letter} — " in answer for letter in "abc")
    recorded = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    for reference in theory.references(answer):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        else:
            part, variant = exercise.parts[reference.names[0]], reference.names[1]
            parameters = dict(reference.parameters)
            depths = part.parameters["depth"]
            assert parameters["depth"] in (depths if isinstance(depths, tuple) else (depths,))
            assert variant in variants(exercise, part.id, lab(dtype=torch.float32), networks=1, **parameters)


@pytest.mark.parametrize("part", ["a.speed", "c.speed"])
def test_variants_agree(part):
    ways = variants(exercise, part, depth=3, networks=3)
    expected = {name: weights.clone() for name, weights in ways["one after another"]().items()}
    assert list(expected) == [f"weights of layer {number}" for number in (1, 2, 3, 4)]
    for name, way in ways.items():
        for _ in range(2):
            found = way()
            assert found.keys() == expected.keys()
            for layer, weights in found.items():
                torch.testing.assert_close(weights, expected[layer], rtol=0, atol=1e-12, msg=f"{name}, {layer}")
            poison(found)


def test_impossible_sizes_are_named():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        variants(exercise, "a.speed", depth=3, networks=0)
    with pytest.raises(ValueError, match="depth is at least 1, not 0"):
        run(parts="a", depth=(0,))
    with pytest.raises(ValueError, match="at least one seed"):
        stack.Stack(ex09.A, 3, (), device=CPU, dtype=torch.float64)


def proved(models):
    here = lab()
    prove(here, problem(here), models, (1, 3))
    return failed(here.findings)


def test_a_forgotten_slope_fails_the_proof(monkeypatch):
    monkeypatch.setattr(byhand, "times_slope", lambda name, dh, h: dh)
    names = proved((ex09.A, ex09.B))
    assert "gradients of every layer by hand = autograd" in names
    assert "gradients by hand = central differences" in names
    assert "weights trained together = one after another in plain PyTorch" in names


def test_statistics_taken_for_constants_fail_the_proof(monkeypatch):
    right = batch_norm.batch_norm_backward
    monkeypatch.setattr(
        byhand,
        "batch_norm_backward",
        lambda dy, scale, saved, **into: right(dy, scale, saved._replace(constant=True), **into),
    )
    names = proved((ex09.A_NORMED, ex09.B_NORMED))
    assert "gradients of every layer by hand = autograd, batch norm" in names
    assert "gradients by hand = central differences, batch norm" in names
    assert "gradients by hand = autograd, batch norm in evaluation mode" not in names


def test_batches_of_another_order_fail_the_proof(monkeypatch):
    right = training.batches
    monkeypatch.setattr(
        "bench_exercises.ex09_vanishing_gradient.checks.batches",
        lambda generators, count: (batch.flip(0) for batch in right(generators, count)),
    )
    assert "weights trained together = one after another in plain PyTorch" in proved((ex09.A, ex09.B))


def test_a_gradient_that_does_not_vanish_fails_the_slope(monkeypatch):
    right = gradients.Norms.ratio
    monkeypatch.setattr(gradients.Norms, "ratio", lambda norms: right(norms) ** 0.1)
    assert "sigmoid: powers of ten lost per added layer, the least of all seeds" in failed(run(parts="b"))


def test_a_training_that_diverges_says_so():
    with pytest.raises(Diverged, match="of 2 networks diverged, the first in epoch 1: lower the learning rate"):
        run_part(exercise, "b", optimizer="sgd", learning_rate=1e200, depth=(3,))


def test_proofs_are_made_of_other_values_too():
    here = lab()
    here.changed = ("depth", "width")
    prove(here, problem(here), [Model("sigmoid", True, 7, "he"), Model("ReLU", True, 7, "he")], (2, 5))
    assert failed(here.findings) == {}
    assert sum("differences" not in name for name in here.findings.unmade) == 0
    single = lab()
    single.changed = ("width",)
    prove(single, problem(single), [Model("sigmoid", True, 1)], (2,))
    assert failed(single.findings) == {}
    assert "gradients of every layer by hand = autograd, batch norm" in single.findings.unmade


class TestFigures:
    def test_zeros_have_a_row_of_their_own(self):
        norms = torch.tensor([[1e-9, 0.0, 0.0], [1e-3, 1e-2, 0.0]], dtype=torch.float64)
        figure = drawing.along_layers({"two layers": {"ReLU": norms}}, "L2")
        axes = figure.axes[0]
        crosses = [line for line in axes.lines if line.get_marker() == "x"]
        assert [list(line.get_xdata()) for line in crosses] == [[1, 2]]
        assert all(height < -9 for height in crosses[0].get_ydata())
        assert [text.get_text() for text in axes.texts] == ["exactly 0 in 1 to 2 of 3 networks"]
        assert "0" in [label.get_text() for label in axes.get_yticklabels()]

    def test_without_zeros_there_is_none(self):
        figure = drawing.along_layers({"one": {"sigmoid": torch.tensor([[1e-3], [1e-2]])}}, "L2")
        assert not figure.axes[0].texts
        assert all(line.get_marker() != "x" for line in figure.axes[0].lines)

    def test_the_median_leaves_zeros_out(self):
        norms = torch.tensor([[0.0, 1e-4, 1e-2, 1e-3]])
        figure = drawing.along_layers({"one": {"ReLU": norms.repeat(2, 1)}}, "L2")
        thick = max(figure.axes[0].lines, key=lambda line: line.get_linewidth())
        assert list(thick.get_ydata()) == pytest.approx([-3, -3])
