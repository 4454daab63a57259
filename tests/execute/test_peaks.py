"""Peaks are asked for where a roofline will be drawn, of a fresh process each."""

import pytest

from bench.errors import BenchError
from bench.execute import peaks
from bench.execute.executors.local import LocalExecutor
from bench.execute.messages import Order, Probe
from bench.model import Case, Observation, Peak, Task, Work
from tests.execute.double import Double

COUNTED = Work(1, "images", flops=2.0, bytes=4.0)


def observed(kind: str, device: str = "cpu", work: Work | None = COUNTED) -> Observation:
    task = Task(kind, Case(exercise="ex01", part="a", device=device, seed=0))  # type: ignore[arg-type]
    return Observation(task=task, outcome="ok", work=work)


def test_devices_that_timed_work_of_known_flops_are_asked_once() -> None:
    seen = [observed("time"), observed("time", "cuda"), observed("time"), observed("agree", "mps")]
    assert peaks.wanted(seen, "quick") == ("cpu", "cuda")
    assert peaks.wanted(seen, "smoke") == ()
    assert peaks.wanted([observed("time", work=Work(1, "images")), observed("time", work=None)], "full") == ()


def test_one_device_after_the_other_with_the_threads_of_the_run() -> None:
    double = Double(lambda order: Peak(device=order.devices[0], flops=1.0, bandwidth=1.0, threads=2, array=1))
    assert [peak.device for peak in peaks.measure(double, ("cpu", "cuda"), 2)] == ["cpu", "cuda"]
    assert double.orders == [Order(kind="peak", threads=2, devices=(device,)) for device in ("cpu", "cuda")]


def test_a_process_that_gives_no_answer_ends_it() -> None:
    with pytest.raises(BenchError, match="the peaks of cpu cannot be measured here"):
        peaks.measure(Double(lambda order: Probe((), {})), ("cpu",), 1)


def test_a_real_process_answers(executor: LocalExecutor) -> None:
    (peak,) = peaks.measure(executor, ("cpu",), 1)
    assert (peak.device, peak.threads) == ("cpu", 1)
    assert peak.flops > 0
    assert peak.bandwidth > 0
