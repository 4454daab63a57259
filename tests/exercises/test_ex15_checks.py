"""ex15: every classic mistake, put in place of the sums, fails claims of the study."""

import pytest

from bench.testing import failed, run_part
from bench_exercises.ex15_conv1d_backward import by_hand, checks, exercise
from bench_exercises.ex15_conv1d_backward.problem import PLAIN

TRUE = by_hand.backward


@pytest.mark.parametrize("mistake", checks.MISTAKES)
def test_planted_mistakes_fail_claims(monkeypatch, mistake):
    def planted(d, x, w, slide=PLAIN):
        # The mistake itself calls the right pass, which must not lead here again.
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(by_hand, "backward", TRUE)
            return checks.MISTAKES[mistake](d, x, w, slide)

    monkeypatch.setattr(by_hand, "backward", planted)
    names = failed(run_part(exercise, "a")).keys()
    assert {"sums = autograd, every configuration", "sums = central differences, every configuration"} <= names
