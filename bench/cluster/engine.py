"""What starts shards somewhere: five methods, and a name under which ``--on`` finds it.

An engine knows of commands and handles alone. What a shard is, whether it is done and what came of it lies in the run's
folder, which all machines share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, Protocol, get_args

from bench.cluster.shards import Needs
from bench.errors import BenchError, PluginError, UsageError, did_you_mean

GROUP = "bench.engines"
BUILT_IN = {"slurm": "bench.cluster.slurm:make", "dask": "bench.cluster.dask:make"}
OPTION = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)=(.*)", re.DOTALL)

LONGEST = 64
"""Bits of a number."""
METHODS = ("outlives", "start", "look", "cancel", "close")

State = Literal["waiting", "running", "ended", "lost"]
"""``ended`` says that the command has ended, however; ``lost`` that the engine knows nothing of it any more."""


class Engine(Protocol):
    """Starts commands on machines that see the run's folder."""

    outlives: bool
    """Whether what it has started goes on without this process."""

    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        """Start commands that need the same, each once; one handle each, which another process can ask with, too.
        Raises ``BenchError`` where they cannot be taken."""

    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        """How each of them is. Raises ``BenchError`` where nobody answers."""

    def cancel(self, handles: Sequence[str]) -> None:
        """End them; those that have ended already are passed over."""

    def close(self) -> None:
        """Let go of what it holds open. What outlives it goes on."""


def started(engine: Engine, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
    """The handles of commands that ``engine`` starts. Raises ``PluginError`` for what could not be kept as such."""
    handles = tuple(engine.start(commands, needs) or ())
    texts = [handle for handle in handles if isinstance(handle, str) and handle]
    if len(texts) == len(commands) == len(handles):
        return handles
    with suppress(Exception):  # what gives such handles may not know them either
        engine.cancel(texts)  # nobody will ask for them
    if len(handles) != len(commands):
        raise PluginError(
            f"the engine gave {len(handles)} handles for {len(commands)} commands: report it to its author"
        )
    wrong = next(handle for handle in handles if handle not in texts)
    raise PluginError(f"the engine gave {wrong!r} as a handle, which is no text: report it to its author")


def states(engine: Engine, handles: Sequence[str]) -> dict[str, State]:
    """How each of them is; what the engine does not name is lost. Raises ``PluginError`` for a state that is none, for
    nobody could tell when it ends."""
    told = engine.look(handles) if handles else {}
    if not isinstance(told, Mapping):
        raise PluginError(f"the engine gave {told!r} for the states of commands: report it to its author")
    found: dict[str, State] = {handle: told.get(handle, "lost") for handle in handles}
    for state in found.values():
        if state not in get_args(State):
            raise PluginError(
                f"the engine says that a command is {state!r}; there are {', '.join(get_args(State))}: "
                "report it to its author"
            )
    return found


Make = Callable[[str, Mapping[str, str]], Engine]
"""Gives an engine for an address and options. Raises ``BenchError`` where it cannot work: the program, the package, the
address or the partition is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An engine as ``--on`` names it."""

    engine: str
    address: str = ""
    options: dict[str, str] = field(default_factory=dict)


def parse(text: str, tables: Mapping[str, Mapping[str, object]]) -> Wanted:
    """``slurm``, ``slurm:partition=gpu,time=2:00:00``, ``dask:tcp://host:8786``, or the name of one of ``tables``
    (``[tool.bench.on.NAME]``), whose ``engine`` is such a text, and whose other keys are options.

    Raises ``UsageError`` for anything else.
    """
    if not text.isprintable():
        raise UsageError(f"--on {text!a}: a name, an address and options are printable text")
    name, _, rest = text.partition(":")
    table = tables.get(name)
    base = Wanted(engine=name)
    if table is not None:
        if not isinstance(table.get("engine"), str):
            raise UsageError(f'[tool.bench.on.{name}] names no engine: add engine = "slurm"')
        base = parse(str(table["engine"]), {})
        more = {key: _text(name, key, value) for key, value in table.items() if key != "engine"}
        base = Wanted(engine=base.engine, address=base.address, options=base.options | more)
    address, options = _arguments(rest)
    return Wanted(engine=base.engine, address=address or base.address, options=base.options | options)


def _text(table: str, key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"[tool.bench.on.{table}]: {key} must be a string or a number")
    if isinstance(value, int) and value.bit_length() > LONGEST:  # of very many digits Python makes no text
        raise UsageError(f"[tool.bench.on.{table}]: {key} is too large")
    return str(value)


def _arguments(text: str) -> tuple[str, dict[str, str]]:
    address, options = "", dict[str, str]()
    for position, piece in enumerate(text.split(",") if text else ()):
        if match := OPTION.fullmatch(piece):
            options[match[1]] = match[2]
        elif position == 0 and piece:
            address = piece
        else:
            raise UsageError(
                f"--on: {piece!r} is no option; write NAME=VALUE, with commas between; a value with a comma goes into "
                "a table [tool.bench.on.NAME] of pyproject.toml"
            )
    return address, options


def make(wanted: Wanted, tables: Iterable[str] = ()) -> Engine:
    """The engine itself; ``tables`` are other names that ``--on`` would have known. Raises ``UsageError`` for a name
    that none has, ``BenchError`` where it cannot work here."""
    if wanted.engine in BUILT_IN:
        module, _, name = BUILT_IN[wanted.engine].partition(":")
        factory: Make = getattr(import_module(module), name)
        return factory(wanted.address, wanted.options)
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if wanted.engine not in found:
        # A table whose engine is its own name is no answer to it.
        known = [name for name in dict.fromkeys((*BUILT_IN, *found, *tables)) if name != wanted.engine]
        hint = did_you_mean(wanted.engine, known) or f"; there are {', '.join(known)}"
        if "," in wanted.engine:
            hint = f"; options come after a colon: {wanted.engine.replace(',', ':', 1)}"
        named = wanted.engine or "''"
        raise UsageError(f"--on {named}: no engine has this name{hint}")
    return _foreign(wanted, found[wanted.engine])


def _foreign(wanted: Wanted, entry: EntryPoint) -> Engine:
    """An engine of another distribution: whatever is wrong with it is one line."""
    try:
        engine: Engine = entry.load()(wanted.address, wanted.options)
    except BenchError:
        raise
    except Exception as error:
        raise PluginError(f"the engine {wanted.engine} cannot be loaded: {type(error).__name__}: {error}") from error
    if lacks := [name for name in METHODS if not hasattr(engine, name)]:
        raise PluginError(f"the engine {wanted.engine} has no {', '.join(lacks)}: docs/cluster.md says what each does")
    return engine
