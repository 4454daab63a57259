"""The folder of a run: made under a name that sorts by time, found again by a piece of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import count
from pathlib import Path

from bench.errors import NothingMatched
from bench.results import months
from bench.results.journal import JOURNAL
from bench.results.store import RUN, StoreError, refusal

STAMP = "%Y%m%dT%H%M%SZ"
STAMPED = months.STAMPED
# Of every piece of the name: file systems take 255 bytes, and a run of many exercises has a long one.
LONGEST = 60


def make_folder(root: Path, what: str, device: str, now: datetime) -> Path:
    """Make ``<UTC stamp>-<what>-<device>`` in ``root``, or in the folder of its month once there are many, with ``-2``,
    ``-3`` … behind it where that is taken.

    Raises ``StoreError`` where the root cannot be written.
    """
    name = f"{now.astimezone(UTC).strftime(STAMP)}-{_safe(what) or 'run'}-{_safe(device) or 'cpu'}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            if folder := _made(root, name if number == 1 else f"{name}-{number}"):
                return folder
    except FileExistsError as error:
        raise StoreError(f"{error.filename or root} is not a folder: name one with -o") from error
    except OSError as error:
        raise refusal(error, root, "or name another folder with -o") from error
    raise AssertionError("count() does not end")


def new_id(root: Path, what: str, device: str, now: datetime) -> str:
    """Make the folder of a new run; its name is the id of the run."""
    return make_folder(root, what, device, now).name


def _made(root: Path, name: str) -> Path | None:
    """The new folder, or nothing where the name is taken."""
    home = months.home_of_new(root, name)
    home.mkdir(exist_ok=True)
    folder = home / name
    try:
        # Made, not looked for: of two runs begun in one second only one can make it.
        folder.mkdir()
    except FileExistsError:
        return None
    # A name is an identity: the other place, where another process may have made it meanwhile, must not have it too.
    if any(path != folder and path.exists() for path in (root / name, root / months.month_of(name) / name)):
        folder.rmdir()
        return None
    return folder


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.+]+", "-", text)[:LONGEST].strip("-.")


def is_run(folder: Path) -> bool:
    return _is_run(str(folder))


def _is_run(folder: str) -> bool:
    # A thousand paths as objects take longer than all the rest.
    return os.path.isfile(f"{folder}/{RUN}") or os.path.isfile(f"{folder}/{JOURNAL}")  # noqa: PTH113


def runs(root: Path) -> tuple[str, ...]:
    """The names of the runs in a folder and in those of its months, the oldest first."""
    if not root.is_dir():
        return ()
    return tuple(sorted({name for name, folder in months.listed(str(root)) if _is_run(folder)}))


def newest(root: Path) -> Iterator[Path]:
    """The runs that are named by their time, the newest first. A folder is asked for its run when it is wanted: of
    thousands that is one or two."""
    if not root.is_dir():
        return
    # A folder that was renamed sorts anywhere, and of two with one name the first, that of the root, counts.
    found: dict[str, str] = {}
    for name, folder in months.listed(str(root)):
        if STAMPED.match(name):
            found.setdefault(name, folder)
    yield from (Path(folder) for _, folder in sorted(found.items(), reverse=True) if _is_run(folder))


def place(root: Path, name: str) -> Path:
    """The folder of a run by its whole name, be anything in it yet or not."""
    return months.place(root, name)


def exact(root: Path, name: str) -> Path | None:
    """The folder of the run that has this very name, if there is one. A name that leads elsewhere is none."""
    if not name or (root / name).parent != root:
        return None
    return next((path for path in months.candidates(root, name) if is_run(path)), None)


def find(root: Path, name: str) -> Path:
    """The folder of a run, by path, by its name in ``root``, by a beginning that only one has, or ``latest``.

    Raises ``NothingMatched`` with the nearest names.
    """
    path = Path(name)
    if name and path.name in (RUN, JOURNAL) and path.is_file():
        path = path.parent
    if name and is_run(path):
        return path
    if name == "latest" and (last := next(newest(root), None)):
        return last
    return exact(root, name) or place(root, _named(root, name))


def _named(root: Path, name: str) -> str:
    names = runs(root)
    if not names:
        raise NothingMatched(f"no runs in {root}; `bench run ex10` makes one")
    matching = [run for run in names if name and run.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NothingMatched(f"{name!r} is the beginning of {len(matching)} runs: {_some(matching)}")
    near = [run for run in names if name and name in run] or get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"did you mean {_some(near)}?" if near else f"the newest is {names[-1]}"
    raise NothingMatched(f"no run in {root} is called {name!r}; {hint}")


def _some(names: list[str]) -> str:
    return ", ".join(names[-3:]) if len(names) <= 3 else f"{', '.join(names[-3:])}, …"
