"""The plugins that are told of a run: by ``bench_measured`` of every record, by ``bench_report`` of the whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from bench.cli import machine_trouble
from bench.cli.output import stderr
from bench.errors import BenchError
from bench.plugins import exit_in_words, listeners, new_manager, register
from bench.results import store
from bench.results.store import StoreError
from bench.texts import on_one_line

if TYPE_CHECKING:
    from pluggy import PluginManager

    from bench.model import Record, Run, SourceFile


class Reporters:
    """The plugins of one command. One that fails is one line on stderr, and the others are told all the same."""

    def __init__(self, listeners: Iterable[ModuleType] = ()) -> None:
        self._listeners = managers(listeners)
        self.code = 0
        self.has_pages = True

    def load(self, files: Iterable[SourceFile], without: Container[str] = ()) -> None:
        """Load the plugins that are told: those of other distributions, but for some that are known to be broken, and
        the user's files that have a hook for it. Raises ``PluginError`` for a file that cannot be loaded."""
        with _as_guests():
            self._listeners = managers(listeners(files, complain, without))

    def tell(self, record: Record) -> None:
        """Call every ``bench_measured``."""
        for name, manager in self._listeners.items():
            with in_one_line(f"bench_measured of {name}"):
                manager.hook.bench_measured(record=record)

    def draw(self, run: Run, folder: Path) -> tuple[Path, ...]:
        """Call every ``bench_report``, the built-in ones first. Returns what was written: a report that fails writes
        nothing. ``code`` is then the exit code that the pages deserve, and ``has_pages`` whether they are there."""
        # Not before something is drawn: charts need libraries that take a second to import.
        from bench import report
        from bench.report.undrawn import Undrawn

        written: list[Path] = []
        for manager in managers(report.plugins()).values():
            try:
                written += _written(manager, run, folder)
            except Undrawn as some:
                written += some.written
                self.code = some.exit_code
                complain(str(some))
            except Exception as error:
                self.code, self.has_pages = fail(error, folder), False
        for name, manager in self._listeners.items():
            with in_one_line(f"the report of {name}"):
                written += _written(manager, run, folder)
        return tuple(written)


def _written(manager: PluginManager, run: Run, folder: Path) -> list[Path]:
    return [Path(path) for paths in manager.hook.bench_report(run=run, folder=folder) for path in paths]


def fail(error: Exception, folder: Path) -> int:
    """Say why there is no page of a run, and give the exit code: 2 where the machine refuses to write or to draw it."""
    if machine_trouble.is_exhausted(error):
        complain(f"no page was written: {machine_trouble.in_words(error)}")
        return StoreError.exit_code
    if isinstance(error, OSError):
        complain(f"no page was written: {store.refusal(error, folder, f'then `bench report {folder.name}`')}")
        return StoreError.exit_code
    complain(f"no page was written: {type(error).__name__}: {' '.join(str(error).split())}")
    return BenchError.exit_code


def tell_of_boxes(page: Path, text: str = "") -> None:
    """One line where a box stands on a page in the place of a chart; ``text`` is the page, if it is at hand."""
    from bench.report.page.still import BOX

    if BOX in (text or page.read_text(encoding="utf-8", errors="replace")):
        complain(f"a chart of {page} could not be drawn, and a box says so in its place")


def managers(plugins: Iterable[ModuleType]) -> dict[str, PluginManager]:
    """A manager for each plugin by its name: in a common one, the first to raise would keep the others from being
    called. One whose hooks are not as they should be is left out."""
    by_name: dict[str, PluginManager] = {}
    for plugin in plugins:
        with in_one_line(f"registering {plugin.__name__}"):
            manager = new_manager()
            register(manager, plugin, plugin.__name__)
            by_name[plugin.__name__] = manager
    return by_name


def complain(text: str) -> None:
    stderr().print(text, style="red", markup=False, soft_wrap=True)


@contextmanager
def in_one_line(what: str) -> Iterator[None]:
    """Turns whatever a plugin raises, its ``sys.exit()`` too, into one line on stderr."""
    with _as_guests():
        try:
            yield
        except KeyboardInterrupt:  # whoever presses Ctrl-C means the command
            raise
        except SystemExit as end:
            complain(f"{what} {exit_in_words(end)}")
        except BaseException as error:
            complain(f"{what} failed: {on_one_line(error)}")


@contextmanager
def _as_guests() -> Iterator[None]:
    """Plugins of others at work: what they print is no part of the result, and a working directory that they choose is
    left again, for the folder of a run may be named from ours."""
    here = None
    with suppress(OSError):  # it was removed: nothing can be named from there
        here = Path.cwd()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if here:
            with suppress(OSError):
                os.chdir(here)
