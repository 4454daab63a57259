"""Half-widths of ratios, of identical work and of a run, against numbers worked out by hand."""

import math
from dataclasses import replace

import pytest

from bench.analysis import floor, laps
from bench.model import Case, ExerciseInfo, PartInfo, Record, Run, Sample


def sample(seconds: float, round: int = 0) -> Sample:
    return Sample(round=round, calls=1, seconds=seconds, laps=(seconds,) * 3)


def test_the_width_of_a_kind_is_that_of_its_middle_ratio() -> None:
    logs = [(0.0, 0.01, 0.02), (0.0, 0.03, 0.06), (0.0, 0.0, 0.0)]
    processes = [{"x": (sample(1.0), *(sample(math.exp(-each[turn])) for each in logs))} for turn in range(3)]
    # The first copy's three logs have a standard deviation of 0.01.
    assert floor.widths(processes) == {"x": pytest.approx(laps.half_width((0.0, 0.01, 0.02)))}


def test_one_process_or_one_copy_gives_no_width() -> None:
    assert floor.widths([{"x": (sample(1.0), sample(1.0))}]) == {}
    assert floor.widths([{"x": (sample(1.0),)}] * 3) == {}
    assert floor.widths([]) == {}


def test_the_wander_is_of_medians_of_half_seconds() -> None:
    steady = [(0.1 * number, 1.0) for number in range(10)]
    assert floor.wander([*steady, (0.01, 9.0)]) == 1.0, "one slow moment is not a slow half second"
    assert floor.wander([*steady, (5.0, 1.6), (5.1, 1.6)]) == pytest.approx(1.6)
    assert floor.wander([]) == 1.0


def run(*halves: float) -> Run:
    """A run with a variant for each half-width that its ratio should have."""
    case = Case(exercise="ex01", part="a", device="cpu", seed=0, variant="reference")
    step = [half / laps.half_width((-1.0, 0.0, 1.0)) for half in halves]
    others = [
        Record(
            case=replace(case, variant=f"v{number}"),
            outcome="ok",
            samples=tuple(sample(math.exp(turn * size), turn) for turn in (-1, 0, 1)),
        )
        for number, size in enumerate(step)
    ]
    reference = Record(case=case, outcome="ok", samples=tuple(sample(1.0, turn) for turn in (-1, 0, 1)))
    part = PartInfo(id="a", title="T", kind="comparison", reference="reference")
    return Run(
        schema=1,
        id="r",
        created="2026-11-28T10:00:00+00:00",
        command=("bench",),
        profile="quick",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=None,  # type: ignore[arg-type]
        exercises=(ExerciseInfo(id="ex01", title="T", parts=(part,)),),
        records=(reference, *others),
    )


def test_how_well_the_ratios_of_a_run_are_known() -> None:
    known = floor.known(run(0.02, 0.01, 0.06))
    assert known is not None
    assert (known.median, known.widest, known.count) == (pytest.approx(0.02), pytest.approx(0.06), 3)


def test_without_a_ratio_nothing_is_known() -> None:
    assert floor.known(run()) is None
    assert floor.known(replace(run(0.1), records=())) is None
