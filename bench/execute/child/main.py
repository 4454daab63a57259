"""Inside the child process: one order, done and answered. Whatever a plugin does wrong becomes an answer too."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from bench import plugins
from bench.errors import BenchError, Missing, PluginError
from bench.execute.child import sources
from bench.execute.messages import Channel, Described, Message, Order, Probe
from bench.execute.outcomes import one_line, outcome_of
from bench.measure import clock
from bench.model import Broken, Description, Observation


def perform(order: Order, channel: Channel) -> None:
    """Do an order and send its answer."""
    settle(order.threads)
    answers: dict[str, Callable[[Order, Channel], Message]] = {
        "probe": _probe,
        "describe": _describe,
        "task": _task,
        "check": _check,
    }
    channel.send(answers[order.kind](order, channel))


def settle(threads: int) -> None:
    """The state in which every order begins: so many threads, and float32 that is float32 on a GPU too."""
    import torch

    torch.set_num_threads(threads)
    if threads > 1:  # OpenBLAS was loaded with one thread, before the fork
        from threadpoolctl import threadpool_limits

        threadpool_limits(threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def _probe(order: Order, channel: Channel) -> Probe:
    import torch

    facts = {"torch": str(torch.__version__), "gpu": "", "driver": "", "cuda": torch.version.cuda or ""}
    if not torch.cuda.is_available():
        return Probe(("cpu",), facts)
    facts["gpu"] = torch.cuda.get_device_name()
    facts["driver"] = _driver()
    return Probe(("cpu", "cuda"), facts)


def _driver() -> str:
    path = Path("/proc/driver/nvidia/version")
    words = path.read_text().split() if path.is_file() else []
    return next((word for word in words if word[:1].isdigit() and "." in word), "")


def _describe(order: Order, channel: Channel) -> Described | Broken:
    """The parts of an exercise; files of variants are loaded too, so that a broken one shows before anything runs."""
    try:
        exercise = plugins.load(order.module)
        plugins.outside(order.files)
    except BenchError as error:
        return Broken(order.exercise, str(error))
    except Exception as error:
        traceback.print_exc()
        return Broken(order.exercise, one_line(error))
    parts = tuple(part.described for part in exercise.parts.values())
    return Described(Description(exercise.tags, parts), sources.read_by(order.module))


def _check(order: Order, channel: Channel) -> Message:
    from bench.execute.child import checks

    return checks.check(order, channel)


def _task(order: Order, channel: Channel) -> Observation:
    """Run one task. Nothing that the exercise raises gets past here."""
    from dataclasses import replace

    from bench.execute.child import tasks

    task = order.task
    if task is None:
        raise PluginError("an order for a task without the task")
    start = clock.now()
    try:
        observation = tasks.run(order, task, channel)
    except Exception as error:
        outcome, reason, detail = outcome_of(error)
        missing = isinstance(error, Missing)
        observation = Observation(task=task, outcome=outcome, reason=reason, detail=detail, missing=missing)
    return replace(observation, seconds=clock.now() - start)
