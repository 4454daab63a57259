"""Fingerprints of data sets: what their files hold, remembered until a file is touched, on this machine."""

import gzip
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from bench.execute.child import digests as module
from bench.execute.child.digests import digests

SETS: dict[str, tuple[str, ...]] = {"one": ("a",), "two": ("a", "b.gz"), "none": ()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"second"))
    return tmp_path


def here(folder: Path, sets: Mapping[str, tuple[str, ...]] = SETS) -> dict[str, str]:
    return digests("full", lambda form: {name: [folder / file for file in files] for name, files in sets.items()})


def test_a_set_has_the_fingerprint_of_what_its_files_hold(folder: Path) -> None:
    parts = [sha256(data).hexdigest() for data in (b"first", b"second")]
    assert here(folder) == {"one": parts[0], "two": sha256(" ".join(parts).encode()).hexdigest()}


def test_a_packed_copy_is_the_same_data(folder: Path) -> None:
    (folder / "b").write_bytes(b"second")
    assert here(folder)["two"] == here(folder, SETS | {"two": ("a", "b")})["two"]


def test_a_part_that_is_missing_or_in_another_place_is_another_set(folder: Path) -> None:
    orders = (("a", "b.gz"), ("b.gz", "a"), ("a",), ("b.gz",))
    assert len({here(folder, {"two": order})["two"] for order in orders}) == len(orders)


@pytest.mark.parametrize(
    "data", [b"no gzip", gzip.compress(b"second")[:-9], gzip.compress(b"x" * 999)[:20]], ids=["foreign", "cut", "short"]
)
def test_what_cannot_be_read_is_not_passed_over(folder: Path, data: bytes) -> None:
    (folder / "b.gz").write_bytes(data)
    assert here(folder)["two"] == module.UNREADABLE


def test_a_file_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = here(folder)
    monkeypatch.setattr(module, "_of_file", lambda path: pytest.fail(f"{path} was read again"))
    assert here(folder) == before


def test_unless_it_is_another_one_of_the_same_size_and_age(folder: Path) -> None:
    """A copy that keeps the time of the first, and is damaged."""
    before, status = here(folder), (folder / "a").stat()
    (folder / "copy").write_bytes(b"worst")
    os.utime(folder / "copy", ns=(status.st_atime_ns, status.st_mtime_ns))
    (folder / "copy").replace(folder / "a")
    assert here(folder)["one"] != before["one"]


def test_what_another_machine_knows_of_its_own_disk_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may share what is remembered, and have the same path for two disks."""
    before, read = here(folder), []
    monkeypatch.setattr("platform.node", lambda: "another")
    of_file = module._of_file
    monkeypatch.setattr(module, "_of_file", lambda path: (read.append(path), of_file(path))[1])
    assert here(folder) == before
    assert {path.name for path in read} == {"a", "b.gz"}


def test_the_loaders_of_the_exercises_are_asked() -> None:
    assert {"iris", "mnist (embedded)"} <= digests("embedded").keys()
