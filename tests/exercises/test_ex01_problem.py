"""Every part: claims hold over seeds, and bad parameters are refused."""

import pytest

from bench.testing import failed, lab, run_part
from bench_exercises.ex01_one_step_by_hand import exercise


@pytest.mark.parametrize(
    ("part", "seed"), [("a", 0), *((part, seed) for part in ("b", "b.passes", "c", "d") for seed in (0, 1, 2))]
)
def test_claims_hold(part, seed):
    found = run_part(exercise, part, lab(seed))
    assert found.claims
    assert failed(found) == {}


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
