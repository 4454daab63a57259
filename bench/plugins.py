"""Plugins as pluggy sees them: an exercise loaded by name, and what comes from outside, each source alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Container, Iterable
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bench.errors import PluginError
from bench.model import Guest, SourceFile
from bench.texts import brief, kind_of, on_one_line
from bench.with_files import functions, load_file

if TYPE_CHECKING:
    import pluggy

    from bench.model import Exercise

GROUP = "bench.plugins"
EXIT = 400
"""Characters of what ``sys.exit`` was given that are told."""
LISTENING = {"bench_measured", "bench_report"}
"""The hooks that are called in the main process."""


def load(module: str) -> Exercise:
    """Import one exercise and ask its hook for it. Raises ``PluginError`` for anything but a clean answer."""
    from bench.model import Exercise

    manager = new_manager()
    register(manager, importlib.import_module(module), module)
    exercise = manager.hook.bench_exercise()
    if not isinstance(exercise, Exercise):
        raise PluginError(f"{module}: no hook bench_exercise() that returns an Exercise")
    return exercise


def new_manager() -> pluggy.PluginManager:
    import pluggy

    from bench import hookspecs

    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def register(manager: pluggy.PluginManager, module: ModuleType, name: str) -> None:
    """Register a module; a hook that is misspelt or has wrong arguments is a ``PluginError`` that names it."""
    import pluggy

    try:
        manager.register(module, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(" ".join(f"{name}: {error}".split())) from error


@cache
def plugin_entries() -> dict[str, EntryPoint]:
    """The plugins that other distributions announce (group ``bench.plugins``) by their names: looked for once a
    process, and a fork has what its parent found. A name that two distributions use stands with the distribution's."""
    entries = tuple(dict.fromkeys(entry_points(group=GROUP)))
    names = [entry.name for entry in entries]
    return {
        entry.name if names.count(entry.name) == 1 else f"{entry.name} ({distribution(entry)})": entry
        for entry in entries
    }


def distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown distribution"


@cache
def source(name: str, file: SourceFile | None) -> tuple[ModuleType, pluggy.PluginManager]:
    """One source of variants alone, loaded once a process, with a manager of its own: a file of the user's, or the
    plugin that another distribution announces as ``name``. Raises whatever its import raises."""
    if file is None and name not in plugin_entries():
        raise PluginError(f"the plugin {name} is not installed here")
    module = load_file(file) if file else as_module(plugin_entries()[name].load(), name)
    manager = new_manager()
    register(manager, module, name)
    return module, manager


def set_up_of(guest: Guest, files: Iterable[SourceFile]) -> Callable[..., Callable[[], Any]]:
    """The set-up that a variant from outside stands for. Raises ``PluginError`` where its source does not offer it any
    more, and whatever the source's import raises."""
    file = next((file for file in files if file.path == guest.source), None)
    _, manager = source(guest.source, file)
    for offered in manager.hook.bench_variants(exercise=guest.exercise, part=guest.part):
        if guest.offered in offered:
            set_up: Callable[..., Callable[[], Any]] = offered[guest.offered]
            return set_up
    raise PluginError(f"{guest.source} does not offer {guest.offered!r} to {guest.exercise}.{guest.part} any more")


def listeners(
    files: Iterable[SourceFile], complain: Callable[[str], None], without: Container[str] = ()
) -> tuple[ModuleType, ...]:
    """The plugins that are called in the main process: other distributions', and those of the user's files that have
    a hook for it. A file of variants alone is left to the children, for it imports torch.

    A file that cannot be loaded is a ``PluginError``; of another distribution's plugin ``complain`` is told. Those in
    ``without`` are not even tried.
    """
    modules = []
    for name, entry in plugin_entries().items():
        if name in without:
            continue
        try:
            modules.append(_loaded(name, entry.load))
        except PluginError as error:
            complain(f"{error} (installed by {distribution(entry)})")
    modules += [_loaded(file.path, partial(load_file, file)) for file in files if LISTENING & functions(file)]
    return tuple(modules)


def _loaded(name: str, load: Callable[[], Any]) -> ModuleType:
    try:
        return as_module(load(), name)
    except SystemExit as end:
        raise PluginError(f"{name} {exit_in_words(end)} while it was loaded") from end
    except (PluginError, KeyboardInterrupt):
        raise
    except BaseException as error:  # of a class of its author's
        raise PluginError(f"{name} cannot be loaded: {on_one_line(error)}") from error


def as_module(given: Any, name: str) -> ModuleType:
    """What a plugin was found to be, if that is a module. Raises ``PluginError`` for anything else that a distribution
    may announce."""
    if not isinstance(given, ModuleType):
        raise PluginError(f"{name} is {kind_of(given)}, not a module")
    return given


def exit_in_words(end: SystemExit) -> str:
    """Such as ``called sys.exit(0)``."""
    return f"called sys.exit({'' if end.code is None else brief(end.code, EXIT)})"
