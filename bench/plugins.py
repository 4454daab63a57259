"""Plugins as pluggy sees them: an exercise loaded by name, other distributions' hooks, files of the user's own."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from bench.errors import PluginError

if TYPE_CHECKING:
    import pluggy

    from bench.model import Exercise

GROUP = "bench.plugins"
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
def plugin_entries() -> tuple[EntryPoint, ...]:
    """The plugins that other distributions announce (group ``bench.plugins``): looked for once a process, and a fork
    has what its parent found."""
    return tuple(entry_points(group=GROUP))


def outside(files: Iterable[Path]) -> pluggy.PluginManager:
    """The plugins of other distributions and of the user's own files."""
    manager = new_manager()
    for entry in plugin_entries():
        register(manager, entry.load(), entry.name)
    for path in files:
        register(manager, load_file(path), str(path))
    return manager


def listeners(files: Iterable[Path]) -> tuple[ModuleType, ...]:
    """The plugins that are called in the main process: other distributions', and those of the user's files that have
    a hook for it. A file of variants alone is left to the children, for it imports torch."""
    modules = [_loaded(entry.name, entry.load) for entry in plugin_entries()]
    modules += [_loaded(str(path), partial(load_file, path)) for path in files if LISTENING & functions(path)]
    return tuple(modules)


def _loaded(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    try:
        return load()
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(f"{name} cannot be loaded: {type(error).__name__}: {error}") from error


def functions(path: Path) -> set[str]:
    """The names of a file's functions, by ast. Raises ``PluginError`` for what is not Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        raise PluginError(f"{path} cannot be read as Python: {error}") from error
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def load_file(path: Path) -> ModuleType:
    """Import a Python file by its path."""
    name = f"bench_with_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise PluginError(f"{path} is not a Python file that can be read")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
