"""Plugins as pluggy sees them: an exercise loaded by name, other distributions' hooks, files of the user's own."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Iterable
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from bench.errors import PluginError, UsageError
from bench.model import SourceFile

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


@cache
def outside(files: tuple[SourceFile, ...]) -> pluggy.PluginManager:
    """The plugins of other distributions and of the user's own files, each loaded once a process."""
    manager = new_manager()
    for entry in plugin_entries():
        register(manager, entry.load(), entry.name)
    for file in files:
        register(manager, load_file(file), file.path)
    return manager


@cache
def load_source(source: str, files: tuple[SourceFile, ...]) -> pluggy.PluginManager:
    """One plugin from outside, loaded alone and once a process: a file of the user's by its path, or another
    distribution's by its name. Raises ``PluginError`` for one that is not here."""
    manager = new_manager()
    for file in files:
        if file.path == source:
            register(manager, load_file(file), source)
            return manager
    for entry in plugin_entries():
        if entry.name == source:
            register(manager, entry.load(), source)
            return manager
    raise PluginError(f"{source} is not here any more")


def listeners(files: Iterable[SourceFile]) -> tuple[ModuleType, ...]:
    """The plugins that are called in the main process: other distributions', and those of the user's files that have
    a hook for it. A file of variants alone is left to the children, for it imports torch."""
    modules = [_loaded(entry.name, entry.load) for entry in plugin_entries()]
    modules += [_loaded(file.path, partial(load_file, file)) for file in files if LISTENING & functions(file)]
    return tuple(modules)


def _loaded(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    try:
        return load()
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(f"{name} cannot be loaded: {type(error).__name__}: {error}") from error


def read_files(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """The user's files as they are now. Raises ``UsageError`` for one that is not there, ``PluginError`` for one that
    is not text as Python reads it."""
    return tuple(map(_read, paths))


def _read(path: Path) -> SourceFile:
    try:
        return SourceFile(str(path.resolve()), importlib.util.decode_source(path.read_bytes()))
    except FileNotFoundError as error:
        raise UsageError(f"--with {path}: there is no such file") from error
    except OSError as error:
        raise UsageError(f"--with {path}: {error.strerror}") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise PluginError(f"{path} cannot be read as Python: {error}") from error


def functions(file: SourceFile) -> set[str]:
    """The names of a file's functions, by ast. Raises ``PluginError`` for what is not Python."""
    try:
        tree = ast.parse(file.code)
    except (SyntaxError, ValueError) as error:
        raise PluginError(f"{file.path} cannot be read as Python: {error}") from error
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


class TextLoader(importlib.abc.ExecutionLoader):
    """Loads a module from text, as if it lay where it came from: tracebacks and ``inspect`` find its lines."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file

    def get_source(self, fullname: str) -> str:
        return self.file.code

    def get_filename(self, fullname: str) -> str:
        return self.file.path

    def is_package(self, fullname: str) -> bool:
        return False


def load_file(file: SourceFile) -> ModuleType:
    """A module of a user's own, from its text: its path need not be here."""
    digest = sha256(f"{file.path}\0{file.code}".encode(errors="surrogatepass")).hexdigest()[:8]
    name = f"bench_with_{Path(file.path).stem}_{digest}"  # two students' mine.py are two modules
    spec = importlib.util.spec_from_loader(name, TextLoader(file))
    if spec is None or spec.loader is None:
        raise PluginError(f"{file.path} cannot be loaded as a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # first: while a dataclass is made, its module is looked up there
    spec.loader.exec_module(module)
    return module
