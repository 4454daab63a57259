"""Which code a run ran, by content: what tells whether a run that was interrupted can be gone on with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath

from bench.catalogue import Listing
from bench.errors import BenchError
from bench.model import Plan
from bench.with_files import read_files


def of_exercises(listings: Iterable[Listing]) -> dict[str, str]:
    """``{name: sha256}`` of all files of exercises: ``package/ex07_iris/speed.py``, or ``package/ex01_step.py``."""
    files = (pair for listing in listings for pair in sources(listing.module, listing.path))
    return {name: digest for name, path in files if (digest := digest_of(path))}


def sources(module: str, path: Path) -> Iterator[tuple[str, Path]]:
    """The files of an exercise. Its written answer is none: the plan keeps it, and nothing runs it."""
    home = module.replace(".", "/")
    if path.name != "__init__.py":
        yield f"{home}{path.suffix}", path
        return
    for file in sorted(path.parent.rglob("*")):
        inside = PurePosixPath(file.relative_to(path.parent).as_posix())
        if file.is_file() and not passing(inside) and str(inside) != "answer.md":
            yield f"{home}/{inside}", file


def passing(path: PurePosixPath) -> bool:
    """Whether a file is none of the author's: a cache, or hidden."""
    return path.suffix == ".pyc" or any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def digest_of(path: Path) -> str:
    """Nothing for a file that cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def changed(plan: Plan, listings: Sequence[Listing]) -> list[str]:
    """The names of all code that is not what it was when the run began: files of an exercise that were changed or have
    gone, and others that are still there, with another content."""
    exercises = {task.case.exercise for task in plan.tasks}
    now = of_exercises(listing for listing in listings if listing.id in exercises)
    texts = {file.path: file.code for file in plan.files}
    return [name for name, was in plan.code.items() if name not in texts and differs(name, was, now)] + [
        path for path, text in texts.items() if is_other_text(Path(path), text)
    ]


def differs(name: str, was: str, now: Mapping[str, str]) -> bool:
    if not Path(name).is_absolute():
        return now.get(name) != was
    return digest_of(Path(name)) not in (was, "")


def is_other_text(path: Path, text: str) -> bool:
    """Whether a file of the user's is there and does not say what the journal keeps of it. One that has gone is not
    needed: the run has its text."""
    try:
        (file,) = read_files([path])
    except BenchError:
        return path.exists()
    return file.code != text
