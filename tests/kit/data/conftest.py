"""A small MNIST in idx files, written independently of the reader."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from bench.kit.data import digits, fetch


def idx_bytes(array: np.ndarray, magic: int | None = None) -> bytes:
    magic = 0x800 + array.ndim if magic is None else magic
    return struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.tobytes()


def small_arrays() -> dict[str, np.ndarray]:
    """6 + 2 digits by the names of their files."""
    arrays = {}
    for split, count in (("train", 6), ("t10k", 2)):
        pixels = np.arange(count * 784, dtype=np.int64) % 251
        arrays[f"{split}-images-idx3-ubyte"] = pixels.astype(np.uint8).reshape(count, 28, 28)
        arrays[f"{split}-labels-idx1-ubyte"] = np.arange(count, dtype=np.uint8)
    return arrays


def write_small_mnist(root: Path) -> Path:
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, array in small_arrays().items():
        (raw / name).write_bytes(idx_bytes(array))
    return raw


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """An empty folder that stands for ``$BENCH_DATA``; the loaders expect the small MNIST."""
    monkeypatch.setenv("BENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "own")
    files = tuple(
        digits.IdxFile(name, array.shape, hashlib.md5(idx_bytes(array)).hexdigest())
        for name, array in small_arrays().items()
    )
    monkeypatch.setattr(digits, "FILES", files)
    monkeypatch.setattr(fetch, "FILES", files)
    return tmp_path / "data"


@pytest.fixture
def write_mnist():
    """Writes the small MNIST under a root, as torchvision lays it out, and gives the folder of its files."""
    return write_small_mnist


@pytest.fixture
def as_idx():
    """The bytes of an array as an idx file, with another magic number if one is given."""
    return idx_bytes
