"""What data this machine has: a fingerprint of each set that exercises can load.

The same name is no promise: a copy on a node's own disk may be cut off, older, or another's. What was once read is
remembered for as long as the file is not touched.
"""

from __future__ import annotations

import gzip
import hashlib
import platform
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

from bench import cache

LOADERS = "bench.kit.data.files"
"""Is imported by name, as exercises are: what data there is, they know and the harness does not."""
KNOWN = "data.json"
UNREADABLE = "unreadable"

Files = Callable[[str], Mapping[str, Iterable[Path]]]


def digests(form: str, files: Files | None = None) -> dict[str, str]:
    """``{data set: SHA-256}`` of all that are here, for ``embedded`` or ``full`` data: of what their files hold, packed
    or not, in the order in which they are read. ``unreadable`` stands for one that is, so that it is missed."""
    named = (files or import_module(LOADERS).read_by_loaders)(form)
    memory = cache.Memory(KNOWN, "1")
    found = {name: _of_set(tuple(paths), memory) for name, paths in named.items()}
    memory.save()
    return {name: digest for name, digest in found.items() if digest}


def _of_set(paths: tuple[Path, ...], memory: cache.Memory) -> str:
    try:
        # Of a set of one file that is the file's own, as sha256sum gives it.
        parts = [memory.recall(_identity(path), partial(_of_file, path)) for path in paths]
    except (OSError, EOFError, zlib.error):
        return UNREADABLE
    return parts[0] if len(parts) == 1 else hashlib.sha256(" ".join(parts).encode()).hexdigest() if parts else ""


def _identity(path: Path) -> str:
    """What changes when a file does. The machine is part of it, for machines may share what is remembered and not the
    disk of the file: a copy of the same size and age may be damaged."""
    status = path.stat()
    numbers = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return " ".join([platform.node(), str(path.resolve()), *map(str, numbers)])


def _of_file(path: Path) -> str:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
