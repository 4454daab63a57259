"""``bench run``: from names to a verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import rich_click as click

from bench.cli import INTERRUPTED, completion
from bench.cli.output import stderr, stdout
from bench.errors import PluginError, UsageError

if TYPE_CHECKING:
    from bench.cli.progress import Lines
    from bench.execute.prepare import Request
    from bench.execute.session import Session
    from bench.results.journal import Header

PROFILES = ("smoke", "quick", "full")


@click.command("run", short_help="Run exercises: prove them right, time them, weigh them.")
@click.argument("names", nargs=-1, metavar="[EX|EX.PART]...", shell_complete=completion.exercises)
@click.option("--all", "everything", is_flag=True, help="Run every exercise.")
@click.option("--only", type=click.Choice(["study", "comparison"]), help="Only parts of this kind.")
@click.option("--device", default="auto", show_default=True, metavar="cpu|cuda|all|auto", help="Where to compute.")
@click.option(
    "--profile",
    default="quick",
    show_default=True,
    type=click.Choice(["smoke", "quick", "full"]),
    help="How much work.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="The first seed.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1), help="How many seeds.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE[,VALUE]", help="Set a parameter of the parts.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Threads of each process.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Kill a case after this.")
@click.option(
    "--data", default="auto", show_default=True, type=click.Choice(["auto", "embedded", "full"]), help="Which data."
)
@click.option("--with", "files", multiple=True, metavar="FILE.py", help="A file with variants or reports of your own.")
@click.option("--resume", metavar="RUN", help="Go on with a run: its folder, a beginning of its name, or latest.")
@click.option(
    "-o",
    "--output",
    "root",
    default="results",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where runs go.",
)
@click.option("--dry-run", is_flag=True, help="Only say which cases would run.")
@click.option("--jobs", default=0, type=click.IntRange(0), help="Untimed work at a time; 0, the default: one a core.")
@click.option("-x", "--exitfirst", "stop_first", is_flag=True, help="Stop at the first failure.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole run as JSON on stdout, and no summary.")
def command(names: tuple[str, ...], everything: bool, resume: str | None, as_json: bool, **options: Any) -> int:
    """Run exercises and write one folder with `run.json`, plots and a report.

    Every case runs in a child process: a study once for each device and seed; a comparison agrees first, then is timed
    in rounds, then is weighed.
    """
    from bench.execute.executors.local import Workers

    if resume and (names or everything):
        raise UsageError("--resume goes on with a run as it was planned: name no exercise beside it")
    if not (resume or names or everything):
        raise UsageError("name an exercise, such as ex10, or --all; `bench list` shows them")
    missing = next((file for file in options["files"] if not Path(file).is_file()), None)
    if missing:
        raise UsageError(f"--with {missing}: there is no such file")
    plugins = outside(tuple(options["files"]))
    with Workers(options["threads"]) as workers, speaking() as voice:
        if resume:
            session = resumed(resume, options["root"], workers, voice, plugins, jobs(options))
        else:
            request = requested(names, everything, options)
            voice.say("looking at the exercises …")
            header = planned(request, workers)
            if options["dry_run"]:
                return show_plan(header)
            session = started(header, request, workers, voice, plugins)
        run = session.run()
    code = finish(session.folder, run, as_json, plugins)
    return INTERRUPTED if session.interrupted else code


def outside(files: tuple[str, ...]) -> tuple[ModuleType, ...]:
    """The plugins whose hooks are called in this process: other distributions', and given files that have any."""
    from bench import plugins

    return plugins.listeners(map(Path, files))


def requested(names: tuple[str, ...], everything: bool, options: dict[str, Any]) -> Request:
    from bench import catalogue
    from bench.execute import parameters
    from bench.execute.prepare import Request

    if everything and names:
        raise UsageError("--all runs every exercise: name none beside it")
    seeds = tuple(range(options["seed"], options["seed"] + options["seeds"]))
    return Request(
        names=tuple(listing.id for listing in catalogue.listings()) if everything else names,
        command=("bench", *sys.argv[1:]),
        device=options["device"],
        profile=options["profile"],
        seeds=seeds,
        given=parameters.parse(options["params"]),
        threads=options["threads"],
        timeout=options["timeout"],
        data=options["data"],
        root=options["root"],
        files=tuple(str(Path(file).resolve()) for file in options["files"]),
        stop_first=options["stop_first"],
        jobs=jobs(options),
        only=options["only"] or "",
    )


def jobs(options: dict[str, Any]) -> int:
    """How many untimed tasks go side by side: as asked for, or as many as there are cores for their threads."""
    from bench.results import environment

    asked: int = options["jobs"]
    return asked or max(1, environment.cores() // options["threads"])


@contextmanager
def speaking() -> Iterator[Lines]:
    from bench.cli.progress import Lines, Live

    console = stderr()
    with (Live if console.is_terminal else Lines)(console) as voice:
        yield voice


def planned(request: Request, workers: Any) -> Header:
    from bench.execute.prepare import plan_run

    return plan_run(request, workers)


def started(header: Header, request: Request, workers: Any, voice: Lines, plugins: tuple[ModuleType, ...]) -> Session:
    from bench.cli.reporting import tell
    from bench.execute import session

    return session.start(header, request, workers, voice, partial(tell, plugins=plugins))


def resumed(name: str, root: Path, workers: Any, voice: Lines, plugins: tuple[ModuleType, ...], jobs: int) -> Session:
    from bench.cli.reporting import tell
    from bench.execute import session
    from bench.results import folders

    return session.reopen(folders.find(root, name), workers, voice, partial(tell, plugins=plugins), jobs)


def show_plan(header: Header) -> int:
    """The cases on stdout, one a line; nothing is written."""
    from bench.execute import names

    console = stdout()
    for task in header.tasks:
        console.print(f"{names.in_words(task.case)} ({task.kind})", markup=False, soft_wrap=True)
    for broken in header.broken:
        console.print(f"{broken.exercise} is broken: {broken.reason}", style="red", markup=False, soft_wrap=True)
    return PluginError.exit_code if header.broken else 0


def finish(folder: Path, run: Any, as_json: bool, plugins: tuple[ModuleType, ...]) -> int:
    """Draw the reports, print the result, and say how the run ended."""
    from bench.cli import exits, reporting
    from bench.results import store

    try:
        reporting.draw(run, folder, (*reporting.builtin(), *plugins))
    except KeyboardInterrupt:
        stderr().print(
            f"the run is kept; its report was not drawn: bench report {folder}", markup=False, soft_wrap=True
        )
        raise
    if as_json:
        sys.stdout.write(store.encode(run).decode() + "\n")
    else:
        from bench.report import console

        console.show(run, stdout(), folder)
    if not run.finished:
        stderr().print(f"stopped; what finished is kept: bench run --resume {folder}", markup=False, soft_wrap=True)
    return exits.code(run)
