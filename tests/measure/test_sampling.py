"""Samples: blocks long enough, turns fair, answers re-checked. Nothing here asserts a time."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

import pytest
import torch

from bench.measure import clock, sampling
from bench.measure.agreement import Disagreement, Expectation
from bench.measure.disturbance import Waiting
from bench.measure.sampling import EFFORTS, Call, Effort, FirstCall, Local, Sampler, interleave

CPU = torch.device("cpu")
QUICK = Effort(
    rounds=1, most_rounds=1, case_seconds=0.0, laps=4, block_seconds=1e-5, seconds=1.0, narrow=math.inf, weighings=1
)


def fresh() -> torch.Tensor:
    return torch.arange(4.0).square()


def expected() -> Expectation:
    return Expectation({"output": fresh()}, {"output": fresh().double()})


def prepared(
    *calls: Call,
    effort: Effort = QUICK,
    begun: Sequence[FirstCall] = (),
    name: str = "v",
    waiting: Waiting | None = None,
) -> Sampler:
    """Where nobody says otherwise, the kernel says nothing of waiting."""
    subject = Local(calls, CPU, waiting or Waiting())
    return Sampler.prepare(name, subject, expected=[expected() for _ in calls], effort=effort, begun=begun)


def take(sampler: Sampler, laps: int = 1) -> None:
    rng = random.Random(0)
    for lap in range(laps):
        sampler.take(lap, rng)


def test_calibration_fills_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own, where a call takes one millisecond."""
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (calls * 1e-3, None, call()))
    calls, seconds = sampling.calibrate(Local([fresh], CPU), 0.05)
    assert seconds >= 0.05
    assert 50 <= calls <= 75


@pytest.mark.parametrize(("seconds", "calls", "count"), [(0.4, 2, 3), (0.02, 3, 4), (0.001, 5, 4)])
def test_a_slow_call_is_a_block_by_its_warm_up(
    monkeypatch: pytest.MonkeyPatch, seconds: float, calls: int, count: int
) -> None:
    """On a clock of our own. One warm-up an input; a block is calibrated only where one call may not fill it, and one
    of many calls begins with one before the clock."""
    made: list[int] = []
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (calls * seconds, None, call()))
    effort = replace(QUICK, block_seconds=0.01)
    call = lambda: made.append(1) or fresh()  # noqa: E731
    sampler = prepared(call, call, effort=effort)
    assert len(made) == calls
    assert sampler.calls * seconds >= effort.block_seconds
    assert sampling.laps([sampler], effort) == count


def test_a_call_as_long_as_ten_blocks_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, is_long in ((0.099, False), (0.1, True)):
        monkeypatch.setattr(clock, "time_block", lambda call, calls, device, seconds=seconds: (seconds, None, call()))
        assert FirstCall.make(Local([fresh], CPU)).is_long(replace(QUICK, block_seconds=0.01)) is is_long


def test_an_input_that_has_begun_is_not_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    call = lambda: made.append(1) or fresh()  # noqa: E731
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (1.0, None, call()))
    begun = FirstCall.make(Local([call], CPU))
    sampler = prepared(call, begun=[begun])
    assert len(made) == 1
    assert sampler.first == [begun.answer]
    assert not any(tensor.isnan().any() for tensor in sampler.first[0].values())


def test_a_block_that_its_first_call_made_look_long_is_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own: the first call loads for a second, the others take one millisecond."""
    taken = iter([1.0])
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (next(taken, calls * 1e-3), None, call()))
    effort = replace(QUICK, block_seconds=0.01)
    sampler = prepared(fresh, effort=effort)
    assert sampler.calls == 1
    take(sampler, 2)
    sample = sampler.sample(0)
    assert min(sample.laps) == pytest.approx(effort.block_seconds)
    assert sample.calls >= 10


class Kernel(Waiting):
    """Says that the thread has waited: so many seconds in each block in turn, and none afterwards."""

    def __init__(self, *waits: float) -> None:
        self.now, self.waits, self.reads = 0.0, iter(waits), 0

    def seconds(self) -> float:
        self.reads += 1
        if self.reads % 2 == 0:
            self.now += next(self.waits, 0.0)
        return self.now


def test_a_block_that_waited_for_a_core_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    walls = iter([0.1, 0.3, 0.1, 0.1])
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (next(walls, 0.1), None, call()))
    sampler = prepared(fresh)
    sampler.subject = Local([fresh], CPU, Kernel(0.2))
    take(sampler, 3)
    assert sampler.sample(0).laps == (0.1, 0.1, 0.1)
    assert (sampler.sample(0).retaken, sampler.sample(0).waited) == (1, 0.0)


def test_where_every_block_waits_they_are_kept_with_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound of retakes: no more than half of those that count."""
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (0.1, None, call()))
    sampler = prepared(fresh)
    sampler.subject = Local([fresh], CPU, Kernel(*[0.05] * 50))
    take(sampler, 8)
    sample = sampler.sample(0)
    assert len(sample.laps) == 8
    assert 1 <= sample.retaken <= 5
    assert sample.waited == pytest.approx(0.5)


