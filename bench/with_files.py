"""The user's own files (``--with``): read once, and loaded from their text with their folder within reach."""

from __future__ import annotations

import ast
import errno
import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from bench.errors import PluginError, UsageError
from bench.model import SourceFile

MOST = 16 * 2**20
"""Bytes of a file of code."""


def read_files(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """The user's files as they are now, each once. Raises ``UsageError`` for one that is not there, ``PluginError`` for
    one that is not text as Python reads it."""
    return tuple({file.path: file for file in map(_read, paths)}.values())


def _read(path: Path) -> SourceFile:
    name = os.path.realpath(path)  # Path.resolve() raises for a link that leads to itself
    if not sendable(name):
        raise UsageError(f"{str(path)!a}: its path is not Unicode, which messages are; rename it")
    try:
        return SourceFile(name, importlib.util.decode_source(_bytes(path)))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise PluginError(f"{path} cannot be read as Python: {error}") from error


def _bytes(path: Path) -> bytes:
    """Of a pipe too, such as the shell's ``<(...)``: whoever names one means it. But of what has no end not all."""
    with path.open("rb") as file:
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise OSError(errno.EFBIG, f"it has more than {MOST:,} bytes")
    return data


def sendable(name: str) -> bool:
    """Whether a path has a place in a message: on Linux it may be any bytes."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def functions(file: SourceFile) -> set[str]:
    """The names of a file's functions, by ast. Raises ``PluginError`` for what is not Python."""
    try:
        tree = ast.parse(file.code)
    except (SyntaxError, ValueError) as error:
        raise PluginError(f"{file.path} cannot be read as Python: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise PluginError(f"{file.path} cannot be read as Python: an expression in it is nested too deeply") from error
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
    """A module of a user's own, from its text: its path need not be here. What lies beside it can be imported, then and
    later, unless a library has the name."""
    digest = sha256(f"{file.path}\0{file.code}".encode(errors="surrogatepass")).hexdigest()[:8]
    name = f"bench_with_{Path(file.path).stem}_{digest}"  # two students' mine.py are two modules
    spec = importlib.util.spec_from_loader(name, TextLoader(file))
    if spec is None or spec.loader is None:
        raise PluginError(f"{file.path} cannot be loaded as a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # first: while a dataclass is made, its module is looked up there
    put_in_reach(Path(file.path).parent)
    spec.loader.exec_module(module)
    return module


_REACH: list[str] = []
"""The folders of the files that were loaded in this process, the last one first."""


def put_in_reach(folder: Path) -> None:
    """Let the modules in a folder be imported: after all libraries, and before those beside other files.

    Last on the path, so that a ``random.py`` or ``torch.py`` there takes nobody's place.
    """
    place = str(folder)
    _forget_namesakes(folder)
    if place in sys.path and place not in _REACH:
        return
    sys.path[:] = [entry for entry in sys.path if entry not in _REACH]
    _REACH[:] = [place, *(other for other in _REACH if other != place)]
    sys.path += _REACH


def _forget_namesakes(folder: Path) -> None:
    """Two students' ``helper.py`` are two modules: that of another file's folder is not this one's."""
    for name, module in list(sys.modules.items()):
        path, top = Path(getattr(module, "__file__", None) or "/"), name.partition(".")[0]
        others = any(path.is_relative_to(other) for other in _REACH) and not path.is_relative_to(folder)
        if others and ((folder / f"{top}.py").exists() or (folder / top).is_dir()):
            del sys.modules[name]
