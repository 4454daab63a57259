"""The noise floor: as many fresh processes as a case has, asked one after another."""

import pytest

from bench.errors import BenchError
from bench.execute import floor
from bench.execute.executors.local import LocalExecutor
from bench.execute.messages import Order, Probe
from bench.measure.noise import Noise, Speed
from bench.measure.sampling import EFFORTS
from bench.model import Disturbance, Sample
from tests.execute.double import Double


def noise(seconds: float = 1.0, waited: float = 0.0, stolen: float = 0.0, speed: float = 1.0) -> Noise:
    copies = tuple(Sample(round=0, calls=1, seconds=each, laps=(each, each)) for each in (1.0, seconds))
    return Noise(
        samples={"small operations": copies},
        speeds=(Speed(speed, speed),),
        waited=waited,
        disturbance=Disturbance(seconds=2.0, stolen=stolen, throttled=stolen / 2),
    )


def test_every_process_counts_once() -> None:
    answers = iter([noise(waited=0.2, stolen=0.1), *[noise()] * 3, noise(speed=2.0)])
    double = Double(lambda order: next(answers))
    found = floor.measure(double, threads=3)
    assert double.orders == [Order(kind="noise", threads=3, devices=("cpu",))] * EFFORTS["quick"].rounds
    assert found.widths == {"small operations": 0.0}
    assert (found.waited, found.stolen, found.throttled) == pytest.approx((0.04, 0.02, 0.01))
    assert (found.wander, found.threads) == (2.0, 3)


def test_a_process_that_gives_no_answer_ends_it() -> None:
    with pytest.raises(BenchError, match="the noise cannot be measured here"):
        floor.measure(Double(lambda order: Probe((), {})))


def test_real_processes_answer(executor: LocalExecutor) -> None:
    found = floor.measure(executor, profile="smoke")
    assert set(found.widths) == {"small operations", "matrix product", "memory-bound", "convolution"}
    assert found.wander >= 1.0
    assert found.created
