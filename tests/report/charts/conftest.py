"""Records of studies, and curves to put into them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.model import Case, Curve, Findings, Record


def make_study(*curves: Curve, seed: int = 0, device: str = "cpu") -> Record:
    return Record(
        case=Case(exercise="ex01", part="a", device=device, seed=seed), outcome="ok", findings=Findings(curves=curves)
    )


def make_line(series: str = "", y: tuple[float, ...] = (3.0, 2.0, 1.0), **more: object) -> Curve:
    return Curve(
        name="loss",
        x=tuple(float(i) for i in range(len(y))),
        y=y,
        series=series,
        x_label="step",
        y_label="loss",
        **more,
    )


@pytest.fixture
def study() -> Callable[..., Record]:
    """Makes the record of a study from its curves."""
    return make_study


@pytest.fixture
def line() -> Callable[..., Curve]:
    """Makes one line of the chart "loss"."""
    return make_line
