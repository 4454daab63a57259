"""A run of five shards, and who watches it on an engine of our own."""

from collections.abc import Callable

from bench.cluster import handed, watching
from bench.execute.messages import Message, Order
from bench.model import Observation
from tests.cluster.doubles import Cloud, listener, plan_of

PLAN = plan_of("ex01.a", "ex01.a.speed", "ex02.a", sizes=(1, 2))  # shards: 0, 1, 2 (timed), 3, 4
ALL = [0, 1, 3, 4, 2]
"""The shards in the order in which they are handed out: those that need the same in one call."""


def watch(cloud: Cloud, **options: object) -> watching.Watch:
    given = {
        "plan": handed.read(cloud.run)[0],
        "observer": listener(),
        "pause": cloud.pause,
        "clock": lambda: cloud.now,
    }
    given |= options
    return watching.Watch(folder=cloud.run, shards=handed.read(cloud.run)[2], engine=cloud, **given)  # type: ignore[arg-type]


def said(watched: watching.Watch) -> str:
    return "\n".join(watched.observer.said)  # type: ignore[attr-defined]


def by_default(number: int, n: int) -> str:
    return "done"


def deeds(**of: str) -> Callable[[int, int], str]:
    """Such as ``s3="dies done"``: how the tries at shard 3 go; the last one again and again."""

    def deed(number: int, n: int) -> str:
        words = of.get(f"s{number}", "done").split()
        return words[min(n, len(words)) - 1]

    return deed


def failing(order: Order) -> Message:
    assert order.task is not None
    return Observation(task=order.task, outcome="failed", reason="why")
