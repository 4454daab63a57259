"""Files that anybody may have laid there: only plain ones are read and added to, and no more is read than can be meant.

To open a pipe waits for whoever writes into it, a device has no end, and what was looked at a moment ago may be another
thing by now. So a file is opened without waiting, and then looked at.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

MOST = 2**28
"""Bytes: no run, and no list of what a run did, comes near it. JSON may take 32 times as much."""


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A plain file, open to be read, to be closed by the caller. Raises ``OSError`` as ``open`` does, and for whatever
    else lies there."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    _require_plain(handle, path)
    return os.fdopen(handle, "rb")


def grown(path: str | os.PathLike[str]) -> BinaryIO:
    """A plain file of our own, open to be read and to be added to, made if it is not there; to be closed by the caller.
    Raises ``OSError`` for a link too: a run that somebody gave away may have one that leads anywhere."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags, 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and may lead anywhere: remove it", os.fspath(path)) from error
        raise
    _require_plain(handle, path)
    return os.fdopen(handle, "a+b")


def _require_plain(handle: int, path: str | os.PathLike[str]) -> None:
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    raise OSError(errno.EINVAL, "it is no plain file", os.fspath(path))


def read(path: str | os.PathLike[str], most: int = MOST) -> bytes:
    """All bytes that a plain file has at this moment. Raises ``OSError`` as ``opened`` does, and for more than
    ``most`` of them."""
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(errno.EFBIG, f"it has {size:,} bytes, of at most {most:,}", os.fspath(path))
        # Not to its end: somebody may be writing on.
        return file.read(size)


def text(path: str | os.PathLike[str], most: int = MOST, errors: str = "strict") -> str:
    """The same as UTF-8, lines ending as Python has them. Raises ``UnicodeDecodeError`` too, unless ``errors`` says
    otherwise."""
    return read(path, most).decode(errors=errors).replace("\r\n", "\n").replace("\r", "\n")
