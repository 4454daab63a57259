"""CIFAR-10: 32 × 32 colour photographs of ten classes, from torchvision's layout or from ``cifar10.npz``.

torchvision keeps the pictures in pickles, and a pickle can run anything. So each file must first have the MD5 of the
canonical one, which no other content is known to have, and is then read by an unpickler that knows numpy's arrays and
nothing else. This is torchvision's own check with a narrower reader behind it, and it imports no torchvision, which
takes seconds. The ``.npz`` may be anyone's, so nothing is checked but its form, and pickled objects in it are refused.

Source: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bench import plain_file
from bench.errors import BenchError, Missing
from bench.kit.data.dataset import Pictures, Split
from bench.kit.data.places import VARIABLE, data_folders

if TYPE_CHECKING:
    import numpy as np

BATCHES = Path("cifar-10-batches-py")
NPZ = Path("cifar10.npz")
KEYS = ("x_train", "y_train", "x_test", "y_test")
SHAPE = (3, 32, 32)
MOST_BYTES = 40_000_000
"""Of one file of batches, which has 31 million."""
MOST_UNPACKED = 400_000_000
"""Of all arrays of an ``.npz``: twice what all photographs take."""
MEND = "`bench data fetch cifar10` fetches it"


@dataclass(frozen=True, slots=True)
class Batch:
    """One of the six files, 10,000 pictures each, and its MD5."""

    name: str
    md5: str

    def read(self, folder: Path) -> tuple[np.ndarray, np.ndarray]:
        """Pictures (N, 3, 32, 32) and labels (N,), genuine. Raises ``Missing`` or ``BenchError`` naming the file."""
        path = folder / self.name
        if not path.is_file():
            raise Missing(f"{path} is not here; {MEND}")
        with plain_file.opened(path) as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BenchError(f"{path} is not CIFAR-10's: it has more than {MOST_BYTES} bytes; {MEND}")
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if md5 != self.md5:
            raise BenchError(f"{path} ({len(data)} bytes) is not CIFAR-10's: its MD5 is {md5}, not {self.md5}; {MEND}")
        return unpacked(data, str(path))


FILES = (
    Batch("data_batch_1", "c99cafc152244af753f735de768cd75f"),
    Batch("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
    Batch("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
    Batch("data_batch_4", "634d18415352ddfa80567beed471001a"),
    Batch("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
    Batch("test_batch", "40351d587109b95175f43aff81a1287e"),
)


def cifar10(which: str = "embedded") -> Pictures:
    """The photographs: ``full`` gives the real ones, ``embedded`` too where they are here, else a stand-in.

    ``x`` is uint8 of shape (N, 3, 32, 32). The stand-in has ten classes of generated shapes
    and says that it is one, in ``stand_in`` and in its name.
    Raises ``Missing`` for ``full`` when they are not here, ``BenchError`` when a file is damaged, ``ValueError`` for
    another name.
    """
    if which not in ("embedded", "full"):
        raise ValueError(f"cifar10 comes embedded or full, not {which!r}")
    place = find()
    if place is not None:
        return _from_npz(place) if place.is_file() else _from_batches(place)
    if which == "embedded":
        return _stand_in()
    raise Missing(absent())


def absent() -> str:
    """Where was looked, or which folder is incomplete, and how to get the photographs."""
    for folder in data_folders():
        if lacking := _lacking(folder / BATCHES):
            return f"CIFAR-10 is incomplete: {folder / BATCHES} lacks {', '.join(lacking)}; {MEND}"
    looked = " and ".join(map(str, data_folders()))
    return f"CIFAR-10 is not here (looked in {looked}): {MEND}, or set {VARIABLE} to where {BATCHES} or {NPZ} lies"


def find() -> Path | None:
    """The first folder of batches, or ``.npz``, that is there. A folder that lacks a file is as good as none: a
    download that was stopped must not stand in the way of the stand-in."""
    for folder in data_folders():
        if (folder / BATCHES).is_dir() and not _lacking(folder / BATCHES):
            return folder / BATCHES
        if (folder / NPZ).is_file():
            return folder / NPZ
    return None


def _lacking(folder: Path) -> tuple[str, ...]:
    """The files that a folder of batches lacks; none where there is no such folder."""
    return tuple(file.name for file in FILES if not (folder / file.name).is_file()) if folder.is_dir() else ()


class ArraysOnly(pickle.Unpickler):
    """Builds numpy arrays, lists, dictionaries, texts and numbers; every other class or function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        import numpy as np

        known = {
            ("numpy.core.multiarray", "_reconstruct"): reconstruct,
            ("numpy._core.multiarray", "_reconstruct"): reconstruct,
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return known[module, name]


def reconstruct(kind: type, shape: tuple[int, ...], code: str | bytes) -> np.ndarray:
    """An empty array, which the pickle then fills: what ``numpy.core.multiarray._reconstruct`` does."""
    import numpy as np

    if kind is not np.ndarray:
        raise pickle.UnpicklingError(f"it asks for an array of type {kind}")
    return np.ndarray.__new__(np.ndarray, shape, code if isinstance(code, str) else code.decode("latin1"))


def unpacked(data: bytes, what: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of a batch that Python 2 pickled. Raises ``BenchError`` with ``what`` it came from."""
    import numpy as np

    try:
        batch = ArraysOnly(io.BytesIO(data), encoding="latin1").load()
        rows, labels = np.asarray(batch["data"]), np.asarray(batch["labels"])
        return rows.reshape(-1, *SHAPE), labels
    except (pickle.UnpicklingError, EOFError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise BenchError(f"{what} is no batch of pictures: {type(error).__name__}: {error}; {MEND}") from None


@cache
def _from_batches(folder: Path) -> Pictures:
    import numpy as np

    *train, test = (file.read(folder) for file in FILES)
    pictures, labels = (np.concatenate(arrays) for arrays in zip(*train, strict=True))
    return Pictures(
        name="CIFAR-10",
        source="torchvision's batches",
        train=split(pictures, labels, folder),
        test=split(*test, folder),
    )


@cache
def _from_npz(path: Path) -> Pictures:
    return read_npz(path)


def read_npz(path: Path) -> Pictures:
    """The photographs of an ``.npz`` as they are now. Raises ``BenchError`` for anything else."""
    import numpy as np

    try:
        with plain_file.opened(path) as file:
            require_small(file)
            with np.load(file, allow_pickle=False) as arrays:
                x_train, y_train, x_test, y_test = (arrays[key] for key in KEYS)
    except Exception as error:  # of what is damaged numpy's and zip's readers may raise anything
        raise BenchError(f"{path} should hold the arrays {', '.join(KEYS)}: {error}") from None
    train, test = split(channels_first(x_train), y_train, path), split(channels_first(x_test), y_test, path)
    return Pictures(name="CIFAR-10", source=str(NPZ), train=train, test=test)


def require_small(file: BinaryIO) -> None:
    """Raises ``ValueError`` for an ``.npz`` that would take more memory than all photographs do, or arrays that are
    larger than what is there of them. The file is at its beginning again."""
    import numpy as np

    with zipfile.ZipFile(file) as archive:
        # No more than the archive says is ever unpacked; but an array's header may say anything, and be any length.
        sizes = {key: archive.getinfo(f"{key}.npy").file_size for key in KEYS}
        if sum(sizes.values()) > MOST_UNPACKED:
            raise ValueError(f"its arrays would take {sum(sizes.values()):,} bytes, of at most {MOST_UNPACKED:,}")
        for key, size in sizes.items():
            with archive.open(f"{key}.npy") as array:
                version = np.lib.format.read_magic(array)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, dtype = read(array)
            if not dtype.hasobject and prod(shape) * dtype.itemsize > size:
                raise ValueError(f"{key} of the shape {shape} is not all there")
    file.seek(0)


def channels_first(pictures: np.ndarray) -> np.ndarray:
    """(N, 32, 32, 3), as Keras and ``cifar10.npz`` have it, as (N, 3, 32, 32)."""
    return pictures.transpose(0, 3, 1, 2) if pictures.ndim == 4 and pictures.shape[3] == 3 else pictures


def split(pictures: np.ndarray, labels: np.ndarray, path: Path) -> Split:
    """Copies as tensors. Raises ``BenchError`` unless they are pictures in bytes with one label of 0 … 9 each."""
    import numpy as np
    import torch

    if pictures.dtype != np.uint8 or pictures.shape[1:] != SHAPE or not len(pictures):
        raise BenchError(f"{path} should hold uint8 pictures of 32 × 32 × 3, not {pictures.dtype} {pictures.shape}")
    numbers = labels.reshape(-1)
    if numbers.dtype.kind not in "iu" or len(numbers) != len(pictures) or numbers.min() < 0 or numbers.max() > 9:
        raise BenchError(f"{path} should hold {len(pictures)} labels of 0 to 9, not {labels.dtype} {labels.shape}")
    return Split(torch.from_numpy(np.array(pictures, order="C")), torch.from_numpy(numbers.astype(np.int64)))


@cache
def _stand_in() -> Pictures:
    from bench.kit.data.shapes import shapes

    return shapes()
