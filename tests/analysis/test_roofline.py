"""The roof over work of some intensity, with numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis import roofline
from bench.model import Case, Peak, Record, Sample, Work

PEAK = Peak(device="cpu", flops=80e9, bandwidth=20e9, threads=1, array=1)
CASE = Case(exercise="ex01", part="a", device="cpu", seed=0, variant="plain")


def record(*seconds: float, work: Work | None = None, calls: int = 10) -> Record:
    samples = tuple(Sample(round=i, calls=calls, seconds=each * calls) for i, each in enumerate(seconds))
    return Record(case=CASE, outcome="ok", samples=samples, work=work)


def test_below_the_ridge_memory_is_the_limit() -> None:
    assert roofline.ridge(PEAK) == 4.0
    assert roofline.roof(PEAK, 1.0) == 20e9
    assert roofline.roof(PEAK, 40.0) == 80e9
    assert (roofline.limit(PEAK, 3.9), roofline.limit(PEAK, 4.0)) == ("memory", "arithmetic")


def test_a_rate_is_of_the_declared_operations_of_one_call() -> None:
    rate = roofline.rate(record(0.5, 0.5, work=Work(7, "images", flops=3e9, bytes=1e9)))
    assert rate is not None
    assert (rate.centre, rate.low, rate.high) == pytest.approx((6e9, 6e9, 6e9))
    assert roofline.rate(record(0.5, work=Work(7, "images"))) is None
    assert roofline.rate(record(work=Work(7, "images", flops=3e9, bytes=1e9))) is None


def test_the_longest_time_is_the_lowest_rate() -> None:
    rate = roofline.rate(record(0.5, 0.6, work=Work(1, "images", flops=1.0, bytes=1.0)))
    assert rate is not None
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < rate.centre < rate.high


def test_a_share_is_of_the_roof_over_its_intensity() -> None:
    # 3 FLOP/byte: a roof of 60 GFLOP/s; 3e9 in 0.1 s is half of it.
    half = record(0.1, work=Work(1, "images", flops=3e9, bytes=1e9))
    assert roofline.share(half, [PEAK]) == pytest.approx(0.5)
    assert roofline.share(half, []) is None
    assert roofline.share(half, [replace(PEAK, device="cuda")]) is None
    assert roofline.share(record(0.1), [PEAK]) is None
