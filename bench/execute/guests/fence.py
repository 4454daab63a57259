"""A fence around a process: it may read what its user may, and change files in a few folders only.

Linux calls it Landlock (landlock(7), since 5.13): a process gives up rights for itself and for all that it starts, and
needs none to do so. A student's file that clears up "its" folder, and finds itself in another one, must not take the
user's files with it. From version 6 on it also cannot send signals to processes outside. Where the kernel has no
Landlock there is no fence, and ``raise_fence`` says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import cache

PATHS = {"BENCH_DATA", "BENCH_CACHE"}
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls: the same on every architecture."""
VERSION_OF, PATH_BENEATH, PR_SET_NO_NEW_PRIVS = 1, 1, 38
WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
CHANGES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""LANDLOCK_ACCESS_FS_*: to write into a file, to remove files and folders, and to make any kind of them."""
REFER = 1 << 13
ABSTRACT_SOCKETS, SIGNALS = 1 << 0, 1 << 1


def enclose(folder: str) -> None:
    """Where a plugin from outside is loaded and called: it stands in a folder of its own, and changes files there, and
    where compilers keep what they made. What the environment calls by a relative path stays."""
    for name in PATHS & os.environ.keys():
        os.environ[name] = os.path.abspath(os.environ[name])  # noqa: PTH100 - an empty one is the folder itself here
    compiled = cache.folder() / "compiled"
    with contextlib.suppress(OSError):
        compiled.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(compiled))
    os.environ["TMPDIR"], tempfile.tempdir = folder, None
    os.chdir(folder)
    shared_memory = "/dev/shm"  # noqa: S108 - a folder, no file of ours
    raise_fence([folder, os.environ["TORCHINDUCTOR_CACHE_DIR"], cache.home() / ".cache" / "numba", shared_memory])


def version() -> int:
    """Of Landlock in this kernel; 0 where there is none."""
    if os.name != "posix" or not hasattr(os, "memfd_create"):  # not Linux: these numbers mean something else there
        return 0
    return max(0, _call(CREATE_RULESET, None, 0, VERSION_OF))


def raise_fence(folders: Iterable[str | Path]) -> bool:
    """Keep this process from changing files outside these folders, for good; whether that could be done."""
    known = version()
    if not known:
        return False
    handled = CHANGES | (REFER if known >= 2 else 0) | (TRUNCATE if known >= 3 else 0)
    scoped = ABSTRACT_SOCKETS | SIGNALS if known >= 6 else 0
    # As long as this kernel knows them: one field at first, three from version 6 on.
    attributes = struct.pack("QQQ", handled, 0, scoped)[: 24 if known >= 6 else 8]
    rules = _call(CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for folder in folders:
            _allow(rules, folder, handled)
        # What is written into /dev/null or a terminal changes no file.
        _allow(rules, "/dev", handled & (WRITE_FILE | TRUNCATE))
        # Without it the kernel grants a fence to root alone: a set-user-ID program inside one could be fooled.
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return _call(RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(rules: int, folder: str | Path, rights: int) -> None:
    """A folder that is not here is none that could be written to."""
    with contextlib.suppress(OSError):
        place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        try:
            _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
        finally:
            os.close(place)


def _call(number: int, *arguments: int | bytes | None) -> int:
    try:
        return int(ctypes.CDLL(None).syscall(number, *arguments))
    except (AttributeError, OSError):
        return -1
