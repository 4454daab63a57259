"""What github-action-benchmark takes as ``customSmallerIsBetter``."""

import json

import pytest

from bench.analysis.statistics import Interval
from bench.formats import github_action, timings
from bench.model import Memory, Run
from tests import places
from tests.formats.kept import HOSTILE, block, reference, run_of, timed
from tests.report import sample


def entries(run: Run) -> list[dict]:
    return json.loads(github_action.encode(run), parse_constant=pytest.fail)


@pytest.mark.parametrize("run", [HOSTILE, reference()], ids=["hostile", "kept"])
def test_every_entry_has_what_the_action_requires_under_a_name_of_its_own(run: Run) -> None:
    told = entries(run)
    assert len({entry["name"] for entry in told}) == len(told) > len(timings.of_run(run))
    for entry in told:
        assert {"name", "unit", "value"} <= entry.keys() <= {"name", "unit", "value", "range", "extra"}
        assert isinstance(entry["value"], float)
        assert (entry["name"].endswith(", time"), entry["unit"]) in {(True, "ms"), (False, "MiB")}


def test_times_are_in_milliseconds_and_peaks_in_mebibytes() -> None:
    memory = Memory((3 * 2**20,), 1, "VmHWM")
    time, peak = entries(run_of(timed("sum", block(0, 0.002), memory=memory)))
    assert (time["name"], time["value"]) == ("ex90.a.speed n=8 on cpu: sum, time", pytest.approx(2.0))
    assert time["extra"].endswith("1 thread, profile quick, 1 process, 20260101T000000Z-ex90-cpu")
    assert "range" not in time
    assert (peak["name"], peak["value"]) == ("ex90.a.speed n=8 on cpu: sum, peak memory", 3.0)


def test_the_range_is_half_the_interval_or_its_ends_where_it_is_wide() -> None:
    assert github_action.spread(Interval(0.010, 0.009, 0.011, 5)) == {"range": "± 1"}
    assert github_action.spread(Interval(0.010, 0.004, 0.025, 2)) == {"range": "4 to 25"}
    assert github_action.spread(Interval(0.010, 1e-9, 1e9, 2)) == {}


def test_a_point_tells_the_machine_of_its_place() -> None:
    both = sample.build(hostile=False, devices=("cpu", "cuda"))
    told = entries(places.spread(both, places.by_device, gpu="NVIDIA H200", torch="2.12.0"))
    extras = {entry["extra"] for entry in told if " on cuda: by hand, time" in entry["name"]}
    (extra,) = extras
    assert extra.startswith("Intel Xeon Platinum 8481C, NVIDIA H200, torch 2.12.0")
