"""How much memory a file may take, whatever it says of itself: measured in a process of its own, by the kernel."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.kit.data import cifar
from bench.measure import memory
from tests.bad_input import files, samples, watching

ROOM = 48 * 2**20
"""Bytes that any reader may take beside: libraries that it imports, and their buffers."""
JSON_SIZE, JSON_TIMES = 2**20, 32
"""Of JSON: a ``0,`` of two bytes is a number of 24 in a list of 8 each, half of what an honest one takes by itself."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return watching.quiet(tmp_path, monkeypatch)


def grown(work: Callable[[], object]) -> int:
    """Bytes by which the most that a process has held grows meanwhile: a fork, so that nothing is left of it."""
    ours, theirs = os.pipe()
    if not (child := os.fork()):
        with suppress(BaseException):
            Path("/proc/self/clear_refs").write_text("5")
            before = memory._status("VmHWM")
            with suppress(BenchError):
                work()
            os.write(theirs, str(memory._status("VmHWM") - before).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as said:
        told = said.read()
    os.waitpid(child, 0)
    assert told, "the reader did not bear it"
    return int(told)


def test_what_is_taken_is_seen() -> None:
    """Or no bound below would say anything."""
    assert 100 * 2**20 < grown(lambda: bytes(b"x" * (128 * 2**20))) < 300 * 2**20


def packed(size: int) -> bytes:
    return gzip.compress(samples.idx()[:16] + bytes(size), mtime=0)


def npz(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in cifar.KEYS:
            archive.writestr(f"{key}.npy", parts.get(key, b""))
    return made.getvalue()


def promising(shape: tuple[int, ...]) -> bytes:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return header.getvalue()


def png(width: int, height: int) -> bytes:
    """A picture of one colour, packed a thousand times smaller than it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width * 3 + 1) * min(height, 2000)), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def packed_checkpoint() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(samples.checkpoint())) as honest, zipfile.ZipFile(made, "w", 8) as archive:
        for entry in honest.infolist():
            archive.writestr(entry.filename, bytes(300 * 2**20) if "data/0" in entry.filename else honest.read(entry))
    return made.getvalue()


BOMBS: dict[tuple[str, str], Callable[[], bytes]] = {
    ("IDX, packed", "unpacks to a thousand times more"): lambda: packed(300 * 2**20),
    ("npz", "an array that unpacks to more"): lambda: npz(x_train=promising((10**5, 32, 32, 3)) + bytes(600 * 2**20)),
    ("npz", "an array that is not there"): lambda: npz(**dict.fromkeys(cifar.KEYS, promising((10**5, 32, 32, 3)))),
    ("npz", "a header without end"): lambda: npz(
        x_train=b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little") + b" " * (500 * 2**20)
    ),
    ("a photograph", "more pixels than any camera has"): lambda: png(20_000, 20_000),
    ("a picture of a run", "more pixels than a page shows"): lambda: png(20_000, 20_000),
    ("checkpoint", "packed"): packed_checkpoint,
    ("tensors", "packed"): packed_checkpoint,
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "what"), BOMBS)
def test_a_bomb_takes_no_more_than_any_file(name: str, what: str, here: Path) -> None:
    files.surround(name, here)
    files.lay(files.FILES[name], BOMBS[name, what](), here)
    assert grown(lambda: files.FILES[name].read(here)) < ROOM


def honest_png() -> bytes:
    return png(2000, 2000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a photograph", honest_png, 2000 * 2000 * 3),
        ("npz", lambda: npz(**large_npz()), 60_000 * 3072),
        ("checkpoint", lambda: large_checkpoint(), 100 * 2**20),
    ],
)
def test_an_honest_file_takes_twice_its_content(name: str, data: Callable[[], bytes], size: int, here: Path) -> None:
    files.lay(files.FILES[name], data(), here)
    assert grown(lambda: files.FILES[name].read(here)) < 2 * size + ROOM


def large_npz() -> dict[str, bytes]:
    def whole(array: np.ndarray) -> bytes:
        made = io.BytesIO()
        np.save(made, array)
        return made.getvalue()

    pictures, labels = np.zeros((30_000, 32, 32, 3), np.uint8), np.zeros(30_000, np.uint8)
    return dict(zip(cifar.KEYS, (whole(each) for each in (pictures, labels, pictures, labels)), strict=True))


def large_checkpoint() -> bytes:
    import torch

    made = io.BytesIO()
    torch.save({"weights": torch.zeros(25 * 2**20)}, made)
    return made.getvalue()


NESTED: dict[str, Callable[[str], bytes]] = {
    "zeros": lambda field: b'{"schema": 1, "%s": [' % field.encode() + b"0," * (JSON_SIZE // 2) + b"0]}",
    "lists": lambda field: b'{"schema": 1, "%s": [' % field.encode() + b"[]," * (JSON_SIZE // 3) + b"[]]}",
    "objects": lambda field: b'{"schema": 1, "%s": [' % field.encode() + b"{}," * (JSON_SIZE // 3) + b"{}]}",
    "depth": lambda field: b'{"schema": 1, "%s": ' % field.encode() + b"[" * JSON_SIZE,
    "a text": lambda field: b'{"schema": 1, "%s": "' % field.encode() + b"x" * JSON_SIZE + b'"}',
    "white space": lambda field: b'{"schema": 1, "%s": ' % field.encode() + b" " * JSON_SIZE + b"1}",
}
FIELDS = {
    "run.json": "seeds",
    "shards.json": "pieces",
    "tags.json": "tags",
    "outlines.json": "values",
    "noise.json": "floors",
    "scheduler file": "workers",
    "kept.json": "runs",
    "sweep.json": "variants",
    "portraits": "portraits",
}


@pytest.mark.parametrize("what", NESTED)
@pytest.mark.parametrize("name", FIELDS)
def test_json_takes_a_known_number_of_times_its_bytes(name: str, what: str, here: Path) -> None:
    files.surround(name, here)
    files.lay(files.FILES[name], NESTED[what](FIELDS[name]), here)
    assert grown(lambda: files.FILES[name].read(here)) < JSON_TIMES * JSON_SIZE + ROOM
