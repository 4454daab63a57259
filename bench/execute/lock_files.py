"""Where the files of locks lie, and how they are opened: where everyone may write, what is found is nobody's word.

All users share one folder, so that they wait for each other. Where somebody has laid something else in its place, a
link or a file that others cannot open, each user has a folder of their own, and waits for their own runs alone.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

EVERYONE = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
"""Of the files in the folder: two users wait for each other, and neither is refused."""
STICKY = stat.S_ISVTX | stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
"""Of the folder: everyone may add a lock, and nobody may take away another's."""
NAME = "bench-locks"


def given_folder() -> Path | None:
    """``$BENCH_LOCKS``: whoever names a folder answers for it."""
    given = os.environ.get("BENCH_LOCKS")
    return Path(given) if given else None


def lock_folder() -> Path:
    """``$BENCH_LOCKS``, or one folder for all users among the machine's temporary files."""
    return given_folder() or Path(temporary(), NAME)


def own_folder() -> Path:
    """A folder that nobody else can write to: in ``$XDG_RUNTIME_DIR``, else among the temporary files. Raises
    ``OSError`` where that is another user's."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/") and _is_mine(Path(runtime)):
        folder = Path(runtime, NAME)
    else:
        folder = Path(temporary(), f"{NAME}-{os.getuid()}")
    folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    if not _is_mine(folder):
        raise PermissionError(f"{folder} is another user's")
    return folder


def temporary() -> Path:
    """The machine's own folder where it has one: ``$TMPDIR`` may be another for every user."""
    machine = Path("/tmp")  # noqa: S108 - what lies there is looked at before it is written to
    return machine if os.name == "posix" and os.access(machine, os.W_OK) else Path(tempfile.gettempdir())


def claimed(name: str, say: Callable[[str], None]) -> int:
    """The open file of a lock, to be closed by the caller: the one of all users, or this user's own where that cannot
    be trusted, which ``say`` is told. Raises ``OSError`` where neither can be had."""
    folder = lock_folder()
    try:
        share(folder)
        return opened(folder / name)
    except OSError as error:
        if given_folder():
            raise
        own = own_folder()
        say(f"{folder / name} is not to be trusted ({error.strerror or error}): only your own runs are waited for")
        return opened(own / name)


def share(folder: Path) -> None:
    """Make the folder, if it is not there, for everyone. Raises ``OSError`` for one that is something else, a link too:
    it may lead into a folder of this user's."""
    try:
        folder.mkdir(parents=True)
        folder.chmod(STICKY)  # apart, as mkdir() takes away what the user's umask does
    except FileExistsError:
        found = folder.lstat() if given_folder() is None else folder.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise


def opened(path: Path) -> int:
    """A file of everyone's. Links are not followed, and nothing but a plain file of one name is taken: anyone may have
    put something there, and it will be written to."""
    handle = _opened(path)
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        return handle
    os.close(handle)
    raise PermissionError(f"{path} is no plain file")


def _opened(path: Path) -> int:
    # Not blocked by a pipe that somebody has laid there.
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        # Without O_CREAT at first: where everyone may write, Linux refuses it for a file that is another user's.
        return os.open(path, flags)
    except FileNotFoundError:
        pass
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_EXCL, EVERYONE)
    except FileExistsError:
        return os.open(path, flags)
    os.fchmod(handle, EVERYONE)
    return handle


def _is_mine(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not others
