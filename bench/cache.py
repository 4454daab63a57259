"""What may be forgotten: small files in ``$BENCH_CACHE`` or the user's own cache folder, safe to delete.

Whoever reads one checks that it still holds; a folder that cannot be read or written is no harm, only slower.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench import plain_file

NAME = "dl-exercise-bench"
MOST = 4 * 2**20
"""Bytes of a file: what has more is none of ours."""


def folder() -> Path:
    if given := os.environ.get("BENCH_CACHE"):
        return expanded(given)
    if sys.platform == "linux":  # as platformdirs has it, whose import takes longer than to list all exercises
        given = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(given) if Path(given).is_absolute() else home() / ".cache") / NAME
    import platformdirs

    return platformdirs.user_cache_path(NAME, appauthor=False)


def expanded(text: str) -> Path:
    """A path of a variable with ``~`` as the user's home; it stays as it is where nobody has that name."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser raises there


def home() -> Path:
    """The user's, or one in which nothing can be: a container may run as a number that has no home."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)


def read(name: str) -> bytes:
    """The content of a file; nothing where there is none that can be read."""
    try:
        return plain_file.read(folder() / name, MOST)
    except OSError:
        return b""


def write(name: str, data: bytes) -> None:
    """Replace a file in one step: whoever reads it meanwhile has the old one or the new one."""
    from tempfile import NamedTemporaryFile

    path = folder() / name
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            part = Path(file.name)
            with _removed_if_raised(part):
                file.write(data)
                file.flush()
                part.replace(path)


@contextmanager
def _removed_if_raised(part: Path) -> Iterator[None]:
    """On a full disk half a file would take what little room there is, for good."""
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class Memory:
    """Texts by key, kept in one file: what takes long to make again.

    ``basis`` says what all of them depend on: with another one, nothing is remembered.
    """

    def __init__(self, name: str, basis: str) -> None:
        self.name, self.basis = name, basis
        self.known = self._read()
        self.asked: dict[str, str] = {}

    def _read(self) -> dict[str, str]:
        import json

        try:
            content = json.loads(read(self.name) or b"{}")
            values = content["values"] if content.get("basis") == self.basis else {}
            return {key: value for key, value in values.items() if isinstance(value, str)}
        except (ValueError, AttributeError, LookupError, RecursionError):
            return {}

    def recall(self, key: str, make: Callable[[], str]) -> str:
        """What is known under ``key``; else what ``make`` gives, which is known from now on."""
        self.asked[key] = self.known[key] if key in self.known else make()
        return self.asked[key]

    def save(self, *, forget: bool = False) -> None:
        """Write down what is new; with ``forget``, only what was asked for stays."""
        import json

        if not self.asked.keys() <= self.known.keys():
            values = self.asked if forget else self.known | self.asked
            write(self.name, json.dumps({"basis": self.basis, "values": values}).encode())
