"""From stored runs to series: one a case and setting, with the changes that stand."""

import math
from dataclasses import replace

import pytest

from bench.analysis import trend
from bench.model import Record
from bench.model.history import Measured
from tests import histories, places


def test_of_a_run_every_right_variant_gives_its_middle_process() -> None:
    wrong = replace(histories.record(1e-3, "wrong"), outcome="disagrees")
    study = Record(case=histories.case(None), outcome="ok")
    run = histories.run(0, histories.record(2e-3, "right", peaks=(2**20, 3 * 2**20, 2**21)), wrong, study)
    time, memory = trend.measured(run)
    assert time == Measured(
        case=histories.case("right"),
        quantity="time",
        value=pytest.approx(2e-3),
        low=pytest.approx(1.98e-3),
        high=pytest.approx(2.04e-3),
    )
    assert (memory.quantity, memory.value, memory.low, memory.high) == ("memory", 2**21, 2**20, 3 * 2**20)


def test_seeds_share_a_number() -> None:
    run = histories.run(0, histories.record(1e-3), histories.record(3e-3, seed=1))
    (time,) = trend.measured(run)
    assert (time.case.seed, time.value) == (0, pytest.approx((1.02e-3 + 2.97e-3) / 2))


def test_a_peak_below_what_the_meter_sees_is_as_much_as_it_sees() -> None:
    _, memory = trend.measured(histories.run(0, histories.record(1e-3, peaks=(0, 4096, 8192))))
    assert (memory.value, memory.high) == (65536, 65536)


def test_a_series_ends_where_the_surroundings_change() -> None:
    runs = [histories.past(number, torch="2.15" if number >= 3 else "2.14") for number in range(5)]
    history = histories.history([1, 1, 1, 2, 2], runs=runs)
    ours = trend.of_history(history, histories.question(), lambda run: True)
    assert [(series.at, series.values) for series in ours.series] == [((0, 1, 2), (1, 1, 1)), ((3, 4), (2, 2))]
    assert [series.values for series in ours.newest] == [(2, 2)]
    (mark,) = ours.marks
    assert mark.at == 3
    (whole,) = trend.of_history(history, histories.question(by="torch"), lambda run: True).series
    assert whole.values == (1, 1, 1, 2, 2)


def test_devices_are_one_series_where_that_is_the_question() -> None:
    runs = [histories.past(number, gpu="H200") for number in range(2)]
    cases = [histories.case(device="cuda"), histories.case(device="cpu")]
    history = histories.history([1.0, 1.1], [8.0, 8.1], runs=runs, cases=cases)
    ours = trend.of_history(history, histories.question(by="device"), lambda run: True)
    (series,) = ours.series
    assert series.values == (8.0, 8.1, 1.0, 1.1)
    assert [visit.where for visit in ours.visits] == ["cpu: EPYC", "cpu: EPYC", "cuda: H200", "cuda: H200"]
    assert series.case.device == trend.EVERY


def test_only_what_is_asked_for_is_there() -> None:
    cases = [histories.case(part=part) for part in ("b", "b.speed", "bb")]
    history = histories.history([1.0, 2.0], [3.0, 4.0], [5.0, 6.0], cases=cases)
    ours = trend.of_history(history, histories.question(part="b"), lambda run: run.id == "run-1")
    assert [series.values for series in ours.series] == [(2.0,), (4.0,)]
    assert (ours.asked, len(ours.visits)) == ("ex07.b", 1)


def test_a_change_names_both_its_neighbours_and_its_size() -> None:
    (series,) = histories.told(histories.stepped(30, 20, 1.2)).series
    (change,) = series.changes
    assert (change.before, change.after, change.points) == (19, 20, 10)
    assert change.low < 1.2 < change.high
    assert change.high - change.low < 0.1
    assert change.ratio == pytest.approx(change.new / change.old)
    assert series.standing is change


def test_what_became_worse_and_is_so_still_is_suspected_once_the_newest_first() -> None:
    ours = histories.told(
        histories.stepped(30, 12, 1.2),
        histories.stepped(30, 20, 1.2, seed=1),
        histories.stepped(30, 20, 1.3, seed=2),
        histories.stepped(30, 15, 0.8, seed=3),
        [value * (1.5 if 8 <= at < 18 else 1) for at, value in enumerate(histories.noisy(30, seed=4))],
    )
    found = [(each.before.id, each.after.id, each.parts) for each in ours.suspects()]
    part = found[0][2]
    assert found == [("run-19", "run-20", part), ("run-11", "run-12", part)]
    assert len(part) == 1


def test_two_points_have_no_noise_to_speak_of() -> None:
    (series,) = histories.told([1.0, 2.0]).series
    assert (series.noise, series.changes, series.standing) == (0.0, (), None)


def test_the_interval_of_a_change_is_that_of_two_medians() -> None:
    (series,) = histories.told(histories.stepped(30, 20, 1.2)).series
    (change,) = series.changes
    # sqrt(pi/2): a median's error over a mean's; 2.0484: Student's with 20 + 10 - 2 degrees of freedom.
    half = 2.0484 * 1.25331 * series.noise * math.sqrt(1 / 20 + 1 / 10)
    assert math.log(change.high / change.low) / 2 == pytest.approx(half, rel=1e-4)
    assert math.sqrt(change.high * change.low) == pytest.approx(change.ratio)


@pytest.mark.parametrize("seconds", [1e300, 1e-300])
def test_what_no_clock_can_show_has_no_place_in_a_history(seconds: float) -> None:
    """An axis from there to here cannot be drawn: the page of such a run ended in a traceback."""
    assert list(trend.measured(histories.run(0, histories.record(seconds)))) == []


def test_a_call_that_needs_no_memory_of_a_gpu_has_no_logarithm() -> None:
    record = histories.record(1e-3, peaks=(0, 0, 0))
    assert record.memory
    bare = replace(record, memory=replace(record.memory, source="CUDA allocator"))
    assert [each.quantity for each in trend.measured(histories.run(0, bare))] == ["time"]


def test_a_series_joins_only_readings_of_one_kind_of_place() -> None:
    runs = [
        replace(histories.past(number // 2, cpu=("EPYC", "Xeon")[number % 2]), place=f"node-{number % 2}")
        for number in range(6)
    ]
    history = histories.history([1, 2, 1, 2, 1, 2], runs=runs)
    ours = trend.of_history(history, histories.question(), lambda run: True)
    assert sorted(series.values for series in ours.series) == [(1, 1, 1), (2, 2, 2)]
    assert all(not series.changes for series in ours.series)


def test_readings_of_two_places_do_not_share_a_number() -> None:
    run = histories.run(0, histories.record(1e-3), histories.record(3e-3, seed=1))
    spread = places.spread(run, lambda record: places.SECOND if record.case.seed else places.FIRST)
    assert [(one.place, one.value) for one in trend.measured(spread)] == [
        ("node-1", pytest.approx(1e-3)),
        ("node-2", pytest.approx(3e-3)),
    ]
