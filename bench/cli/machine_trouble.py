"""What the machine refuses, in one line: a full disk, too few open files, no memory. None of it is a bug of ours."""

from __future__ import annotations

import errno

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
)
STARVED = (errno.ENOMEM, errno.EAGAIN)
TOO_MANY = "Too many open files"
LOOP, QUOTES = "Symlink loop from ", "'\""


def in_words(error: BaseException) -> str:
    """What to do about it; empty for an error that is none of the machine's, and keeps its traceback."""
    number = getattr(error, "errno", None)
    # A library that cannot be opened is an ImportError, which has no number.
    if number in FILES or TOO_MANY in str(error):
        return "too many files are open: allow more with `ulimit -n 1024`, and try again"
    if isinstance(error, MemoryError) or number in STARVED:
        return "this machine has no memory or no processes left: end something else, and try again"
    if isinstance(error, RuntimeError) and str(error).startswith(LOOP):  # of Path.resolve()
        return f"{str(error).removeprefix(LOOP).strip(QUOTES)} is a link that leads to itself: mend it"
    if not isinstance(error, OSError):
        return ""
    if number in FULL:
        return f"no space left on the disk of {error.filename or 'what is written to'}: free some, and try again"
    if number in REFUSED:
        return f"{error.filename or 'what is written to'} cannot be used: {error.strerror}"
    return ""
