"""Where in a folder of runs a run lies: in the folder itself, or in that of its month once there are many.

``results/20261129T120000Z-ex10-cpu`` and ``results/2026-11/20261129T120000Z-ex10-cpu`` are found by the same name; of
two folders with one name that of the root counts. Nothing is ever moved by itself: whoever likes does it by ``mv``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
STAMPED = re.compile(r"(\d{4})(\d{2})\d{2}T\d{6}Z-")
MANY = 200
"""Folders named by their time in a folder of runs, from which on new ones lie by month: more than anybody looks
through."""


def listed(root: str) -> Iterator[tuple[str, str]]:
    """The name and the path of every folder that may be a run's, those of the root first. Raises ``OSError`` where one
    cannot be looked into."""
    months = []
    for name, path in _folders(root):
        if MONTH.fullmatch(name):
            months.append(path)
        else:
            yield name, path
    for month in sorted(months):
        yield from _folders(month)


def _folders(root: str) -> Iterator[tuple[str, str]]:
    with os.scandir(root) as entries:
        for entry in entries:
            if _is_folder(entry):
                yield entry.name, entry.path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, or to where nobody may look: no run of ours
        return False


def homes(root: Path) -> list[Path]:
    """The root and the folders of months in it."""
    found = []
    with suppress(FileNotFoundError, NotADirectoryError):
        found = sorted(path for name, path in _folders(str(root)) if MONTH.fullmatch(name))
    return [root, *map(Path, found)]


def candidates(root: Path, name: str) -> Iterator[Path]:
    """Where the run of this name may lie, the likeliest first: one that was moved by hand may be in any month's."""
    yield root / name
    own = month_of(name)
    if own:
        yield root / own / name
    yield from (home / name for home in homes(root)[1:] if home.name != own)


def place(root: Path, name: str) -> Path:
    """The folder of this name; in the root where there is none."""
    return next((path for path in candidates(root, name) if path.is_dir()), root / name)


def month_of(name: str) -> str:
    """Such as ``2026-11``, of a name that begins with a time; else empty."""
    match = STAMPED.match(name)
    month = f"{match[1]}-{match[2]}" if match else ""
    return month if MONTH.fullmatch(month) else ""


def home_of_new(root: Path, name: str) -> Path:
    """Where a folder is to be made: in that of its month if that is there or the root has many already."""
    month = root / month_of(name)
    return month if month != root and (month.is_dir() or _many(root)) else root


def _many(root: Path) -> bool:
    with os.scandir(root) as entries:  # by name alone: none of them is asked for
        return sum(1 for entry in entries if STAMPED.match(entry.name)) >= MANY
