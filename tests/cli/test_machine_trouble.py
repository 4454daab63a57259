"""What the machine refuses is one line; what is wrong with us is none of it."""

import errno
import os

import pytest

from bench.cli.machine_trouble import in_words


def refused(number: int, name: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), name) if name else OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused(errno.EMFILE, "a.py"), "too many files are open: allow more with `ulimit -n 1024`"),
        (ImportError("libx.so: cannot open shared object file: Too many open files"), "too many files are open"),
        (refused(errno.ENOSPC), "no space left on the disk of what is written to: free some"),
        (refused(errno.ENOSPC, "/here/a"), "no space left on the disk of /here/a: free some"),
        (refused(errno.EACCES, "/here/a"), "/here/a cannot be used: Permission denied"),
        (refused(errno.EROFS, "/here/a"), "/here/a cannot be used: Read-only file system"),
        (refused(errno.ENAMETOOLONG, "aaa"), "aaa cannot be used: File name too long"),
        (refused(errno.EAGAIN), "this machine has no memory or no processes left"),
        (MemoryError(), "this machine has no memory or no processes left"),
    ],
)
def test_what_the_machine_refuses_is_said_with_what_to_do(error: Exception, words: str) -> None:
    assert in_words(error).startswith(words)
    assert "\n" not in in_words(error)


@pytest.mark.parametrize("error", [ImportError("no module"), refused(errno.ENOENT, "a"), ZeroDivisionError()])
def test_a_mistake_of_ours_is_none_of_the_machines(error: Exception) -> None:
    assert in_words(error) == ""
