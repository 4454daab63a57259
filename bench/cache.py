"""What may be forgotten: small files in ``$BENCH_CACHE`` or the user's own cache folder, safe to delete.

Whoever reads one checks that it still holds; a folder that cannot be read or written is no harm, only slower.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "dl-exercise-bench"


def folder() -> Path:
    if given := os.environ.get("BENCH_CACHE"):
        return Path(given).expanduser()
    if sys.platform == "linux":  # as platformdirs has it, whose import takes longer than to list all exercises
        home = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / NAME
    import platformdirs

    return platformdirs.user_cache_path(NAME, appauthor=False)


def read(name: str) -> bytes:
    """The content of a file; nothing where there is none."""
    try:
        return (folder() / name).read_bytes()
    except OSError:
        return b""


def write(name: str, data: bytes) -> None:
    """Replace a file in one step: whoever reads it meanwhile has the old one or the new one."""
    from tempfile import NamedTemporaryFile

    path = folder() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        Path(file.name).replace(path)
    except OSError:
        return
