"""Records of studies, and curves to put into them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.model import Case, Curve, Findings, Memory, PartInfo, Record, Sample


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


def make_timed(
    variant: str,
    seconds: tuple[float, ...],
    peak: int = 2**20,
    outcome: str = "ok",
    seed: int = 0,
    **parameters: object,
) -> Record:
    return Record(
        case=Case(exercise="ex01", part="b", device="cpu", seed=seed, parameters=parameters, variant=variant),  # type: ignore[arg-type]
        outcome=outcome,  # type: ignore[arg-type]
        samples=tuple(Sample(round=i, calls=1, seconds=s) for i, s in enumerate(seconds)),
        memory=Memory((peak,), 0, "VmHWM"),
    )


@pytest.fixture
def timed() -> Callable[..., Record]:
    """Makes the record of one variant of ex01.b from its seconds per round, its peak in bytes and its parameters."""
    return make_timed


@pytest.fixture
def compared() -> PartInfo:
    """A comparison whose reference is "plain"."""
    return PartInfo(id="b", title="t", kind="comparison", reference="plain")
