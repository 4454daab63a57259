"""ex07.b: by hand and by autograd stay together along a whole training; the study passes and repeats."""

import pytest
import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.b_gradients import draw_apart, side_by_side
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
    assert len(first.claims) == 10
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
