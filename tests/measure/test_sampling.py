"""Samples: blocks long enough, turns fair, answers re-checked. Nothing here asserts a time."""

import random
from collections import Counter
from dataclasses import replace
from itertools import groupby

import pytest
import torch

from bench.measure import clock, sampling
from bench.measure.agreement import Disagreement
from bench.measure.sampling import EFFORTS, Effort, FirstCall, Sampler, interleave

CPU = torch.device("cpu")
QUICK = Effort(rounds=1, blocks=4, block_seconds=1e-5, seconds=1.0, weighings=1)


def fresh() -> torch.Tensor:
    return torch.arange(4.0).square()


def test_calibration_fills_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own, where a call takes one millisecond."""
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (calls * 1e-3, None, call()))
    calls, seconds = sampling.calibrate(fresh, CPU, 0.05)
    assert seconds >= 0.05
    assert 50 <= calls <= 75


@pytest.mark.parametrize(("seconds", "calls", "blocks"), [(0.4, 2, 2), (0.02, 3, 4), (0.001, 4, 4)])
def test_a_slow_call_is_a_block_by_its_warm_up(
    monkeypatch: pytest.MonkeyPatch, seconds: float, calls: int, blocks: int
) -> None:
    """On a clock of our own. One warm-up an input; a block is calibrated only where one call may not fill it."""
    made: list[int] = []
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (calls * seconds, None, call()))
    effort = replace(QUICK, block_seconds=0.01)
    sampler = Sampler.prepare("slow", [lambda: made.append(1) or fresh()] * 2, CPU, effort)
    assert len(made) == calls
    assert sampler.block * seconds >= effort.block_seconds
    assert sampler.blocks == blocks


def test_a_call_as_long_as_ten_blocks_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, is_long in ((0.099, False), (0.1, True)):
        monkeypatch.setattr(clock, "time_block", lambda call, calls, device, seconds=seconds: (seconds, None, call()))
        assert FirstCall.make(fresh, CPU).is_long(replace(QUICK, block_seconds=0.01)) is is_long


def test_an_input_that_has_begun_is_not_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    call = lambda: made.append(1) or fresh()  # noqa: E731
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (1.0, None, call()))
    begun = FirstCall.make(call, CPU)
    sampler = Sampler.prepare("v", [call], CPU, QUICK, [begun])
    assert len(made) == 1
    assert sampler.first == [begun.answer]
    assert not any(tensor.isnan().any() for tensor in sampler.first[0].values())


def test_a_block_that_its_first_call_made_look_long_is_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of our own: the first call loads for a second, the others take one millisecond."""
    taken = iter([1.0])
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (next(taken, calls * 1e-3), None, call()))
    effort = replace(QUICK, block_seconds=0.01)
    sampler = Sampler.prepare("v", [fresh], CPU, effort)
    assert sampler.block == 1
    for turn in range(2):
        sample = sampler.sample(turn, 0, CPU)
        assert sample.seconds >= effort.block_seconds
        assert sample.calls >= 10


def test_every_variant_has_its_blocks() -> None:
    ready = [Sampler.prepare(name, [fresh], CPU, QUICK) for name in "abc"]
    turns = list(interleave(ready, random.Random(0)))
    assert Counter(sampler.name for sampler, _ in turns) == {sampler.name: sampler.blocks for sampler in ready}
    laps = [{sampler.name for sampler, turn in turns if turn == lap} for lap in range(2)]
    assert laps == [set("abc")] * 2


def test_the_order_differs_from_lap_to_lap() -> None:
    ready = [Sampler(name=name, calls=[fresh], first=[], block=1, blocks=20, lasting=0.0) for name in "abcd"]
    orders = {
        "".join(sampler.name for sampler, turn in interleave(ready, random.Random(1)) if turn == lap)
        for lap in range(20)
    }
    assert len(orders) > 5


def test_inputs_rotate() -> None:
    called: list[str] = []

    def call(name: str) -> torch.Tensor:
        called.append(name)
        return fresh()

    sampler = Sampler.prepare("v", [lambda: call("x"), lambda: call("y")], CPU, QUICK)
    called.clear()
    for turn in range(3):
        sampler.sample(turn, 0, CPU)
    assert [name for name, _ in groupby(called)] == ["x", "y", "x"]


def test_an_honest_variant_passes_the_check() -> None:
    sampler = Sampler.prepare("v", [fresh], CPU, QUICK)
    for turn in range(4):
        sample = sampler.sample(turn, 3, CPU)
    assert (sample.round, sample.calls) == (3, sampler.block)


def test_a_stored_answer_is_caught() -> None:
    stored = fresh()
    sampler = Sampler.prepare("v", [lambda: stored], CPU, QUICK)
    with pytest.raises(Disagreement, match="does not compute its answer anew"):
        sampler.sample(0, 0, CPU)


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

    sampler = Sampler.prepare("v", [call], CPU, QUICK)
    with pytest.raises(Disagreement, match="does not compute its answer anew"):
        [sampler.sample(turn, 0, CPU) for turn in range(4)]


def test_an_answer_that_moves_is_caught() -> None:
    state = torch.zeros(3)
    sampler = Sampler.prepare("v", [lambda: state.add_(1).clone()], CPU, QUICK)
    with pytest.raises(Disagreement, match="two calls differ"):
        sampler.sample(0, 0, CPU)


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
