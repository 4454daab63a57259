"""Benchmarks for deep-learning exercises: what an author of an exercise imports, and ``load`` for a notebook."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.errors import BenchError as BenchError
    from bench.errors import Skip as Skip
    from bench.formats.loading import load as load
    from bench.hookspecs import hookimpl as hookimpl
    from bench.lab import Lab as Lab
    from bench.mistakes import Mistake as Mistake
    from bench.mistakes import break_it as break_it
    from bench.model import Exercise as Exercise
    from bench.model import Progress as Progress
    from bench.model import Work as Work
    from bench.model import by_profile as by_profile
    from bench.model import following as following
    from bench.model import limited as limited

__all__ = [
    "BenchError",
    "Exercise",
    "Lab",
    "Mistake",
    "Progress",
    "Skip",
    "Work",
    "break_it",
    "by_profile",
    "following",
    "hookimpl",
    "limited",
    "load",
]

_HOMES = {
    "BenchError": "bench.errors",
    "Exercise": "bench.model",
    "Lab": "bench.lab",
    "Mistake": "bench.mistakes",
    "Progress": "bench.model",
    "Skip": "bench.errors",
    "Work": "bench.model",
    "break_it": "bench.mistakes",
    "by_profile": "bench.model",
    "following": "bench.model",
    "hookimpl": "bench.hookspecs",
    "limited": "bench.model",
    "load": "bench.formats.loading",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``bench --help`` pays for none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bench' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
