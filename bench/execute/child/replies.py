"""A child's answer as it is sent: one that nobody could read is replaced by what is wrong with it."""

from __future__ import annotations

from bench.errors import BenchError
from bench.execute.messages import Checked, Message, Order, Verdicts
from bench.execute.outcomes import one_line, sized
from bench.model import Broken, Observation
from bench.results import store

MOST = 32 << 20
"""Bytes of an answer. A page of more opens in no browser."""


def sendable(order: Order, answer: Message) -> Message:
    """The answer, if it comes back as it was; else the reason why not, which names the field.

    An author can put anything into what is recorded, and the receiver takes what it cannot read for noise.
    """
    try:
        data = store.encode(answer)
        if len(data) > MOST:
            raise BenchError(f"it takes {len(data) >> 20} MB, of at most {MOST >> 20} MB: record less")
        store.decode(data, type(answer))
    except BenchError as error:
        return refusal(order, answer, str(error))
    except Exception as error:
        return refusal(order, answer, str(error) if type(error) is ValueError else one_line(error))
    return answer


def refusal(order: Order, answer: Message, why: str) -> Message:
    if order.kind == "describe":
        return Broken(order.exercise, sized(f"what it declares cannot be kept: {why}"))
    if order.kind == "survey":
        return Broken(order.source, sized(f"what it offers cannot be kept: {why}"))
    if order.kind == "check":
        return Verdicts((Checked("what it records can be kept", sized(why)),))
    if order.task is None:
        raise BenchError(f"an answer that cannot be sent: {why}")
    seconds = answer.seconds if isinstance(answer, Observation) else 0.0
    reason = sized(f"what it recorded cannot be kept: {why}")
    return Observation(task=order.task, outcome="failed", reason=reason, seconds=seconds)
