"""Answers of a child process to the short questions: what torch sees, what an exercise declares, noise and peaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench import plugins
from bench.errors import BenchError
from bench.execute.child import sources
from bench.execute.child.digests import digests
from bench.execute.messages import Channel, Described, Order, Probe
from bench.execute.outcomes import one_line, print_traced, sized
from bench.measure import nvml, peaks, sampling
from bench.measure.noise import Noise, listen
from bench.model import Broken, Description, Peak

DRIVER = Path("/proc/driver/nvidia/version")
LISTENING = {"smoke": 0.0, "quick": 3.2, "full": 12.0}
"""Seconds for which one process measures its machine's noise."""


def probe(order: Order, channel: Channel) -> Probe:
    found = seen()
    return replace(found, data=digests(order.data)) if order.data else found


def seen() -> Probe:
    """The devices and versions that torch sees in this process."""
    import torch

    facts = {"torch": str(torch.__version__), "gpu": "", "driver": "", "cuda": torch.version.cuda or "", "gpu_id": ""}
    if not torch.cuda.is_available():
        return Probe(("cpu",), facts)
    found = {"gpu": torch.cuda.get_device_name(), "driver": driver(), "gpu_id": nvml.uuid(torch.device("cuda"))}
    return Probe(("cpu", "cuda"), facts | found)


def driver() -> str:
    """The version of NVIDIA's driver: torch does not tell it."""
    words = DRIVER.read_text().split() if DRIVER.is_file() else []
    return next((word for word in words if word[:1].isdigit() and "." in word), "")


def describe(order: Order, channel: Channel) -> Described | Broken:
    """The parts of an exercise."""
    try:
        exercise = plugins.load(order.module)
        parts = tuple(part.described for part in exercise.parts.values())
    except BenchError as error:
        return Broken(order.exercise, sized(str(error)))
    except BaseException as error:  # such as its sys.exit()
        print_traced(error)
        return Broken(order.exercise, one_line(error))
    return Described(Description(exercise.tags, parts), sources.read_by(order.module))


def noise(order: Order, channel: Channel) -> Noise:
    """Identical work against itself, by the effort of the order's profile."""
    return listen(sampling.EFFORTS[order.profile], LISTENING[order.profile])


def peak(order: Order, channel: Channel) -> Peak:
    """The most that the order's one device reaches with its threads."""
    import torch

    return peaks.measure(torch.device(order.devices[0]), order.threads)
