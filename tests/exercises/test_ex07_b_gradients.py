"""ex07.b: by hand and by autograd stay together along a whole training; the study passes and repeats."""

import pytest
import torch

from bench.kit.training import Diverged
from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.b_gradients import draw_apart, side_by_side
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import pose


def test_by_hand_and_autograd_stay_together():
    trace, net, model = side_by_side(pose(lab()), range(200))
    assert max(trace.apart) < 1e-12
    assert trace.by_hand == pytest.approx(trace.by_autograd, abs=1e-12)
    assert trace.by_hand[-1] < trace.by_hand[0]
    t = pose(lab())
    torch.testing.assert_close(net.log_probabilities(t.x), model(t.x).detach(), atol=1e-11, rtol=0)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_study_passes_and_repeats(seed, bench_lab):
    here = bench_lab(seed)
    first = run_part(exercise, "b", here)
    assert failed(first) == {}
    assert len(first.claims) == 12
    again, part = lab(seed), exercise.parts["b"]
    part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
    assert first == again.findings
    assert (here.folder / first.figures[0].path).stat().st_size > 10_000


def test_epochs_equal_to_the_last_bit_are_not_drawn():
    here = lab()
    draw_apart(here, [0.0, 0.0])
    assert here.findings.curves == ()
    draw_apart(here, [0.0, 1e-16, 2e-16])
    assert [(curve.x, curve.y) for curve in here.findings.curves] == [((2, 3), (1e-16, 2e-16))]


MATHEMATICS = {
    "gradients by hand = autograd",
    "gradients by hand = central differences",
    "losses by hand = autograd, all along",
    "parameters by hand = autograd, all along",
}


@pytest.mark.parametrize(
    "values",
    [
        {"width": 1, "depth": 6},
        {"learning_rate": 0.1, "optimizer": "sgd"},
        {"learning_rate": 100.0},
        {"initialisation": "he", "width": 12},
    ],
)
def test_the_mathematics_is_claimed_of_other_values_too(values):
    found = changed(values)
    assert failed(found) == {}
    assert {claim.name for claim in found.claims} | set(found.unmade) >= MATHEMATICS
    assert len(MATHEMATICS & set(found.unmade)) == (values.get("learning_rate") == 100)  # its parameters are chaotic


def test_a_wrong_slope_is_seen_with_other_values_too(monkeypatch):
    monkeypatch.setattr(Network, "slope", staticmethod(torch.ones_like))
    assert failed(changed({"depth": 6})).keys() >= MATHEMATICS


def test_a_training_that_diverges_says_so():
    with pytest.raises(Diverged, match=r"1 of 1 trainings diverged, the first in epoch .*: lower the learning rate"):
        changed({"optimizer": "sgd", "learning_rate": 1e6})


def changed(values):
    here = lab()
    here.changed = tuple(values)
    return run_part(exercise, "b", here, **values)
