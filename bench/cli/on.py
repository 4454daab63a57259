"""``bench run --on``: the run that an engine does elsewhere, in shards."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import INTERRUPTED
from bench.cli.output import stderr
from bench.errors import UsageError

if TYPE_CHECKING:
    from bench.cli.asked import Options
    from bench.cli.progress import Lines
    from bench.cli.reporting import Reporters
    from bench.cluster.engine import Engine
    from bench.cluster.watching import Watch
    from bench.execute.session import Session
    from bench.model import Plan, SourceFile

SETTINGS = Path("pyproject.toml")
RUNS = 5
"""Earlier runs that are asked how long a case takes."""


def tables(path: Path = SETTINGS) -> Mapping[str, Mapping[str, object]]:
    """The tables ``[tool.bench.on.NAME]`` of the project in this folder. Raises ``UsageError`` for a file that is no
    TOML."""
    import tomllib

    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error
    for name in ("tool", "bench", "on"):
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return {name: table for name, table in found.items() if isinstance(table, dict)} if isinstance(found, dict) else {}


def is_elsewhere(asked: Options) -> bool:
    """Whether the run is to be done, or was begun, by an engine."""
    if asked.resume:
        from bench.cluster import handed
        from bench.results import folders

        return handed.is_cut(folders.find(asked.root, asked.resume))
    return asked.on is not None


def opened(
    asked: Options,
    files: tuple[SourceFile, ...],
    listener: Lines,
    reporters: Reporters,
    planned: Callable[..., Plan],
) -> Watch:
    """The run that is asked for, or the one to go on watching. ``planned`` makes the plan for a machine."""
    if asked.resume:
        return _resumed(asked, files, listener, reporters)
    from bench.cluster import engine as engines
    from bench.cluster import estimates, handed, probing, shards, watching
    from bench.cluster.shards import Needs
    from bench.results import folders

    wanted = engines.parse(str(asked.on), tables())
    with let_go_on_error(engines.make(wanted)) as engine:
        refuse_detached(asked, engine)
        listener.say(f"asking {wanted.engine} for a machine …")
        needs = Needs(device="cuda" if asked.device in ("cuda", "all") else "cpu", threads=asked.threads, alone=False)
        plan = planned(earlier=None, see=partial(probing.ask, engine, asked.root, needs, pause=time.sleep))
        reporters.load(plan.files, {broken.exercise for broken in plan.broken})
        pieces = shards.cut(plan, estimates.from_runs(earlier_runs(asked.root), plan.profile))
        cut = handed.Cut(
            engine=wanted.engine,
            address=wanted.address,
            options=wanted.options,
            pieces=handed.pieces(plan, pieces),
        )
        folder = folders.place(asked.root, plan.id)
        watching.begin(plan, folder, cut)
        return _watch(asked, plan, folder, engine=engine, listener=listener)


def _resumed(asked: Options, files: tuple[SourceFile, ...], listener: Lines, reporters: Reporters) -> Watch:
    from bench.cluster import engine as engines
    from bench.cluster import handed
    from bench.results import folders

    folder = folders.find(asked.root, str(asked.resume))
    plan, cut, _ = handed.read(folder)
    wanted = engines.Wanted(engine=cut.engine, address=cut.address, options=cut.options)
    with let_go_on_error(engines.make(wanted)) as engine:
        refuse_detached(asked, engine)
        reporters.load(files or plan.files, {broken.exercise for broken in plan.broken})
        return _watch(asked, plan, folder, engine=engine, listener=listener)


@contextmanager
def let_go_on_error(engine: Engine) -> Iterator[Engine]:
    """Whoever watches lets go of an engine in the end; before that, an error does."""
    try:
        yield engine
    except BaseException:
        engine.close()
        raise


def _watch(asked: Options, plan: Plan, folder: Path, *, engine: Engine, listener: Lines) -> Watch:
    from bench.cluster import handed
    from bench.cluster.watching import Watch

    return Watch(
        plan=plan,
        folder=folder,
        shards=handed.read(folder)[2],
        engine=engine,
        observer=listener,
        pause=time.sleep,
        leave=leave_running,
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
    for name in reversed(folders.runs(root)[-RUNS:]):
        try:
            found.append(store.read(folders.place(root, name)))
        except BenchError:
            continue
    return found


def leave_running() -> bool:
    """Ask after Ctrl-C; where nobody can answer, nothing that others wait for is thrown away."""
    if not sys.stdin.isatty():
        return True
    return not click.confirm("Cancel the shards that are not done? Without that they go on", default=False, err=True)


def is_left(session: Session | Watch) -> bool:
    """Whether shards go on without us."""
    return bool(getattr(session, "left", False))


def leave(session: Session | Watch) -> int:
    """Say how to come back."""
    stderr().print(
        f"{len(getattr(session, 'open', ()))} shards go on without this process: bench run --resume {session.folder}",
        markup=False,
        soft_wrap=True,
    )
    return INTERRUPTED if session.interrupted else 0
