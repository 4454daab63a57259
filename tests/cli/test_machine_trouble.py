"""What the machine refuses is one line; what is wrong with us is none of it."""

import errno
import os
import resource
from pathlib import Path

import pytest

from bench.cli.machine_trouble import in_words, is_exhausted, require_room
from bench.errors import UsageError


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
        (refused(errno.ELOOP, "results"), "results cannot be used: Too many levels of symbolic links"),
        (refused(errno.ENOTDIR, "/here/a"), "/here/a cannot be used: Not a directory"),
        (RuntimeError("Symlink loop from '/here'"), "/here is a link that leads to itself: mend it"),
        (refused(errno.EAGAIN), "this machine has no memory or no processes left"),
        (MemoryError(), "this machine has no memory or no processes left"),
        (RuntimeError("can't start new thread"), "this machine has no memory or no processes left"),
        (ImportError("libx.so: cannot allocate memory in static TLS block"), "this machine has no memory"),
        (ImportError("libx.so: failed to map segment from shared object"), "this machine has no memory"),
        (
            FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
            "no temporary file can be written: free some space, or set TMPDIR",
        ),
    ],
)
def test_what_the_machine_refuses_is_said_with_what_to_do(error: Exception, words: str) -> None:
    assert in_words(error).startswith(words)
    assert "\n" not in in_words(error)


@pytest.mark.parametrize("error", [refused(errno.EMFILE), refused(errno.EAGAIN), MemoryError()])
def test_what_is_used_up_is_told_from_a_disk_that_refuses(error: Exception) -> None:
    assert is_exhausted(error)
    assert not is_exhausted(refused(errno.ENOSPC, "a"))


OURS = [ImportError("no module"), RuntimeError("a bug"), refused(errno.ENOENT, "a"), ZeroDivisionError()]


@pytest.mark.parametrize("error", OURS)
def test_a_mistake_of_ours_is_none_of_the_machines(error: Exception) -> None:
    assert in_words(error) == ""


def test_a_folder_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_words(refused(errno.ENOENT)) == ""
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    assert in_words(refused(errno.ENOENT)).startswith("the folder that this command was called in is gone")


@pytest.mark.parametrize("limit", [2**20, 511 * 2**20])
def test_too_little_to_address_is_refused_and_no_limit_is_not(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    for enough in (resource.RLIM_INFINITY, 512 * 2**20):
        monkeypatch.setattr(resource, "getrlimit", lambda _, enough=enough: (enough, enough))
        require_room()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    with pytest.raises(UsageError, match="allow more with `ulimit -v 4194304`"):
        require_room()
