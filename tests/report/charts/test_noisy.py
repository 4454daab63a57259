"""Bands of noise say what single values do."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from bench.lab import Lab
from bench.model import Curve
from bench.report.charts import noisy
from bench.thinning import minmax_indices

Y = [random.Random(i).random() for i in range(4800)]


def thinned(**more: object) -> Curve:
    kept = minmax_indices(Y, 600)
    return Curve(
        name="c",
        x=tuple(map(float, kept)),
        y=tuple(Y[i] for i in kept),
        thinned_from=4800,
        **more,  # type: ignore[arg-type]
    )


def test_the_recorded_band_is_that_of_all_points_and_not_of_the_extremes(bench_lab: Callable[..., Lab]) -> None:
    lab = bench_lab(0)
    lab.curve("c", range(4800), Y, kind="noise")
    (curve,) = lab.findings.curves
    line = noisy.banded([curve], "l")
    assert noisy.band_height(line) == pytest.approx(0.8, abs=0.03), "of uniform values 80 % lie within 0.8"
    assert noisy.band_height(noisy.banded([thinned()], "l")) > 0.95, "extremes alone are too wide"
    assert noisy.is_rough_band(thinned())
    assert not noisy.is_rough_band(curve)


def test_old_curves_that_are_whole_have_a_right_band() -> None:
    curve = Curve(name="c", x=tuple(map(float, range(500))), y=tuple(Y[:500]))
    assert noisy.band_height(noisy.banded([curve], "l")) == pytest.approx(0.8, abs=0.1)
    short = Curve(name="c", x=(0.0, 1.0), y=(1.0, 2.0))
    assert noisy.banded([short], "l").low == (1.0, 2.0)


def test_noise_is_known_by_its_roughness_unless_something_is_said() -> None:
    assert noisy.is_noise(thinned())
    assert not noisy.is_noise(thinned(kind="course"))
    smooth = Curve(name="c", x=tuple(map(float, range(600))), y=tuple(map(float, range(600))), thinned_from=4800)
    assert not noisy.is_noise(smooth)
    assert noisy.is_noise(Curve(name="c", x=(0.0,), y=(1.0,), kind="noise"))


def test_bands_of_seeds_are_averaged() -> None:
    one, two = (Curve(name="c", x=tuple(map(float, range(32))), y=(v,) * 32) for v in (1.0, 3.0))
    assert set(noisy.banded([one, two], "l").y) == {2.0}
