"""What asks a command to end: Ctrl-C, and what `kill`, a scheduler or a closed terminal send instead."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bench import ctrl_c
from bench.ctrl_c import INTERRUPTED

OTHERS = (signal.SIGTERM, signal.SIGHUP)


def heed() -> None:
    """From now on all of them are Ctrl-C. What was ignored from the start, as under ``nohup``, stays ignored."""
    for number in (signal.SIGINT, *OTHERS):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, ctrl_c.ask)


def end_at_once() -> None:
    """From now on one of them ends the process there and then: all that counts has been said. It would end by the
    signal otherwise, or by a traceback out of the interpreter's own clean-up."""
    atexit.register(ignore)  # the clean-up takes every handler away, but what is ignored stays ignored
    for number in (signal.SIGINT, *OTHERS):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: os._exit(INTERRUPTED))


@contextmanager
def keeping_its_code() -> Iterator[None]:
    """Under ``python -m`` Python ends by SIGINT, whoever has caught it, once a Ctrl-C has come while a text was
    executed, as dataclasses have it when they are imported. An interrupted command leaves before that, after all else.
    """
    codes: list[object] = []

    def leave_if_interrupted() -> None:
        if INTERRUPTED in codes:
            leave()

    atexit.register(leave_if_interrupted)  # the first to be registered is the last to be called
    try:
        yield
    except SystemExit as end:
        codes.append(end.code)
        raise


def leave() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(INTERRUPTED)


def ignore() -> None:
    for number in (signal.SIGINT, *OTHERS):
        signal.signal(number, signal.SIG_IGN)
