"""ex07.b: by hand and by autograd stay together along a whole training; the study passes and repeats."""

from pathlib import Path

import pytest
import torch

from bench import Lab
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.b_gradients import draw_apart, side_by_side
from bench_exercises.ex07_iris_by_hand.problem import pose


def a_lab(seed=0, folder=Path("unused")):
    return Lab(device=torch.device("cpu"), dtype=torch.float64, seed=seed, profile="smoke", folder=folder)


def test_by_hand_and_autograd_stay_together():
    trace, net, model = side_by_side(pose(a_lab()), range(200))
    assert max(trace.apart) < 1e-12
    assert trace.by_hand == pytest.approx(trace.by_autograd, abs=1e-12)
    assert trace.by_hand[-1] < trace.by_hand[0]
    t = pose(a_lab())
    torch.testing.assert_close(net.log_probabilities(t.x), model(t.x).detach(), atol=1e-11, rtol=0)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_study_passes_and_repeats(seed, tmp_path):
    def findings():
        lab = a_lab(seed, folder=tmp_path)
        exercise.parts["b"].run(lab, **exercise.parts["b"].described.at(lab.profile).parameters)
        return lab.findings

    first = findings()
    assert [claim for claim in first.claims if not claim.passed] == []
    assert len(first.claims) == 10
    assert first == findings()
    assert (tmp_path / first.figures[0].path).stat().st_size > 10_000


def test_epochs_equal_to_the_last_bit_are_not_drawn():
    lab = a_lab()
    draw_apart(lab, [0.0, 0.0])
    assert lab.findings.curves == ()
    draw_apart(lab, [0.0, 1e-16, 2e-16])
    assert [(curve.x, curve.y) for curve in lab.findings.curves] == [((2, 3), (1e-16, 2e-16))]
