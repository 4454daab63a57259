"""``bench doctor``: devices, versions, meters, data — each with what to do where something is not well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from bench.cli.output import print_json, stderr, stdout
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.model import NoiseFloor


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``mend`` is empty where all is well."""

    what: str
    state: str
    mend: str = ""


@click.command("doctor")
@click.option("--noise", is_flag=True, help="Measure what this machine does to numbers (about 20 s), and keep it.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Threads of each process.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(noise: bool, threads: int, as_json: bool) -> int:
    """Say which devices, versions, meters and data sets are here, and how to mend what is not.

    Exit code 0 if exercises can run on this machine, 3 if torch cannot be used.
    """
    if noise:
        return listen(threads, as_json)
    findings = tuple(examine(threads))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        show(findings)
    return 3 if any(finding.what == "torch" and finding.mend for finding in findings) else 0


def show(findings: tuple[Finding, ...]) -> None:
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark, style = ("!", "yellow") if finding.mend else ("✓", "green")
        stdout().print(f"[{style}]{mark}[/] {finding.what:{width}}  ", end="", soft_wrap=True)
        stdout().print(finding.state + (f" → {finding.mend}" if finding.mend else ""), markup=False, soft_wrap=True)


def listen(threads: int, as_json: bool) -> int:
    """Measure the noise, keep its floor, and say what to do about it."""
    from bench.measure import machine
    from bench.report import noise

    # Before anything is measured: the load must not be our own.
    facts = [Finding(fact.what, fact.state, fact.mend) for fact in machine.facts()]
    floor = measured(threads)
    findings = (*facts, *(Finding(*line) for line in noise.of_floor(floor)))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings], "floor": asdict(floor)})
    else:
        show(findings)
    return 0


def measured(threads: int) -> NoiseFloor:
    from bench.execute import floor
    from bench.execute.executors.local import LocalExecutor
    from bench.results import floors

    def say(text: str) -> None:
        stderr().print(text, markup=False, soft_wrap=True)

    say("measuring what this machine does to numbers, for about 20 s …")
    with LocalExecutor(threads=threads, who="`bench doctor --noise`", say=say) as executor:
        return floors.keep(floor.measure(executor, threads))


def examine(threads: int = 1) -> Iterator[Finding]:
    yield from machine()
    yield from devices()
    yield from meters()
    yield from noise_floor(threads)
    yield from exercises()
    yield from data()


def machine() -> Iterator[Finding]:
    import platform

    from bench.results import environment

    yield Finding("python", f"{platform.python_version()} on {platform.platform()}")
    yield Finding("processor", f"{environment.cpu()}, {environment.cores()} cores")
    yield Finding("memory", f"{environment.memory() / 2**30:.1f} GiB")
    packages = environment.versions(environment.PACKAGES)
    yield Finding("packages", ", ".join(f"{name} {version}" for name, version in packages.items()))


def devices() -> Iterator[Finding]:
    from bench.execute import inquiries
    from bench.execute.executors.local import LocalExecutor

    try:
        with LocalExecutor() as executor:
            probe = inquiries.probe(executor)
    except BenchError as error:
        yield Finding("torch", str(error), "pip install torch torchvision, into this environment")
        return
    yield Finding("torch", probe.facts["torch"])
    if "cuda" in probe.devices:
        yield Finding("cuda", f"{probe.facts['gpu']}, driver {probe.facts['driver'] or 'unknown'}")
    else:
        yield Finding("cuda", "no GPU that torch can use", "exercises run on the CPU; a GPU needs NVIDIA's driver")


def meters() -> Iterator[Finding]:
    from bench.measure import memory

    yield Finding("clock", "perf_counter_ns")
    if memory.can_reset():
        yield Finding("memory meter", "VmHWM, reset through /proc/self/clear_refs")
    else:
        yield Finding("memory meter", "psutil, sampled every ms", "short peaks can be missed; Linux keeps them exactly")


def noise_floor(threads: int) -> Iterator[Finding]:
    """What is known of this machine's noise since it was started."""
    from datetime import UTC, datetime

    from bench.report import noise
    from bench.results import floors

    floor = floors.recall(threads)
    if floor is not None:
        first, ago = next(noise.of_floor(floor)), noise.age(floor.created, datetime.now(UTC).isoformat())
        yield Finding("noise floor", f"{first.state}, {ago} ago")


def exercises() -> Iterator[Finding]:
    from bench import catalogue

    try:
        listings = catalogue.listings()
    except BenchError as error:
        yield Finding("exercises", "none can be listed", str(error))
        return
    broken = [f"{listing.id}: {listing.problem}" for listing in listings if listing.problem]
    yield Finding("exercises", f"{len(listings)} found", "; ".join(broken))


def data() -> Iterator[Finding]:
    from bench.kit.data import fetch

    for status in fetch.status():
        yield Finding(f"data: {status.name}", *status.in_words())
