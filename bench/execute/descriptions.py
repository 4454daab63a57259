"""What exercises declare, from a cache where nothing that their import read has changed.

To import an exercise takes torch and a child process, seconds in all; to see that no file has changed takes
milliseconds. The cache is one file an exercise, safe to delete: ``$BENCH_CACHE``, or the user's own cache folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from bench.catalogue import Listing
from bench.errors import BenchError
from bench.execute.executors.base import Executor
from bench.execute.inquiries import ask_for_description
from bench.execute.messages import Described
from bench.model import Broken, Description, SourceFile
from bench.results import store


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of the cache: what was declared, by which module, and all that it depended on."""

    module: str
    libraries: dict[str, int]
    described: Described


def describe(listing: Listing, files: tuple[SourceFile, ...], executor: Executor) -> Description | Broken:
    """The parts of an exercise: known, or learnt in a child. Files of the user's own are always tried there."""
    if listing.problem:
        return Broken(listing.id, listing.problem)
    if not files and (known := recall(listing)):
        return known
    answer = ask_for_description(listing, files, executor)
    if isinstance(answer, Broken):
        return answer
    if answer.read:
        keep(listing, answer)
    return answer.description


def recall(listing: Listing) -> Description | None:
    """The description of an exercise whose files are as they were; ``None`` for any doubt."""
    try:
        kept = store.decode(place(listing).read_bytes(), Kept)
        fresh = (kept.module, kept.libraries) == (listing.module, libraries())
        read = kept.described.read
        known = fresh and str(listing.path) in read and all(digest(path) == was for path, was in read.items())
    except (OSError, BenchError):
        return None
    return kept.described.description if known else None


def digest(path: str) -> str:
    # By content and not by time: a file that was put back with its old time is another one all the same.
    return sha256(Path(path).read_bytes()).hexdigest()


def keep(listing: Listing, described: Described) -> None:
    """Remember a description, in one step; a folder that cannot be written is no harm."""
    path = place(listing)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(store.encode(Kept(listing.module, libraries(), described)))
        Path(file.name).replace(path)
    except OSError:
        return


def place(listing: Listing) -> Path:
    """Where the description of an exercise is kept: two checkouts do not meet."""
    return folder() / f"{listing.id}-{sha256(os.fsencode(listing.path)).hexdigest()[:12]}.json"


def folder() -> Path:
    if given := os.environ.get("BENCH_CACHE"):
        return Path(given).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("dl-exercise-bench", appauthor=False) / "descriptions"


def libraries() -> dict[str, int]:
    """The Python that imports, and when a package was last installed or removed beside it, in nanoseconds."""
    return {sys.version: 0} | {str(path): path.stat().st_mtime_ns for path in _installed()}


def _installed() -> Iterator[Path]:
    for entry in sys.path:
        path = Path(entry)
        if path.name in ("site-packages", "dist-packages") and path.is_dir():
            yield path
