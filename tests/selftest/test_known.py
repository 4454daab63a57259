"""What is known: a spin ends after its deadline, memory is touched, nothing is measured as something."""

from pathlib import Path
from time import perf_counter_ns

import pytest
import torch

from bench.errors import Skip
from bench.lab import Lab
from bench.selftest import known


def lab() -> Lab:
    return Lab(device=torch.device("cpu"), dtype=torch.float32, seed=0, profile="quick", folder=Path())


def test_a_spin_is_never_shorter_and_gives_its_answer_anew() -> None:
    call = known.exercise.parts["spin"].run(lab(), milliseconds=0.01)["spin"]
    start = perf_counter_ns()
    answer = call()
    assert perf_counter_ns() - start >= 10_000
    answer.fill_(float("nan"))
    assert torch.equal(call(), torch.ones(1))


def test_an_allocation_is_of_that_many_bytes() -> None:
    block = known.touched(1, lab())
    assert (block.nbytes, int(block.sum())) == (1_000_000, 1_000_000)
    assert known.exercise.parts["allocation"].run(lab(), megabytes=1)["allocate"]().dtype == torch.float32


def test_a_spike_is_tried_until_it_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "wait_for", lambda nanoseconds, answer: answer)
    tries = iter([0.002, 0.0011, 0.0009])
    monkeypatch.setattr(known, "spike_seconds", lambda lab: next(tries))
    known.exercise.parts["spike"].run(lab())["spike"]()
    assert next(tries, None) is None


def test_a_machine_too_slow_for_a_spike_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "spike_seconds", lambda lab: 0.002)
    with pytest.raises(Skip, match="1 MB cannot be touched and freed within 1 ms here"):
        known.exercise.parts["spike"].run(lab())["spike"]()


def test_nothing_is_recorded_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "NOTHINGS", 10)
    here = lab()
    known.exercise.parts["nothing"].run(here)
    (metric,) = here.findings.metrics
    assert (metric.name, metric.unit) == (known.NOTHING, "s")
    assert 0 < metric.value < 1e-3


def test_the_cycles_of_a_gpu_are_counted_by_the_hosts_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    time = [0.0]
    monkeypatch.setattr(torch.cuda, "_sleep", lambda cycles: time.__setitem__(0, time[0] + cycles / 2e9))
    monkeypatch.setattr(known.clock, "synchronise", lambda device: None)
    monkeypatch.setattr(known.clock, "now", lambda: time[0])
    assert known.cycles_per_second(torch.device("cuda")) == pytest.approx(2e9)
