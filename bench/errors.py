"""Errors that are one line for the user. Any other exception is a crash and keeps its traceback."""

from __future__ import annotations

from collections.abc import Iterable


class BenchError(Exception):
    """Something the user can mend; the message says what to do."""

    exit_code = 1


class UsageError(BenchError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class Missing(BenchError):
    """A device, a data set or an optional package is not here; the message says how to get it."""

    exit_code = 3


class PluginError(BenchError):
    """A plugin or a configuration is broken."""

    exit_code = 4


class NothingMatched(BenchError):
    """The names given select nothing."""

    exit_code = 5


class Skip(Exception):
    """Raised by an exercise to leave a part out, with the reason as its message."""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """ "; did you mean a or b?" of the nearest names; empty where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(names), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""
