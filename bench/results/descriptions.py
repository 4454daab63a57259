"""What exercises declare, kept as long as nothing that their import read has changed.

To import an exercise takes torch and a child process, seconds in all; to see that no file has changed takes
milliseconds. The cache has one file an exercise.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench import cache, plain_file
from bench.errors import BenchError
from bench.model import Description
from bench.results import store


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One file of the cache: what a module declares, and what that depends on.

    ``read`` holds a fingerprint of each file that was read, ``libraries`` when packages were last installed.
    """

    module: str
    libraries: dict[str, int]
    read: dict[str, str]
    description: Description


def recall(module: str, path: Path) -> Description | None:
    """What the exercise in ``path`` declares, if all that it depends on is as it was; ``None`` for any doubt."""
    try:
        entry = store.decode(cache.read(name_of(path)), CacheEntry)
        # A file that is not among those read was not what was imported: the name has come to mean another module.
        if (entry.module, entry.libraries) != (module, libraries()) or str(path) not in entry.read:
            return None
        return entry.description if all(digest(read) == was for read, was in entry.read.items()) else None
    except (OSError, BenchError):
        return None


def keep(module: str, path: Path, description: Description, read: dict[str, str]) -> None:
    """Remember a description. Nothing is kept without ``read``: that is empty where a file has changed meanwhile."""
    if read:
        cache.write(name_of(path), store.encode(CacheEntry(module, libraries(), read, description)))


def digest(path: str) -> str:
    # By content and not by time: a file that was put back with its old time is another one all the same.
    return sha256(plain_file.read(path)).hexdigest()


def name_of(path: Path) -> str:
    """The file in the cache for the exercise in ``path``: those of two checkouts do not meet, nor those of two search
    paths, on which one name may mean two modules."""
    stem = path.parent.name if path.name == "__init__.py" else path.stem
    # An entry of the path may be relative to the working directory.
    basis = "\0".join([str(path), str(Path.cwd()), *sys.path])
    return f"descriptions/{stem}-{sha256(os.fsencode(basis)).hexdigest()[:12]}.json"


def libraries() -> dict[str, int]:
    """The Python that imports, and when a package was last installed or removed beside it, in nanoseconds."""
    # pip adds and removes folders in site-packages, which moves its time; an upgraded Python keeps the folder.
    return {sys.version: 0} | {str(path): path.stat().st_mtime_ns for path in _installed()}


def _installed() -> Iterator[Path]:
    for entry in sys.path:
        path = Path(entry)
        if path.name in ("site-packages", "dist-packages") and path.is_dir():
            yield path
