"""Timings: which variants have one, and what a block is."""

import pytest

from bench.errors import NothingMatched
from bench.formats import timings
from bench.model import Memory, Sample, Trial
from tests.formats.kept import HOSTILE, TIMED, block, run_of, timed


def test_every_variant_that_is_sound_and_timed_is_there_under_its_own_name() -> None:
    found = timings.of_run(HOSTILE)
    assert {timing.record.case.variant for timing in found} == TIMED | {"plain", "same", "slow", "shaky"}
    assert len({timing.name for timing in found}) == len(found) == 16


def test_blocks_are_seconds_per_call_by_round_from_laps_where_they_are_kept() -> None:
    (timing,) = timings.of_run(run_of(timed("sum", block(1, 2.0, 1.0, 2.0, 6.0, calls=2), block(0, 3.0, calls=2))))
    assert timing.blocks == {0: (1.5,), 1: (0.5, 1.0, 3.0)}
    assert timing.rounds == (1.5, 1.0)
    assert timing.time is not None
    assert timing.time.rounds == 2
    assert [timing.calls(number) for number in timing.blocks] == [2, 2]


def test_on_a_gpu_a_block_has_the_time_between_two_events() -> None:
    (timing,) = timings.of_run(run_of(timed("sum", Sample(round=0, calls=4, seconds=9.0, gpu_seconds=8.0))))
    assert timing.blocks == {0: (2.0,)}


def test_a_block_that_the_clock_did_not_see_is_left_out() -> None:
    (timing,) = timings.of_run(run_of(timed("sum", block(0, 1.0, 0.0, 1.0), block(1, 0.0))))
    assert timing.blocks == {0: (1.0,)}


def test_a_run_without_times_says_which_formats_take_it() -> None:
    for records in ((), [timed("wrong", block(0, 1.0), outcome="disagrees")], [timed("sum", block(0, 0.0))]):
        with pytest.raises(NothingMatched, match=r"ex90-cpu has no times .*--to junit, csv and parquet take it"):
            timings.of_run(run_of(*records))


def test_variants_without_a_time_that_counts_are_named_with_the_reason() -> None:
    run = run_of(
        timed("sum", block(0, 1.0)),
        timed("wrong", block(0, 1.0), outcome="disagrees"),
        timed("elsewhere", outcome="skipped"),
        timed("short", trials=(Trial(end="limit", steps=40, evaluations=40, best=None, seconds=1.0),)),
        timed("stopped before"),
    )
    assert [left.removeprefix("ex90.a.speed n=8 on cpu: ") for left in timings.left_out(run)] == [
        "wrong (disagrees)",
        "short (not in 40 steps)",
        "stopped before (not timed)",
    ]


def test_a_case_that_a_damaged_file_holds_twice_is_told_once() -> None:
    (timing,) = timings.of_run(run_of(timed("sum", block(0, 1.0)), timed("sum", block(0, 2.0))))
    assert timing.rounds == (1.0,)


def test_a_peak_below_what_its_meter_sees_stands_as_that() -> None:
    run = run_of(
        timed("seen", block(0, 1.0), memory=Memory((900_000, 1_000_000), 1, "VmHWM")),
        timed("unseen", block(0, 1.0), memory=Memory((0, 70_000), 1, "VmHWM")),
        timed("gpu", block(0, 1.0), memory=Memory((512,), 1, "CUDA allocated")),
        timed("unweighed", block(0, 1.0)),
    )
    peaks = [timing.peak for timing in timings.of_run(run)]
    assert peaks == [(950_000, 900_000, 1_000_000), (65_536, 65_536, 70_000), (512, 512, 512), None]
