"""Everything that is drawn from a run: the console summary, and what the hook ``bench_report`` gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from bench.cli.output import stderr
from bench.plugins import new_manager, register

if TYPE_CHECKING:
    from bench.model import Record, Run


def draw(run: Run, folder: Path, plugins: Iterable[ModuleType]) -> tuple[Path, ...]:
    """Call every ``bench_report``. One that fails is one line on stderr, and the others still draw."""
    return tuple(path for plugin in plugins for path in _one(run, folder, plugin))


def _one(run: Run, folder: Path, plugin: ModuleType) -> Iterator[Path]:
    manager = new_manager()
    try:
        register(manager, plugin, plugin.__name__)
        for paths in manager.hook.bench_report(run=run, folder=folder):
            yield from map(Path, paths)
    except Exception as error:
        stderr().print(
            f"the report of {plugin.__name__} failed: {type(error).__name__}: {error}", style="red", markup=False
        )


def tell(record: Record, plugins: Iterable[ModuleType]) -> None:
    """Call every ``bench_measured``."""
    for plugin in plugins:
        manager = new_manager()
        try:
            register(manager, plugin, plugin.__name__)
            manager.hook.bench_measured(record=record)
        except Exception as error:
            text = f"bench_measured of {plugin.__name__} failed: {type(error).__name__}: {error}"
            stderr().print(text, style="red", markup=False)


def builtin() -> tuple[ModuleType, ...]:
    from bench import report

    return tuple(report.plugins())
