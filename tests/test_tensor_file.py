"""What can be computed anew is kept whole or not at all, and no code is read from it."""

import os
from pathlib import Path

import pytest
import torch

from bench.tensor_file import keep, recall
from tests.full_disk import FULL


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    keep(tmp_path / "x.pt", {"w": torch.arange(3.0), "n": 1})
    kept = recall(tmp_path / "x.pt")
    assert kept is not None
    assert kept["n"] == 1
    assert torch.equal(kept["w"], torch.arange(3.0))
    assert [path.name for path in tmp_path.iterdir()] == ["x.pt"]


@pytest.mark.parametrize("content", [b"", b"not a file of torch"])
def test_what_is_not_whole_is_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    assert recall(tmp_path / "x.pt") is None
    assert recall(tmp_path / "missing.pt") is None


def test_no_code_is_read(tmp_path: Path) -> None:
    torch.save({"call": print}, tmp_path / "x.pt")
    assert recall(tmp_path / "x.pt") is None


def test_where_it_cannot_be_written_nothing_is_kept(tmp_path: Path) -> None:
    keep(tmp_path / "no folder" / "x.pt", {"n": 1})
    assert not (tmp_path / "no folder").exists()


@pytest.mark.skipif(not Path(FULL).exists(), reason="only Linux has /dev/full")
def test_on_a_full_disk_no_half_of_it_takes_room(tmp_path: Path) -> None:
    (tmp_path / f"x.{os.getpid()}").symlink_to(FULL)
    keep(tmp_path / "x.pt", {"w": torch.zeros(1000)})
    assert list(tmp_path.iterdir()) == []
