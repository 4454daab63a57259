"""From a request to a plan: which exercises load here, which cases they make, on which machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench import catalogue
from bench.catalogue import Listing
from bench.errors import BenchError, NothingMatched
from bench.execute import parameters, plan
from bench.execute.executors.local import Reply, Workers
from bench.execute.messages import Message, Order, Probe
from bench.execute.observations import death
from bench.model import SCHEMA, Broken, Description, ExerciseInfo, PartDescription, Profile, Task
from bench.results import environment
from bench.results.journal import Header

IMPORT_SECONDS = 120.0
"""How long a plugin may take to import."""
TIMEOUTS: dict[Profile, float | None] = {"smoke": 300.0, "quick": 900.0, "full": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line."""

    names: tuple[str, ...]
    command: tuple[str, ...]
    device: str = "auto"
    profile: Profile = "quick"
    seeds: tuple[int, ...] = (0,)
    given: parameters.Given = field(default_factory=dict)
    threads: int = 1
    timeout: float | None = None
    data: str = "auto"
    root: Path = Path("results")
    files: tuple[str, ...] = ()
    stop_first: bool = False
    jobs: int = 1
    only: str = ""


def plan_run(request: Request, workers: Workers) -> Header:
    """Everything that is known before the first case runs. Raises ``BenchError`` for what the user has to mend."""
    listings = catalogue.listings()
    selections = plan.select(request.names, listings)
    probe = ask_probe(workers)
    devices = plan.pick_devices(request.device, probe.devices)
    described = [(selection, describe(selection, request.files, workers)) for selection in selections]
    sound = [(selection, answer) for selection, answer in described if isinstance(answer, Description)]
    parts = [(selection.listing.id, plan.chosen(selection, answer, request.only)) for selection, answer in sound]
    asked = {name for name, chosen in parts if chosen}
    if asked:
        parameters.known(request.given, [part for _, chosen in parts for part in chosen])
    tasks = tuple(planned(parts, devices, request))
    broken = tuple(answer for _, answer in described if isinstance(answer, Broken))
    if not tasks and not broken:
        what = f"no {request.only}" if request.only else "nothing"
        raise NothingMatched(f"{what} to run on {', '.join(devices)}: `bench show {request.names[0]}` lists the parts")
    return Header(
        schema=SCHEMA,
        id="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=request.command,
        profile=request.profile,
        devices=devices,
        seeds=request.seeds,
        data=data_of(request),
        threads=request.threads,
        timeout=TIMEOUTS[request.profile] if request.timeout is None else request.timeout,
        environment=environment.gather(probe.facts, request.threads),
        exercises=tuple(
            told(selection.listing, answer, request.profile)
            for selection, answer in sound
            if selection.listing.id in asked
        ),
        broken=broken,
        tasks=tasks,
        files=request.files,
    )


def data_of(request: Request) -> str:
    if request.data != "auto":
        return request.data
    return "full" if request.profile == "full" else "embedded"


def planned(
    parts: Sequence[tuple[str, Sequence[PartDescription]]], devices: Sequence[str], request: Request
) -> Iterator[Task]:
    for exercise, chosen in parts:
        yield from plan.tasks(exercise, chosen, devices, request.given, request.seeds, request.profile)


def ask(workers: Workers, order: Order) -> tuple[Message | None, Reply]:
    reply = workers.do(order, timeout=IMPORT_SECONDS, listen=lambda progress: None)
    return (None if reply.timed_out else reply.answer), reply


def ask_probe(workers: Workers) -> Probe:
    answer, reply = ask(workers, Order(kind="probe"))
    if not isinstance(answer, Probe):
        raise BenchError(f"torch cannot be used here: {last_line(reply)}")
    return answer


def describe(selection: plan.Selection, files: tuple[str, ...], workers: Workers) -> Description | Broken:
    """The parts of an exercise, learnt in a child: a plugin that hangs or crashes on import is one broken row."""
    listing = selection.listing
    if listing.problem:
        return Broken(listing.id, listing.problem)
    answer, reply = ask(workers, Order(kind="describe", module=listing.module, exercise=listing.id, files=files))
    if isinstance(answer, Description | Broken):
        return answer
    how = f"hangs: no answer within {IMPORT_SECONDS:g} s" if reply.timed_out else f"crashes: {last_line(reply)}"
    return Broken(listing.id, f"its import {how}")


def told(listing: Listing, description: Description, profile: Profile) -> ExerciseInfo:
    """What a run keeps of an exercise."""
    return ExerciseInfo(
        id=listing.id,
        title=listing.title,
        tags=description.tags,
        parts=tuple(part.at(profile) for part in description.parts),
        answer=listing.answer,
    )


def last_line(reply: Reply) -> str:
    """How a child died, with the line of its output that says most: a fatal error's first, a traceback's last."""
    lines = [line for line in reply.ended.output.strip().splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("Fatal")), lines[-1] if lines else "")
    return death(reply, None, starved=False)[1] + (f": {said}" if said else "")
