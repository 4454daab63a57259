"""The files that an import has read, by their content: what a description depends on."""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Container
from hashlib import sha256
from pathlib import Path

STARTED_NS = time.time_ns()
"""When this process began to import: the wall clock, for it is held against the times of files."""
LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
"""Where packages are installed: the folders themselves change when one of those does."""


def read_by(module: str) -> dict[str, str]:
    """``{path: sha256}`` of every file that the import of ``module`` can have read: its own package, bench, and all
    else that is loaded here from outside the installed libraries. Empty where one has changed since this process
    began: what was imported may not be what lies there now."""
    paths = [Path(path) for name, path in loaded() if ours(name, path, module)]
    try:
        if any(path.stat().st_mtime_ns >= STARTED_NS for path in paths):
            return {}
        return {str(path): digest(path.read_bytes()) for path in paths}
    except OSError:
        return {}


def read_since(before: Container[str], module: str) -> dict[str, str]:
    """``{path: sha256}`` of ``module`` and of all else that was new since ``before``, without libraries and bench."""
    new = [(name, Path(path)) for name, path in loaded() if name not in before and name.partition(".")[0] != "bench"]
    return {
        str(path): digest(path.read_bytes()) for name, path in new if ours(name, str(path), module) and path.is_file()
    }


def loaded() -> list[tuple[str, str]]:
    """Names and files of all modules of this process. Some of torch's have a name there that is no path."""
    files = [(name, getattr(module, "__file__", None)) for name, module in sorted(sys.modules.items())]
    return [(name, file) for name, file in files if file and Path(file).is_absolute()]


def ours(name: str, path: str, module: str) -> bool:
    tops = ("bench", module.partition(".")[0])
    return name.partition(".")[0] in tops or not path.startswith(LIBRARIES)


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()
