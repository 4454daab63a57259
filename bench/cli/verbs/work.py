"""``bench work``: one shard of a run, or one after another, where an engine has put it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import INTERRUPTED, interrupts
from bench.cli.output import stderr
from bench.errors import UsageError

if TYPE_CHECKING:
    from bench.cli.progress import Lines
    from bench.cluster.working import Worker


@click.command("work")
@click.argument("run", required=False, type=click.Path(path_type=Path))
@click.argument("number", required=False, type=int)
@click.option("--leash", "leashed", is_flag=True, help="End as soon as stdin is closed.")
@click.option("--asked", is_flag=True, help="Do the shards that stdin, a socket, asks for, one after another.")
@click.option("--probe", type=click.Path(path_type=Path), help="Only say into this folder what the machine is.")
@click.option(
    "--slots", default=0, type=click.IntRange(0, 1024), help="Untimed work at a time; 0, the default: one a core."
)
@click.option("--data", default="embedded", type=click.Choice(["embedded", "full"]), help="Data, for --probe.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Threads, for --probe.")
def command(
    *,
    run: Path | None,
    number: int | None,
    leashed: bool,
    asked: bool,
    probe: Path | None,
    slots: int,
    data: str,
    threads: int,
) -> int:
    """Do shard NUMBER of RUN, as an engine of `bench run --on` starts it.

    What comes of it lies in a folder of its own within the run's; the first that ends well counts. Exit codes: 0 done,
    3 this machine is not one that may do it.
    """
    from bench.cluster.leash import leash

    if leashed:
        leash()
    interrupts.heed()  # a scheduler's way of saying Ctrl-C
    if probe is not None:
        return tell(probe, threads, data)
    if run is None or (number is None) is not asked:
        raise UsageError("name a run's folder and the number of a shard; `bench run --on` does it for you")
    if number is None:
        return one_after_another(run, slots)
    return shard(run, number, slots)


def tell(folder: Path, threads: int, data: str) -> int:
    from bench.cluster import probing
    from bench.execute.executors.local import LocalExecutor

    with LocalExecutor() as executor:
        try:
            probing.answer(folder, executor, threads, data)
        except OSError as error:
            raise UsageError(f"{folder} is not seen here: {error.strerror}") from error
    return 0


def shard(run: Path, number: int, slots: int) -> int:
    from bench.cluster import handed

    plan, _, shards = handed.read(run)
    alone = handed.shard(shards, number).needs.alone
    return work(run, [number], plan.threads, slots_of(alone, plan.threads, slots))


def one_after_another(run: Path, slots: int) -> int:
    """Raises ``UsageError`` where stdin is no socket."""
    from bench.cluster import handed, serving

    asked = serving.from_stdin()
    plan, _, _ = handed.read(run)
    return work(run, asked, plan.threads, slots_of(False, plan.threads, slots))


def work(run: Path, numbers: Iterable[int], threads: int, slots: int) -> int:
    from bench.cli.progress import Lines

    with worker(Lines(stderr()), threads, slots) as at_work:
        for number in numbers:
            done = at_work.work(run, number)
            if done is not None and not done.finished:
                return INTERRUPTED
    return 0


def slots_of(alone: bool, threads: int, wanted: int) -> int:
    """Untimed work goes side by side: as ``wanted``, or on the cores that the job has."""
    from bench.results import environment

    return 1 if alone else wanted or max(1, environment.cores() // threads)


@contextmanager
def worker(listener: Lines, threads: int, slots: int) -> Iterator[Worker]:
    """With an executor of its own."""
    from bench import catalogue
    from bench.cluster.working import Worker
    from bench.execute.executors.local import LocalExecutor
    from bench.execute.lock import user

    who = f"a shard's process {os.getpid()} of {user()}"
    with LocalExecutor(threads=threads, slots=slots, who=who, say=listener.say) as executor:
        yield Worker(executor=executor, listings=catalogue.listings(), listener=listener, pause=time.sleep)
