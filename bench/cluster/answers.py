"""Questions to a Dask scheduler that come to an end: ``distributed`` waits for an answer for as long as there is a
connection, and one that is frozen keeps it open for ever."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from bench.errors import BenchError

PATIENCE = 10.0
"""Seconds that a scheduler has for an answer. Ctrl-C waits for the questions of one look."""

Answer = TypeVar("Answer")


class Broken(BenchError):
    """There is no connection any more."""


def answered(question: Callable[..., Answer], *words: Any, patience: float = PATIENCE, **how: Any) -> Answer:
    """What ``question(*words, **how)`` gives. Raises ``Broken`` where the connection breaks, ``BenchError`` where
    nobody answers in ``patience`` seconds."""
    told: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def ask() -> None:
        try:
            told.put((True, question(*words, **how)))
        except BaseException as error:  # whatever it is, it is told where it was asked
            told.put((False, error))

    Thread(target=ask, name="bench-question", daemon=True).start()
    try:
        well, answer = told.get(timeout=patience)
    except Empty:
        raise BenchError(f"--on dask: the scheduler has not answered for {patience:g} s") from None
    if well:
        given: Answer = answer
        return given
    if isinstance(answer, OSError | ValueError | RuntimeError):
        raise Broken(f"--on dask: the connection to the scheduler broke: {answer}") from answer
    raise answer
