"""ex15: every classic mistake is seen by central differences too, and in place of the sums it fails claims."""

from functools import cache

import pytest
import torch

from bench.kit.compare import max_error
from bench.testing import failed, lab, run_part
from bench_exercises.ex15_conv1d_backward import by_hand, checks, exercise, network
from bench_exercises.ex15_conv1d_backward.problem import CONFIGURATIONS, PLAIN, draw

TRUE = by_hand.backward
LAYERS = [draw(lab(), c) for c in CONFIGURATIONS]


@cache
def slopes():
    return [checks.by_differences(layer) for layer in LAYERS]


def error(backward):
    """Against central differences, at the worst of all layers."""
    arriving = [torch.tanh(network.forward(v.x, v.w, v.b, v.slide)) for v in LAYERS]
    return max(
        max_error(backward(d, v.x, v.w, v.slide), slope) for d, v, slope in zip(arriving, LAYERS, slopes(), strict=True)
    )


def test_the_sums_are_the_slope():
    assert error(TRUE) < 1e-7


@pytest.mark.parametrize("mistake", checks.MISTAKES)
def test_a_mistake_is_not_the_slope(mistake):
    assert error(checks.MISTAKES[mistake]) > 1e-2


def test_a_mistake_in_place_of_the_sums_fails_claims(monkeypatch):
    wrong = checks.MISTAKES["= for +=: a node keeps what its last window sends"]

    def planted(d, x, w, slide=PLAIN):
        # The mistake itself calls the right pass, which must not lead here again.
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(by_hand, "backward", TRUE)
            return wrong(d, x, w, slide)

    monkeypatch.setattr(by_hand, "backward", planted)
    names = failed(run_part(exercise, "a")).keys()
    assert {"sums = autograd, every configuration", "sums = central differences, every configuration"} <= names
