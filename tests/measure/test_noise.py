"""Identical work against itself, and a fixed loop between its laps. Nothing here asserts a time."""

import pytest
import torch

from bench.measure import noise
from bench.measure.sampling import EFFORTS

SMOKE = EFFORTS["smoke"]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One block of the loop is its speed."""
    monkeypatch.setattr(noise, "SEEN", 0.0)
    monkeypatch.setattr(noise, "TURNS", 10)


def test_every_kind_of_work_is_timed_as_several_variants() -> None:
    works = {name: noise.WORKS[name] for name in ("small operations", "convolution")}
    found = noise.listen(SMOKE, 0.0, works)
    assert list(found.samples) == list(works)
    for copies in found.samples.values():
        assert len(copies) == noise.COPIES
        assert len({len(sample.laps) for sample in copies}) == 1
        assert all(sample.seconds > 0 for sample in copies)
    assert len(found.speeds) == len(works)
    assert found.waited >= 0
    assert found.disturbance.seconds > 0


@pytest.mark.parametrize("name", noise.WORKS)
def test_a_kind_of_work_poses_the_same_problem_in_every_dtype(name: str) -> None:
    single, double = (noise.WORKS[name](dtype)() for dtype in (torch.float32, torch.float64))
    assert (single.dtype, double.dtype) == (torch.float32, torch.float64)
    assert torch.allclose(single.double(), double, atol=1e-3)


def test_the_loop_is_timed_until_a_moment_and_once_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own, which each reading moves by a tenth of a second."""
    moments = iter(number / 10 for number in range(100))
    monkeypatch.setattr(noise.clock, "now", lambda: next(moments))
    assert len(list(noise.loop(until=-1.0))) == 1
    speeds = list(noise.loop(until=2.0))
    assert len(speeds) > 3
    assert [speed.moment for speed in speeds] == sorted(speed.moment for speed in speeds)


def test_the_fixed_loop_counts() -> None:
    assert noise.turn() == noise.TURNS
