"""Files of data that ship inside other packages, found without importing those packages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bench.errors import Missing


def packaged(package: str, distribution: str, *parts: str) -> Path:
    """The path of a file inside an installed package.

    ``import sklearn.datasets`` takes two seconds, reading the file that it would read takes a millisecond.
    Raises ``Missing`` with the command that installs the package.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, *parts)
        if path.is_file():
            return path
    what = f"{package} has no {'/'.join(parts)}" if spec else f"{package} is not installed"
    raise Missing(f"{what}: pip install --force-reinstall {distribution}")
