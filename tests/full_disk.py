"""A disk that refuses one write: the n-th file or folder that is made, filled, synced, renamed or linked."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FULL = "/dev/full"
"""What is written to it finds no room: the system says so itself, whoever writes."""
WRITING = os.O_WRONLY | os.O_RDWR


@dataclass(slots=True)
class Disk:
    """``writes`` are those that were asked for; the one of the number ``at``, counted from 1, is refused."""

    root: Path
    at: int = 0
    number: int = errno.ENOSPC
    writes: list[str] = field(default_factory=list)

    def has(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and Path(os.fspath(path)).absolute().is_relative_to(self.root)

    def is_next(self, what: str, path: object) -> bool:
        self.writes.append(f"{what} {path}")
        return len(self.writes) == self.at

    def ask(self, what: str, path: Any) -> None:
        if self.has(path) and self.is_next(what, path):
            raise OSError(self.number, os.strerror(self.number), os.fspath(path))

    def fill(self, handle: int, path: object) -> None:
        """What is written to this file from now on finds no room, if that is its turn."""
        if self.is_next("fill", path):
            full = os.open(FULL, os.O_WRONLY)
            os.dup2(full, handle)
            os.close(full)


@contextmanager
def refusing(root: Path, at: int = 0, number: int = errno.ENOSPC) -> Iterator[Disk]:
    """The writes below ``root`` by Python code of this process; none is refused where ``at`` is 0."""
    disk = Disk(root.absolute(), at, number)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("rename", "replace", "link", "symlink"):
            patch.setattr(os, name, _named(getattr(os, name), name, disk))
        patch.setattr(os, "mkdir", _made(os.mkdir, disk))
        patch.setattr(os, "open", _opened(os.open, disk))
        for module in (io, builtins):
            patch.setattr(module, "open", _filled(io.open, disk))
        for name in ("write", "fsync"):
            patch.setattr(os, name, _handled(getattr(os, name), name, disk))
        yield disk


def _named(call: Callable[..., Any], name: str, disk: Disk) -> Callable[..., Any]:
    def named(source: Any, target: Any, *more: Any, **options: Any) -> Any:
        disk.ask(name, target)
        return call(source, target, *more, **options)

    return named


def _made(call: Callable[..., Any], disk: Disk) -> Callable[..., Any]:
    def made(path: Any, *more: Any, **options: Any) -> Any:
        if not os.path.lexists(path):
            disk.ask("mkdir", path)
        return call(path, *more, **options)

    return made


def _opened(call: Callable[..., int], disk: Disk) -> Callable[..., int]:
    def opened(path: Any, flags: int, *more: Any, **options: Any) -> int:
        if flags & os.O_CREAT and not os.path.lexists(path):
            disk.ask("open", path)
        return call(path, flags, *more, **options)

    return opened


def _filled(call: Callable[..., Any], disk: Disk) -> Callable[..., Any]:
    def filled(path: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
        if not disk.has(path) or not set(mode) & set("wax+") or Path(path).is_dir():
            return call(path, mode, *more, **options)
        disk.ask("open", path)
        file = call(path, mode, *more, **options)
        disk.fill(file.fileno(), path)
        return file

    return filled


def _handled(call: Callable[..., Any], name: str, disk: Disk) -> Callable[..., Any]:
    def handled(handle: int, *more: Any) -> Any:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_absolute():  # neither a pipe nor a socket
            disk.ask(name, path)
        return call(handle, *more)

    return handled
