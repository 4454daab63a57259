"""What may lie in the place of a file, or come there while it is read."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Lay = Callable[[Path, bytes], None]


def pipe(path: Path, data: bytes) -> None:
    """Whoever opens it to read waits for somebody who writes."""
    os.mkfifo(path)


def folder(path: Path, data: bytes) -> None:
    path.mkdir()


def endless(path: Path, data: bytes) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path, data: bytes) -> None:
    path.symlink_to(path.name)


def dangling(path: Path, data: bytes) -> None:
    path.symlink_to("nothing")


def linked(path: Path, data: bytes) -> None:
    """A link to an honest file elsewhere."""
    elsewhere = path.with_name(f"{path.name}.elsewhere")
    elsewhere.write_bytes(data)
    path.symlink_to(elsewhere.name)


def bound(path: Path, data: bytes) -> None:
    """A socket, in a place whose name is short enough for one."""
    with socket.socket(socket.AF_UNIX) as made, _in(path.parent):
        made.bind("s")
    path.with_name("s").rename(path)


def empty(path: Path, data: bytes) -> None:
    path.write_bytes(b"")


def sparse(path: Path, data: bytes) -> None:
    """A file of 16 GiB that takes no room on the disk."""
    path.write_bytes(data)
    os.truncate(path, 16 << 30)


def hidden(path: Path, data: bytes) -> None:
    """What nobody but root may read."""
    path.write_bytes(data)
    path.chmod(0)


@contextmanager
def _in(there: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(there)
    try:
        yield
    finally:
        os.chdir(here)


KINDS: dict[str, Lay] = {
    each.__name__: each for each in (pipe, folder, endless, circle, dangling, linked, bound, empty, sparse, hidden)
}


def take_away(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


Change = Callable[[Path, bytes], None]


def cut(path: Path, data: bytes) -> None:
    os.truncate(path, len(data) // 2)


def grown(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def gone(path: Path, data: bytes) -> None:
    path.unlink()


def other(path: Path, data: bytes) -> None:
    path.write_bytes(b"\0" * len(data))


def now_a_folder(path: Path, data: bytes) -> None:
    path.unlink()
    path.mkdir()


def now_a_pipe(path: Path, data: bytes) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES: dict[str, Change] = {each.__name__: each for each in (cut, grown, gone, other, now_a_folder, now_a_pipe)}
_changing: list[tuple[str, Callable[[], None]]] = []


def _hear(event: str, details: tuple[Any, ...]) -> None:
    if event == "open" and _changing and isinstance(details[0], str | bytes | os.PathLike):
        place, change = _changing[0]
        if os.fspath(details[0]) == place:
            _changing.clear()
            change()


_heard: list[bool] = []


@contextmanager
def changing(path: Path, change: Change, data: bytes) -> Iterator[None]:
    """In the moment before a file is opened, after it has been looked at, it becomes another."""
    if not _heard:
        sys.addaudithook(_hear)  # there is no way to take one away
        _heard.append(True)
    _changing.append((str(path), lambda: change(path, data)))
    try:
        yield
    finally:
        _changing.clear()
