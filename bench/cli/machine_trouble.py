"""What the machine refuses, in one line: a full disk, too few open files, no memory. None of it is a bug of ours."""

from __future__ import annotations

import errno
from pathlib import Path

from bench.errors import BenchError, UsageError

FULL = (errno.ENOSPC, errno.EDQUOT)
FILES = (errno.EMFILE, errno.ENFILE)
REFUSED = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EIO,
    errno.EFBIG,
    errno.ENAMETOOLONG,
    errno.ESTALE,
    errno.EBADF,
    errno.ELOOP,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENXIO,
)
STARVED = (errno.ENOMEM, errno.EAGAIN)
TOO_MANY = "Too many open files"
LOOP, QUOTES = "Symlink loop from ", "'\""
NO_LONGER = ("annot allocate memory", "failed to map segment", "can't start new thread")
"""How the loader of libraries and Python's threads say that there is no memory, or no process, left."""
NOWHERE = "No usable temporary directory"
LEAST_ROOM = 512 * 2**20
"""Bytes of address space: with less, numpy, scipy and what draws cannot be imported together."""


def in_words(error: BaseException) -> str:
    """What to do about it; empty for an error that is none of the machine's, and keeps its traceback."""
    if is_short_of_files(error):
        return "too many files are open: allow more with `ulimit -n 1024`, and try again"
    if is_short_of_memory(error):
        return "this machine has no memory or no processes left: end something else, and try again"
    if isinstance(error, RuntimeError) and str(error).startswith(LOOP):  # of Path.resolve()
        return f"{str(error).removeprefix(LOOP).strip(QUOTES)} is a link that leads to itself: mend it"
    if not isinstance(error, OSError):
        return ""
    number = error.errno
    if number == errno.ENOENT and is_nowhere():
        return "the folder that this command was called in is gone: go to another one, and try again"
    if NOWHERE in str(error):  # which has the number of a file that is not there
        return "no temporary file can be written: free some space, or set TMPDIR to a folder that can be written to"
    if number in FULL:
        return f"no space left on the disk of {error.filename or 'what is written to'}: free some, and try again"
    if number in REFUSED:
        return f"{error.filename or 'what is written to'} cannot be used: {error.strerror}"
    return ""


def is_exhausted(error: BaseException) -> bool:
    """Whether it is not the disk that refuses: files, memory or processes are used up."""
    return is_short_of_files(error) or is_short_of_memory(error)


def is_short_of_files(error: BaseException) -> bool:
    # A library that cannot be opened is an ImportError, which has no number.
    return getattr(error, "errno", None) in FILES or TOO_MANY in str(error)


def is_short_of_memory(error: BaseException) -> bool:
    # As above: the loader says it in words.
    said = isinstance(error, ImportError | RuntimeError | BenchError) and any(w in str(error) for w in NO_LONGER)
    return isinstance(error, MemoryError) or getattr(error, "errno", None) in STARVED or said


def is_nowhere() -> bool:
    """Whether the working directory has been removed."""
    try:
        return not Path.cwd()
    except OSError:
        return True


def require_room() -> None:
    """Raises ``UsageError`` where so little memory may be addressed that OpenBLAS, once imported, would ask for it
    again and again, for ever."""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if 0 <= limit < LEAST_ROOM:
        raise UsageError(f"{limit / 2**20:.0f} MiB of memory are too few for this: allow more with `ulimit -v 4194304`")
