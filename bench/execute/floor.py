"""The noise floor of this machine: fresh processes that time identical work against itself, as rounds do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bench import ctrl_c
from bench.analysis import floor
from bench.errors import BenchError
from bench.execute import inquiries
from bench.execute.executors.base import Executor
from bench.execute.messages import Order
from bench.measure.noise import Noise
from bench.measure.sampling import EFFORTS
from bench.model import NoiseFloor, Profile

SECONDS = 60.0
"""How long one process may take."""


def measure(executor: Executor, threads: int = 1, profile: Profile = "quick") -> NoiseFloor:
    """As many processes as a case has at least, one after another; other runs are waited for. Raises ``BenchError``
    where one dies."""
    order = Order(kind="noise", profile=profile, threads=threads, devices=("cpu",))
    return put_together([_ask(executor, order) for _ in range(EFFORTS[profile].rounds)], threads)


def _ask(executor: Executor, order: Order) -> Noise:
    reply = ctrl_c.result(executor.submit(order, timeout=SECONDS))
    if isinstance(reply.answer, Noise) and not reply.timed_out:
        return reply.answer
    raise BenchError(f"the noise cannot be measured here: {inquiries.last_line(reply)}")


def put_together(processes: Sequence[Noise], threads: int) -> NoiseFloor:
    """What some processes say together; where and when it holds is for who keeps it."""
    total = sum(process.disturbance.seconds for process in processes)
    each = [(process, process.disturbance, process.disturbance.seconds / total) for process in processes]
    return NoiseFloor(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        widths=floor.widths([process.samples for process in processes]),
        waited=sum(process.waited * share for process, _, share in each),
        wander=floor.wander((speed.moment, speed.seconds) for process in processes for speed in process.speeds),
        cpu="",
        cores=0,
        threads=threads,
        boot="",
        stolen=sum(seen.stolen * share for _, seen, share in each),
        throttled=sum(seen.throttled * share for _, seen, share in each),
    )