def test_all_variants_are_in_every_lap_in_an_order_that_differs() -> None:
    ready = [prepared(fresh, name=name) for name in "abcd"]
    turns = list(interleave(ready, 20, random.Random(1)))
    orders = ["".join(sampler.name for sampler, turn in turns if turn == lap) for lap in range(20)]
    assert {"".join(sorted(order)) for order in orders} == {"abcd"}
    assert len(set(orders)) > 5


def test_the_time_of_a_process_is_shared_by_its_variants() -> None:
    def sampler(seconds: float) -> Sampler:
        subject = Local([fresh], CPU)
        return Sampler(name="v", subject=subject, expected=[], first=[], calls=1, block_seconds=seconds, lasting=0.0)

    effort = replace(QUICK, laps=100, seconds=0.32)
    assert sampling.laps([sampler(0.01), sampler(0.01)], effort) == 32
    assert sampling.laps([sampler(0.01), sampler(0.03)], effort) == 16
    assert sampling.laps([sampler(0.001)], effort) == 100
    assert sampling.laps([sampler(5.0)], effort) == sampling.FEWEST == 3


def test_inputs_rotate() -> None:
    called: list[str] = []

    def call(name: str) -> torch.Tensor:
        called.append(name)
        return fresh()

    sampler = prepared(lambda: call("x"), lambda: call("y"))
    called.clear()
    take(sampler, 3)
    assert [name for name, _ in groupby(called)] == ["x", "y", "x"]


def test_an_honest_variant_passes_the_check() -> None:
    sampler = prepared(fresh)
    take(sampler, 4)
    sample = sampler.sample(3)
    assert (sample.round, sample.calls, len(sample.laps)) == (3, sampler.calls, 4)
    assert sample.seconds == median(sample.laps)


def test_an_answer_that_is_wrong_on_the_inputs_that_are_timed_is_caught() -> None:
    """Right where it was let in, zeros here: no answer of its own excuses it."""
    with pytest.raises(Disagreement, match="on the inputs that are timed, output"):
        prepared(lambda: torch.zeros(4))


@pytest.mark.parametrize("make", [fresh, lambda: fresh().long(), lambda: fresh().cfloat()])
def test_a_stored_answer_is_caught_whatever_its_dtype(make: Call) -> None:
    stored = make()
    wanted = [Expectation({"output": make()}, {"output": make()})]
    sampler = Sampler.prepare("v", Local([lambda: stored], CPU), expected=wanted, effort=QUICK)
    with pytest.raises(Disagreement, match="does not compute its answer anew"):
        take(sampler)


@pytest.mark.parametrize("late", [1, 2, 3])
def test_an_answer_that_is_stored_late_is_caught(late: int) -> None:
    """Stored at the first call, at one of the calibration, or inside the first block."""
    stored: list[torch.Tensor] = []
    counted = Counter[str]()

    def call() -> torch.Tensor:
        counted["calls"] += 1
        if counted["calls"] < late:
            return fresh()
        if not stored:
            stored.append(fresh())
        return stored[0]

    sampler = prepared(call)
    with pytest.raises(Disagreement, match="does not compute its answer anew"):
        take(sampler, 4)


def test_an_answer_that_is_right_only_at_first_is_caught() -> None:
    counted = Counter[str]()

    def call() -> torch.Tensor:
        counted["calls"] += 1
        return fresh() if counted["calls"] < 2 else torch.zeros(4)

    sampler = prepared(call)
    with pytest.raises(Disagreement, match="on the inputs that are timed"):
        take(sampler)


def test_no_call_knows_which_one_of_a_block_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own, where a call takes a microsecond. A call that computes only as often as blocks had calls
    before, and hands out nothing in between, is caught; and blocks of other lengths say the same of a call."""
    lengths: list[int] = []

    def time_block(call: Call, calls: int, device: torch.device) -> tuple[float, None, torch.Tensor]:
        lengths.append(calls)
        return calls * 1e-6, None, call()

    monkeypatch.setattr(clock, "time_block", time_block)
    sampler = prepared(fresh, effort=replace(QUICK, block_seconds=1e-4))
    lengths.clear()
    take(sampler, 20)
    assert len(set(lengths)) > 5
    assert min(lengths) >= sampler.calls
    assert sampler.sample(0).laps == pytest.approx([sampler.calls * 1e-6] * 20)


def test_garbage_is_not_collected_inside_and_is_again_afterwards() -> None:
    import gc

    with sampling.quiet():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_more_work_is_more_effort() -> None:
    smoke, quick, full = (EFFORTS[name] for name in ("smoke", "quick", "full"))
    assert smoke.rounds <= quick.rounds <= full.rounds
    assert smoke.seconds < quick.seconds < full.seconds
    assert smoke.rounds >= 3, "an interval over fewer rounds says nothing"
