"""``bench try``: files of one's own held against a reference, and nothing timed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import ctrl_c, plain_file
from bench.cli import completion
from bench.cli.output import stderr, stdout

if TYPE_CHECKING:
    from bench.execute.executors.base import Executor
    from bench.model import Gallery, Key, Plan, Profile, Run, SourceFile
    from bench.report.gallery import Galleries


MOST = 8 * 2**20
"""Bytes of a gallery."""
TIMEOUTS = {"smoke": 120.0}
"""Seconds for a case where the command line does not say: whose file runs in a circle should not wait for minutes."""


@click.command("try")
@click.argument("name", metavar="EX[.PART]", shell_complete=completion.exercises)
@click.argument("files", nargs=-1, required=True, metavar="FILE.py...", type=click.Path())
@click.option("--device", default="cpu", show_default=True, metavar="cpu|cuda|all|auto", help="Where to compute.")
@click.option(
    "--profile",
    default="smoke",
    show_default=True,
    type=click.Choice(["smoke", "quick", "full"]),
    help="Which values of the parameters: smoke takes the first and the last of those that are swept.",
)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE[,VALUE]", help="Set a parameter of the parts.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="The seed of the problem.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Kill a case after this.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write a page: every row, and of a wrong answer each tensor beside the reference's.",
)
@click.option("-v", "--verbose", is_flag=True, help="Every case with its reason, and tracebacks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    name: str,
    files: tuple[str, ...],
    device: str,
    profile: Profile,
    params: tuple[str, ...],
    seed: int,
    timeout: float | None,
    picture: Path | None,
    verbose: bool,
    as_json: bool,
) -> int:
    """Hold the variants of your own files against an exercise's reference: right or wrong, and what the numbers show.

    Nothing is timed and nothing is kept. The exit code is 0 if all agree and 1 if one does not.
    """
    from bench import masking
    from bench.cli import exits
    from bench.cli.output import print_json
    from bench.execute.executors.local import LocalExecutor
    from bench.execute.parameters import parse
    from bench.report import attempts
    from bench.with_files import read_files

    sources, given = read_files(map(Path, files)), parse(params)
    with LocalExecutor(secrets=masking.hidden(given)) as executor:
        executor.warm()  # while the exercises are listed and what they declare is looked up
        plan = planned(executor, name, sources, device=device, profile=profile, given=given, seed=seed, timeout=timeout)
        run, galleries = tried(plan, executor, portraits=picture is not None)
        # Before the processes end, which takes them a moment.
        if as_json:
            print_json(attempts.document(run))
        else:
            attempts.show(run, stdout(), verbose=verbose)
        if picture:
            draw(picture, run, galleries)
    return exits.code(run)


def planned(
    executor: Executor,
    name: str,
    files: tuple[SourceFile, ...],
    *,
    device: str,
    profile: Profile,
    given: dict[str, tuple[str, ...]],
    seed: int,
    timeout: float | None,
) -> Plan:
    """The plan of a run of these files alone: the cases for which they offer something, each variant named by its
    file."""
    from dataclasses import replace

    from bench import catalogue
    from bench.cli.verbs.run import command_line
    from bench.execute.guests.offers import labels_of
    from bench.execute.plan import Request, make_plan

    request = Request(
        names=[name],
        command=command_line(),
        device=device,
        profile=profile,
        seeds=(seed,),
        given=given,
        timeout=timeout or TIMEOUTS.get(profile),
        files=files,
        only="comparison",
        forgiving=True,
    )
    plan = make_plan(executor, catalogue.listings(), request)
    labels = labels_of([file.path for file in files])
    guests = tuple(
        replace(guest, name=f"{guest.offered} ({labels[guest.source]})")
        for guest in plan.guests
        if guest.source in labels
    )
    asked = {(guest.exercise, guest.part) for guest in guests}
    tasks = tuple(task for task in plan.tasks if (task.case.exercise, task.case.part) in asked)
    return replace(plan, guests=guests, tasks=tasks)


def draw(path: Path, run: Run, galleries: Galleries) -> None:
    """Raises ``StoreError`` for a path that cannot be written."""
    from bench.report import gallery
    from bench.results import store

    try:
        store.write_to(path, gallery.page(run, galleries).encode())
    except OSError as error:
        raise store.refusal(error, path, "or name another file with --picture") from error
    stderr().print(f"picture   {path}", markup=False, soft_wrap=True)


def tried(plan: Plan, executor: Executor, *, portraits: bool = False) -> tuple[Run, Galleries]:
    """Every case held against the reference, one after the other, in a folder that goes afterwards; with ``portraits``
    of what is wrong."""
    from bench.execute.guests.invited import SHARE
    from bench.execute.observations import observation_of, run_of
    from bench.execute.schedule import retried
    from bench.execute.session import order_of

    # A guest that hangs is ended after its share: so many of them take nothing from the others.
    limit = plan.timeout and plan.timeout * (1 + SHARE * len(plan.guests))
    observations, waiting = [], list(plan.tasks)
    galleries: dict[tuple[Key, str], Gallery] = {}
    with tempfile.TemporaryDirectory(prefix="bench-try-", ignore_cleanup_errors=True) as folder:
        while waiting:
            task = waiting.pop(0)
            order = order_of(plan, task, folder=Path(folder), guests_alone=True, portraits=portraits)
            observation = observation_of(task, ctrl_c.result(executor.submit(order, timeout=limit)), limit)
            observations.append(observation)
            galleries |= {(task.case.whole.key, each.variant): each for each in seen_in(Path(order.folder))}
            if again := retried(observation):
                waiting.insert(0, again)
    return run_of(plan, observations, finished=True), galleries


def seen_in(folder: Path) -> Iterator[Gallery]:
    """The galleries that a task has left; one that was cut short by its end is none."""
    from contextlib import suppress

    from bench.errors import BenchError
    from bench.model import Gallery
    from bench.results import store

    for path in sorted((folder / "portraits").glob("*.json")):
        # They lie where the code of the file could write, too.
        with suppress(BenchError, OSError):
            yield store.decode(plain_file.read(path, MOST), Gallery)
