"""``bench run --on``: the run that an engine does elsewhere, in shards."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench import masking, plain_file
from bench.cli import INTERRUPTED
from bench.cli.output import stderr
from bench.errors import UsageError

if TYPE_CHECKING:
    from bench.cli.asked import Options
    from bench.cli.progress import Lines
    from bench.cli.reporting import Reporters
    from bench.cluster.engine import Engine, Wanted
    from bench.cluster.watching import Watch
    from bench.execute.continuing import Earlier
    from bench.execute.inquiries import Seen
    from bench.execute.session import Session
    from bench.model import Plan, SourceFile

SETTINGS = Path("pyproject.toml")
MOST = 2**20
"""Bytes of that file."""
RUNS = 5
"""Earlier runs that are asked how long a case takes."""


def tables(path: Path = SETTINGS) -> Mapping[str, Mapping[str, object]]:
    """The tables ``[tool.bench.on.NAME]`` of the project in this folder. Raises ``UsageError`` for a file that is no
    TOML."""
    import tomllib

    try:
        found: Any = tomllib.loads(plain_file.text(path, MOST))
    except OSError:
        return {}
    except (ValueError, RecursionError) as error:  # of numbers that are too long it is a plain ValueError
        raise UsageError(f"{path} is no TOML: {error}") from error
    for name in ("tool", "bench", "on"):
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return {name: table for name, table in found.items() if isinstance(table, dict)} if isinstance(found, dict) else {}


def made(text: str) -> tuple[Wanted, Engine]:
    """The engine that ``--on`` names, by itself or by a table."""
    from bench.cluster import engine as engines

    named = tables()
    wanted = engines.parse(text, named)
    return wanted, engines.make(wanted, named)


def is_elsewhere(asked: Options) -> bool:
    """Whether the run is to be done, or was begun, by an engine."""
    if asked.resume:
        from bench.cluster import handed
        from bench.results import named

        return handed.is_cut(named.resolve(asked.resume, asked.root))
    return asked.on is not None


def opened(
    asked: Options,
    files: tuple[SourceFile, ...],
    listener: Lines,
    reporters: Reporters,
    planned: Callable[..., Plan],
    earlier: Earlier | None = None,
) -> Watch:
    """The run that is asked for, or the one to go on watching. ``planned`` makes the plan for a machine; ``earlier`` is
    the run whose checkpoints it goes on from."""
    if asked.resume:
        return _resumed(asked, files, listener, reporters)
    from bench.cluster import estimates, handed, shards, watching
    from bench.execute import continuing
    from bench.results import folders

    wanted, engine = made(str(asked.on))
    with closing_if_raised(engine):
        refuse_detached(asked, engine)
        plan = planned(earlier=earlier, see=partial(ask, asked, wanted.engine, engine, listener))
        reporters.load(plan.files, {broken.exercise for broken in plan.broken})
        pieces = shards.cut(plan, estimates.from_runs(earlier_runs(asked.root), plan.profile))
        cut = handed.Cut(
            engine=wanted.engine,
            address=masking.shown(wanted.address),
            options={name: masking.value(name, value) for name, value in wanted.options.items()},
            pieces=handed.pieces(plan, pieces),
        )
        folder = folders.place(asked.root, plan.id)
        if earlier:
            continuing.bring(earlier, plan.tasks, folder)
        watching.begin(plan, folder, cut)
        return _watch(asked, plan, folder, engine=engine, listener=listener, reporters=reporters)


def ask(asked: Options, name: str, engine: Engine, listener: Lines, data: str) -> Seen:
    """What a machine of the engine is that has the device, and what it has of a form of the data."""
    from bench.cluster import probing
    from bench.cluster.shards import Needs

    listener.say(f"asking {name} for a machine …")
    needs = Needs(device="cuda" if asked.device in ("cuda", "all") else "cpu", threads=asked.threads, alone=False)
    return probing.ask(engine, asked.root, needs, data, pause=time.sleep)


@contextmanager
def foreseen(asked: Options, listener: Lines) -> Iterator[Callable[[str], Seen] | None]:
    """For ``--dry-run``: how the machine is seen on which the run would be, where that is not this one."""
    if asked.on is None:
        yield None
        return
    wanted, engine = made(asked.on)
    with closing(engine):
        yield partial(ask, asked, wanted.engine, engine, listener)


@contextmanager
def closing_if_raised(engine: Engine) -> Iterator[None]:
    """Whoever watches closes an engine at the end; until then it is ours."""
    try:
        yield
    except BaseException:
        engine.close()
        raise


def _resumed(asked: Options, files: tuple[SourceFile, ...], listener: Lines, reporters: Reporters) -> Watch:
    from bench.cluster import engine as engines
    from bench.cluster import handed
    from bench.results import named

    folder = named.resolve(str(asked.resume), asked.root)
    plan, cut, _ = handed.read(folder)
    kept = engines.Wanted(engine=cut.engine, address=cut.address, options=cut.options)
    engine = engines.make(engines.parse(str(asked.on), tables()) if again(asked, kept) else kept)
    with closing_if_raised(engine):
        refuse_detached(asked, engine)
        reporters.load(files or plan.files, {broken.exercise for broken in plan.broken})
        plan = replace(plan, stop_first=asked.stop_first)
        return _watch(asked, plan, folder, engine=engine, listener=listener, reporters=reporters)


def again(asked: Options, kept: Wanted) -> bool:
    """Whether the engine has to be named again: one whose address or options had a secret. Raises ``UsageError`` where
    it is not, and for one that is named without need."""
    if masking.MASK not in f"{kept.address} {' '.join(kept.options.values())}":
        refuse_needless(asked)
        return False
    if asked.on is None:
        raise UsageError(f"--on {kept.engine} had a secret, which no file keeps: give --on again, as it was")
    return True


def refuse_needless(asked: Options) -> None:
    if asked.resume and asked.on:
        raise UsageError("--resume goes on where the run was begun: give no --on beside it")


def _watch(asked: Options, plan: Plan, folder: Path, *, engine: Engine, listener: Lines, reporters: Reporters) -> Watch:
    from bench.cluster import handed
    from bench.cluster.watching import Watch

    return Watch(
        plan=plan,
        folder=folder,
        shards=handed.read(folder)[2],
        engine=engine,
        observer=listener,
        pause=time.sleep,
        leave=partial(leave_running, listener),
        measured=reporters.tell,
        detach=asked.detach,
    )


def refuse_detached(asked: Options, engine: Engine) -> None:
    """Raises ``UsageError`` where what is left would end with us."""
    if asked.detach and not engine.outlives:
        raise UsageError("--detach: what this engine has started ends with this process; leave --detach out")


def earlier_runs(root: Path) -> list[Any]:
    """The newest runs that can be read."""
    from bench.errors import BenchError
    from bench.results import folders, store

    found = []
    for folder in islice(folders.newest(root), RUNS):
        try:
            found.append(store.read(folder))
        except BenchError:
            continue
    return found


def leave_running(listener: Lines) -> bool:
    """Ask after Ctrl-C; where nobody can answer, nothing that others wait for is thrown away."""
    if not sys.stdin or not sys.stdin.isatty():
        return True
    try:
        with listener.aside():
            return not click.confirm("Cancel the shards that are not done? Else they go on", default=False, err=True)
    except click.Abort:  # Ctrl-C once more
        return True


def is_left(session: Session | Watch) -> bool:
    """Whether shards go on without us."""
    return bool(getattr(session, "left", False))


def leave(session: Session | Watch) -> int:
    """Say how to come back."""
    count = len(getattr(session, "open", ()))
    go = "shard goes" if count == 1 else "shards go"
    stderr().print(
        f"{count} {go} on without this process: bench run --resume {session.folder}",
        markup=False,
        soft_wrap=True,
    )
    return INTERRUPTED if session.interrupted else 0
