"""``bench run``: from names to a verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench import masking
from bench.cli import INTERRUPTED, against, completion, github, on, runs_folder
from bench.cli.asked import Options
from bench.cli.output import print_text, stderr, stdout
from bench.errors import PluginError, UsageError

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.cli.progress import Lines
    from bench.cli.reporting import Reporters
    from bench.cluster.watching import Watch
    from bench.execute.continuing import Earlier
    from bench.execute.executors.local import LocalExecutor
    from bench.execute.inquiries import Seen
    from bench.execute.session import Session
    from bench.model import Plan, Run, SourceFile


@click.command("run")
@click.argument("names", nargs=-1, metavar="[EX|EX.PART]...", shell_complete=completion.exercises)
@click.option("--all", "everything", is_flag=True, help="Run every exercise.")
@click.option("--only", type=click.Choice(["study", "comparison", "race"]), help="Only parts of this kind.")
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
@click.option("--resume", metavar="RUN", help="Go on with a run: its folder, its name or latest~1.")
@click.option("--keep-checkpoints", is_flag=True, help="Leave the checkpoints of trainings in the run's folder.")
@click.option("--continue", "continued", metavar="RUN", help="A new run from the checkpoints of RUN, for more epochs.")
@click.option("--on", metavar="ENGINE", help="Elsewhere: slurm, dask, with :ADDRESS,NAME=VALUE, or a table's name.")
@click.option("--detach", is_flag=True, help="With --on: hand everything out, and do not wait for it.")
@against.options
@runs_folder.option
@click.option("--dry-run", is_flag=True, help="Only say which cases would run.")
@click.option(
    "--jobs", default=0, type=click.IntRange(0, 1024), help="Untimed work at a time; 0, the default: one a core."
)
@click.option("-x", "--exitfirst", "stop_first", is_flag=True, help="Stop at the first failure.")
@click.option("-v", "--verbose", is_flag=True, help="Print tables, laws and metrics too.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole run as JSON on stdout, and no summary.")
def command(names: tuple[str, ...], everything: bool, **options: Any) -> int:
    """Run exercises and write one folder with `run.json`, plots and a report.

    Every case runs in a child process: a study once for each device and seed; a comparison agrees first, then is timed
    in rounds, then is weighed; the methods of a race run to its target in rounds.
    """
    from bench import catalogue
    from bench.cli import exits
    from bench.cli.reporting import Reporters
    from bench.with_files import read_files

    asked = Options(names=names, everything=everything, **options)
    asked.check()
    base = against.find(asked)
    files = read_files(map(Path, asked.files))
    if asked.resume:
        asked = replace(asked, threads=begun(asked).threads)
    reporters = Reporters()
    listings = catalogue.listings()
    with progress() as listener, executor_for(asked, listener) as executor:
        if asked.dry_run:
            with on.foreseen(asked, listener) as see:
                plan = planned(asked, listings, files, executor, earlier=earlier_of(asked), base=base, see=see)
                return show_plan(plan)
        session = opened(asked, listings, files, executor=executor, listener=listener, reporters=reporters, base=base)
        run = session.run()
    if on.is_left(session):
        return on.leave(session)
    # Before the reports are drawn: a page links to what lies beside it.
    ending = against.end(base, run, session.folder, exits.code(run)) if base else None
    code = finish(session.folder, run, as_json=asked.as_json, verbose=asked.verbose, reporters=reporters)
    try:
        code = ending.tell(quiet=asked.as_json) if ending else code
    finally:  # of a run that is there, whether it could be compared or not
        github.ended(run, ending.comparison if ending else None, strict=base is not None and base.strict)
    return INTERRUPTED if session.interrupted else code


def begun(asked: Options) -> Plan:
    """The plan of the run to go on with, in processes of as many threads as it had. Raises ``UsageError`` where it had
    a secret that is not given again."""
    from bench.results import journal, named

    plan, secrets = journal.read(named.resolve(str(asked.resume), asked.root)).plan, asked.secrets
    given = [task.case.parameters for task in plan.tasks] + ([plan.scope.given] if plan.scope else [])
    if lacking := [name for parameters in given for name in masking.lacking(parameters, secrets)]:
        again = " ".join(f"--param {name}=…" for name in dict.fromkeys(lacking))
        raise UsageError(f"{plan.id} was given a secret, which no file keeps: give it again, with {again}")
    return plan


def earlier_of(asked: Options) -> Earlier | None:
    """The run to go on from, if one is named."""
    from bench.execute.continuing import Earlier
    from bench.results import named

    return Earlier.read(named.resolve(asked.continued, asked.root)) if asked.continued else None


@contextmanager
def progress() -> Iterator[Lines]:
    from bench.cli.progress import Lines, Live

    console = stderr()
    with (Live if console.is_terminal else Lines)(console) as listener:
        yield listener


def executor_for(asked: Options, listener: Lines) -> LocalExecutor:
    import os

    from bench.execute.executors.local import LocalExecutor
    from bench.execute.lock import user

    who = f"`{' '.join(command_line())}` (process {os.getpid()} of {user()})"
    return LocalExecutor(threads=asked.threads, slots=asked.slots, who=who, say=listener.say, secrets=asked.secrets)


def command_line(earlier: Earlier | None = None) -> tuple[str, ...]:
    """What was typed, without its secrets; an ``earlier`` run stands in it by its own name, for "latest" will be
    another one."""
    # Whoever does the same again wants to see what comes of it: --detach is about this once.
    words = masking.words(("bench", *(word for word in sys.argv[1:] if word != "--detach")))
    if earlier is None:
        return words
    name = earlier.folder.name
    replaced = (name if before == "--continue" else word for before, word in pairwise(words))
    return ("bench", *(f"--continue={name}" if word.startswith("--continue=") else word for word in replaced))


def opened(
    asked: Options,
    listings: Sequence[Listing],
    files: tuple[SourceFile, ...],
    *,
    executor: LocalExecutor,
    listener: Lines,
    reporters: Reporters,
    base: against.Base | None = None,
) -> Session | Watch:
    """The run that was asked for, or the one to go on with; ``reporters`` are those that can be told of it, ``base`` is
    the run that it is held against."""
    from bench.execute import continuing, session
    from bench.results import folders, named

    if on.is_elsewhere(asked):
        made = partial(planned, asked, listings, files, executor, base=base)
        watch = on.opened(asked, files, listener, reporters, made, earlier_of(asked))
        if asked.resume:
            with on.closing_if_raised(watch.engine):
                require_same(files, watch.plan, base)
        return watch
    on.refuse_needless(asked)
    listen: dict[str, Any] = {"executor": executor, "listener": listener, "measured": reporters.tell}
    if asked.resume:
        again: dict[str, Any] = {"stop_first": asked.stop_first, "secrets": asked.secrets}
        old = session.reopen(named.resolve(asked.resume, asked.root), listings, **again, **listen)
        require_same(files, old.plan, base)
        reporters.load(files, without_broken(old.plan))
        return old
    listener.say("looking at the exercises …")
    earlier = earlier_of(asked)
    plan = planned(asked, listings, files, executor, earlier=earlier, base=base)
    reporters.load(plan.files, without_broken(plan))
    folder = folders.place(asked.root, plan.id)
    if earlier:
        continuing.bring(earlier, plan.tasks, folder)
    return session.begin(plan, folder, **listen)


def require_same(files: Sequence[SourceFile], plan: Plan, base: against.Base | None) -> None:
    """A run that is gone on with stays what it was, and must be what it is to be held against."""
    refuse_new_variants(files, plan)
    if base:
        base.require(plan)


def without_broken(plan: Plan) -> set[str]:
    """What is not loaded in this process, where it could do more harm than in a child."""
    return {broken.exercise for broken in plan.broken}


def refuse_new_variants(files: Sequence[SourceFile], plan: Plan) -> None:
    """A run that is gone on with can be given reports, but no variants that it does not have yet."""
    from bench.plugins import LISTENING
    from bench.with_files import functions

    known = {file.path for file in plan.files}
    for file in files:
        if file.path not in known and not LISTENING & functions(file):
            raise UsageError(
                f"--resume goes on with the variants that the run has: {file.path} is not among its files; "
                "start a new run with it"
            )


def planned(
    asked: Options,
    listings: Sequence[Listing],
    files: tuple[SourceFile, ...],
    executor: LocalExecutor,
    *,
    earlier: Earlier | None = None,
    base: against.Base | None = None,
    see: Callable[[str], Seen] | None = None,
) -> Plan:
    """The plan, and the folder that it has its name from: none where nothing will run."""
    from bench.execute import parameters
    from bench.execute.plan import Request, make_plan, unnamed, whatever
    from bench.results import folders

    request = Request(
        names=[listing.id for listing in listings] if asked.everything else asked.names,
        command=command_line(earlier),
        device=asked.device,
        profile=asked.profile,
        seeds=tuple(range(asked.seed, asked.seed + asked.seeds)),
        given=parameters.parse(asked.params),
        threads=asked.threads,
        timeout=asked.timeout,
        data=asked.data,
        files=files,
        only=asked.only or "",
        stop_first=asked.stop_first,
        keep_checkpoints=asked.keep_checkpoints,
        earlier=earlier,
    )
    new_id = unnamed if asked.dry_run else partial(folders.new_id, asked.root)
    accept = base.require if base else whatever
    return make_plan(executor, listings, request, accept=accept, new_id=new_id, see=see)


def show_plan(plan: Plan) -> int:
    """The cases on stdout, one a line; nothing is written."""
    console = stdout()
    for task in plan.tasks:
        console.print(f"{task.case.label} ({task.kind})", markup=False, soft_wrap=True)
    for broken in plan.broken:
        console.print(f"{broken.exercise} is broken: {broken.reason}", style="red", markup=False, soft_wrap=True)
    return PluginError.exit_code if plan.broken else 0


def finish(folder: Path, run: Run, *, as_json: bool, verbose: bool, reporters: Reporters) -> int:
    """Draw the reports, print the result, and say how the run ended."""
    from bench.cli import exits
    from bench.results import store

    try:
        reporters.draw(run, folder)
    except KeyboardInterrupt:
        stderr().print(
            f"the run is kept; its report was not drawn: bench report {folder}", markup=False, soft_wrap=True
        )
        raise
    if as_json:
        print_text(store.encode(run).decode())
    else:
        from bench.report import console

        console.show(run, stdout(), folder if reporters.has_pages else None, verbose=verbose)
    if not run.finished:
        stderr().print(f"stopped; what finished is kept: bench run --resume {folder}", markup=False, soft_wrap=True)
    return exits.code(run, reporters.code)
