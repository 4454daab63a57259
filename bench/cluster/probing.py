"""What the machines of an engine are, asked before a run is planned: through the disk that they share with us.

The login host may have no GPU, another processor and other limits. And a folder that nodes do not see is found out now.
"""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import ctrl_c, plain_file
from bench.cluster import commands, outputs
from bench.cluster.engine import Engine, started, states
from bench.cluster.shards import Needs
from bench.errors import BenchError
from bench.execute.executors.base import Executor
from bench.execute.inquiries import Seen, look
from bench.results import store

ASKED = "ask"
ANSWER = "answer.json"
MOST = 2**20
"""Bytes of an answer."""
LATE = 10
"""How many more looks the answer of a command that has ended is waited for: a network disk shows files late."""
PAUSE = 0.5
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a node says: the token that it was asked with, and what it is, or why nothing can be done there."""

    token: str
    seen: Seen | None = None
    problem: str = ""


def ask(engine: Engine, root: Path, needs: Needs, data: str = "embedded", *, pause: Callable[[float], None]) -> Seen:
    """What the machine is that the engine would give for such needs, with what it has of a form of the data; waits for
    as long as the engine does.

    Raises ``BenchError`` where it cannot be used, or does not see the folder of the results.
    """
    with _folder(root) as folder:
        token = secrets.token_hex(8)
        (folder / ASKED).write_text(token)
        command = commands.of_probe(folder, data, needs.threads)
        handles: tuple[str, ...] = ()
        try:
            with ctrl_c.held:  # what has been started is known, or nobody could take it back
                handles = started(engine, [command], needs)
            answer = _wait(engine, handles[0], folder, token, pause)
        except BaseException:
            with suppress(BenchError):  # there is something else to be told
                engine.cancel(handles)
            raise
    if answer.seen is None:
        raise BenchError(f"the machine that was asked cannot be used: {answer.problem}")
    return answer.seen


@contextmanager
def _folder(root: Path) -> Iterator[Path]:
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".probe-", dir=root))
    except OSError as error:
        raise store.refusal(error, root, "then start again") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(engine: Engine, handle: str, folder: Path, token: str, pause: Callable[[float], None]) -> Answer:
    late = 0
    while late <= LATE:
        if answer := _answer(folder, token):
            return answer
        if states(engine, [handle])[handle] in ("ended", "lost"):
            late += 1
        pause(PAUSE)
    raise BenchError(
        f"a machine was asked what it is and did not answer: does it see {folder.parent.resolve()} and "
        f"{sys.executable}? Both must lie on a disk that all machines share; -o names another folder"
        f"{outputs.last_words(folder, handle)}"
    )


def _answer(folder: Path, token: str) -> Answer | None:
    try:
        answer = store.decode(plain_file.read(folder / ANSWER, MOST), Answer)
    except (OSError, store.StoreError):
        return None
    return answer if answer.token == token else None


def answer(folder: Path, executor: Executor, threads: int, data: str = "embedded") -> None:
    """On the node: say what it is, and has of a form of the data. Raises ``OSError`` where the folder is not here."""
    token = (folder / ASKED).read_text(errors="replace")
    try:
        told = Answer(token=token, seen=look(executor, threads, data))
    except BenchError as error:
        told = Answer(token=token, problem=str(error))
    store.replace_file(folder / ANSWER, store.encode(told))
