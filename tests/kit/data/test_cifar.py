"""CIFAR-10: where it is found, what is refused, and that what stands in for it says so."""

import errno
import hashlib
import io
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch

from bench.errors import BenchError, Missing
from bench.kit.data import cifar, cifar10, fetch

REAL_MD5 = {file.name: file.md5 for file in cifar.FILES}


def pictures(count: int, start: int = 0) -> np.ndarray:
    """(count, 3, 32, 32), every picture another."""
    return (np.arange(count * 3072) * 7 + start).astype(np.uint8).reshape(count, 3, 32, 32)


class Python2(pickle._Pickler):
    """Writes bytes as Python 2 wrote its texts, which the canonical files are full of."""

    dispatch: ClassVar = dict(pickle._Pickler.dispatch)

    def save_bytes(self, data: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(data)

    dispatch[bytes] = save_bytes


def batch(rows: np.ndarray, labels: object) -> bytes:
    file = io.BytesIO()
    Python2(file, protocol=2).dump({"data": rows.reshape(len(rows), -1), "labels": labels, "filenames": [b"a.png"]})
    return file.getvalue()


def contents() -> dict[str, bytes]:
    return {
        name: batch(pictures(4, start), [(start + k) % 10 for k in range(4)]) for start, name in enumerate(REAL_MD5)
    }


def write_batches(root: Path) -> Path:
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents().items():
        (folder / name).write_bytes(data)
    return folder


def write_npz(root: Path, **changed: np.ndarray) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    arrays = {
        "x_train": pictures(6).transpose(0, 2, 3, 1),
        "y_train": np.arange(6, dtype=np.uint8),
        "x_test": pictures(3).transpose(0, 2, 3, 1),
        "y_test": np.array([9, 8, 7], dtype=np.uint8),
    }
    np.savez(root / "cifar10.npz", **(arrays | changed))
    return root / "cifar10.npz"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """The loader expects the small batches."""
    files = tuple(
        cifar.Batch(name, hashlib.md5(data, usedforsecurity=False).hexdigest()) for name, data in contents().items()
    )
    monkeypatch.setattr(cifar, "FILES", files)


class TestReal:
    def test_batches_are_joined_in_order(self, data_folder):
        write_batches(data_folder)
        data = cifar10("full")
        assert (data.name, data.stand_in, data.sizes) == ("CIFAR-10", False, {"train": 20, "test": 4})
        assert torch.equal(data.train.x[4:8], torch.from_numpy(pictures(4, 1)))
        assert torch.equal(data.test.x, torch.from_numpy(pictures(4, 5)))
        assert data.train.y.tolist()[:8] == [0, 1, 2, 3, 1, 2, 3, 4]
        assert (data.train.x.dtype, data.train.y.dtype) == (torch.uint8, torch.int64)

    def test_reads_what_torchvision_reads(self, data_folder, monkeypatch):
        from torchvision.datasets import CIFAR10

        monkeypatch.setattr(CIFAR10, "_load_meta", lambda _: None)
        write_batches(data_folder)
        sums = {file.name: file.md5 for file in cifar.FILES}
        monkeypatch.setattr(CIFAR10, "train_list", [[name, sums[name]] for name in list(sums)[:5]])
        monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", sums["test_batch"]]])
        theirs = CIFAR10(str(data_folder), train=True)
        ours = cifar10("full").train
        assert torch.equal(ours.x.permute(0, 2, 3, 1), torch.from_numpy(theirs.data))
        assert ours.y.tolist() == theirs.targets

    def test_the_checksums_are_torchvisions(self):
        from torchvision.datasets import CIFAR10

        assert list(REAL_MD5.items()) == [tuple(pair) for pair in CIFAR10.train_list + CIFAR10.test_list]

    def test_npz_has_channels_last_and_gets_them_first(self, data_folder):
        write_npz(data_folder)
        data = cifar10("full")
        assert torch.equal(data.train.x, torch.from_numpy(pictures(6)))
        assert data.train.x.is_contiguous()
        assert data.test.y.tolist() == [9, 8, 7]
        assert (data.name, data.source, data.stand_in) == ("CIFAR-10", "cifar10.npz", False)

    def test_labels_in_a_column_as_keras_has_them(self, data_folder):
        write_npz(data_folder, y_test=np.array([[1], [2], [3]]))
        assert cifar10().test.y.tolist() == [1, 2, 3]

    def test_embedded_takes_the_real_one_where_it_is(self, data_folder):
        write_npz(data_folder.parent / "own")
        assert not cifar10("embedded").stand_in

    def test_batches_go_before_an_npz(self, data_folder):
        write_npz(data_folder)
        write_batches(data_folder)
        assert len(cifar10("full").train) == 20


class TestRefused:
    def test_missing_says_where_was_looked_and_how_to_get_it(self, data_folder):
        with pytest.raises(Missing) as caught:
            cifar10("full")
        assert caught.value.exit_code == 3
        for part in (
            data_folder,
            data_folder.parent / "own",
            "`bench data fetch cifar10`",
            "BENCH_DATA",
            "cifar10.npz",
        ):
            assert str(part) in str(caught.value)

    def test_another_name(self):
        with pytest.raises(ValueError, match="embedded or full, not 'small'"):
            cifar10("small")

    def test_an_npz_that_would_fill_the_memory_is_not_unpacked(self, data_folder):
        """Its header says how large the array is, and the archive says nothing of that."""
        path = write_npz(data_folder)
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "|u1", "fortran_order": False, "shape": (10**12, 32, 32, 3)}
        )
        with zipfile.ZipFile(path, "w") as archive:
            for key in cifar.KEYS:
                archive.writestr(f"{key}.npy", header.getvalue())
        with pytest.raises(BenchError, match=r"cifar10\.npz should hold .* is not all there"):
            cifar10("full")

    def test_one_missing_file_is_named(self, data_folder):
        (write_batches(data_folder) / "data_batch_3").unlink()
        with pytest.raises(Missing, match="cifar-10-batches-py lacks data_batch_3; `bench data fetch cifar10`"):
            cifar10("full")

    def test_a_file_that_is_not_the_canonical_one_is_not_unpickled(self, data_folder, tmp_path):
        (write_batches(data_folder) / "test_batch").write_bytes(pickle.dumps(Touch(tmp_path / "ran")))
        with pytest.raises(BenchError, match=r"test_batch .* is not CIFAR-10's: its MD5 is"):
            cifar10("full")
        assert not (tmp_path / "ran").exists()

    def test_a_pickle_may_ask_for_arrays_only(self, tmp_path):
        with pytest.raises(BenchError, match=r"it asks for .*touch_it"):
            cifar.unpacked(pickle.dumps(Touch(tmp_path / "ran")), "a file")
        assert not (tmp_path / "ran").exists()

    @pytest.mark.parametrize(
        "data", [b"", b"no pickle", pickle.dumps([1]), pickle.dumps({"data": np.zeros(7, np.uint8), "labels": [1]})]
    )
    def test_what_is_no_batch(self, data):
        with pytest.raises(BenchError, match="a file is no batch of pictures"):
            cifar.unpacked(data, "a file")

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"x_train": np.zeros((6, 32, 32, 3), np.float32)}, r"uint8 pictures.*float32 \(6, 3, 32, 32\)"),
            ({"x_train": np.zeros((6, 28, 28), np.uint8)}, r"not uint8 \(6, 28, 28\)"),
            ({"x_train": np.zeros((0, 32, 32, 3), np.uint8), "y_train": np.zeros(0, np.uint8)}, r"uint8 \(0, 3"),
            ({"y_test": np.array([1, 2, 10])}, "3 labels of 0 to 9"),
            ({"y_test": np.array([-1, 2, 3])}, "3 labels of 0 to 9"),
            ({"y_test": np.array([1, 2])}, r"3 labels of 0 to 9, not int64 \(2,\)"),
            ({"y_test": np.array([0.5, 1, 2])}, "not float64"),
            ({"y_test": np.array([None, 1, 2])}, "allow_pickle"),
        ],
    )
    def test_an_npz_of_another_form(self, data_folder, changed, says):
        write_npz(data_folder, **changed)
        with pytest.raises(BenchError, match=says):
            cifar10("full")

    def test_an_npz_without_a_key_or_cut_short(self, data_folder):
        path = write_npz(data_folder)
        path.write_bytes(path.read_bytes()[:-200])
        with pytest.raises(BenchError, match="should hold the arrays x_train, y_train, x_test, y_test"):
            cifar10("full")
        np.savez(path, x_train=pictures(2))
        with pytest.raises(BenchError, match=r"y_train"):
            cifar10("full")


class Touch:
    """A pickle that writes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return touch_it, (self.path,)


def touch_it(path: Path) -> None:
    path.write_text("")


def test_the_stand_in_says_so(data_folder):
    data = cifar10()
    assert data.stand_in
    assert "stand-in" in data.name
    assert "generated" in data.source
    assert data is cifar10(), "a process draws it once"


class TestFetched:
    def test_is_listed(self, data_folder):
        def row():
            return next(row for row in fetch.status() if row.name == "cifar10")

        assert row().found is None
        assert "`bench data fetch cifar10`" in row().note
        npz = write_npz(data_folder)
        assert (row().found, row().genuine) == (npz, None)
        folder = write_batches(data_folder)
        assert (row().found, row().genuine) == (folder, True)
        (folder / "test_batch").write_bytes(b"cut")
        assert row().genuine is False

    def test_is_put_in_place(self, data_folder):
        folder = fetch.fetch("cifar10", write_batches)
        assert folder == data_folder / "cifar-10-batches-py"
        assert [path.name for path in data_folder.iterdir()] == [folder.name]
        assert len(cifar10("full").train) == 20

    def test_a_damaged_download_changes_nothing(self, data_folder):
        def damaged(root):
            (write_batches(root) / "data_batch_2").write_bytes(b"cut")

        with pytest.raises(BenchError, match=r"data_batch_2 .* is not CIFAR-10's"):
            fetch.fetch("cifar10", damaged)
        assert not data_folder.exists()

    def test_no_network_is_one_line(self, data_folder):
        def offline(root):
            raise RuntimeError("no\nnetwork")

        with pytest.raises(Missing, match="CIFAR-10 could not be downloaded: no network"):
            fetch.fetch("cifar10", offline)
        assert not data_folder.exists()

    def test_a_folder_of_data_that_was_not_there_is_not_left_behind(self, data_folder, monkeypatch):
        def offline(root):
            raise ConnectionResetError("no network")

        monkeypatch.setenv("BENCH_DATA", str(data_folder / "new" / "folder"))
        with pytest.raises(Missing, match="CIFAR-10 could not be downloaded: no network"):
            fetch.fetch("cifar10", offline)
        assert not data_folder.exists()

    def test_a_full_disk_is_one_line_and_leaves_nothing(self, data_folder):
        def full(root):
            write_batches(root)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with pytest.raises(Missing, match=f"no space left on the disk of {data_folder}: free some"):
            fetch.fetch("cifar10", full)
        assert not data_folder.exists()

    def test_a_download_that_was_stopped_is_as_good_as_none(self, data_folder):
        """The stand-in serves, ``full`` says what is wrong, and a later fetch mends it."""
        (data_folder / "cifar-10-batches-py").mkdir(parents=True)
        assert cifar10("embedded").stand_in
        with pytest.raises(Missing, match=r"CIFAR-10 is incomplete: .* lacks data_batch_1, .*, test_batch; `bench"):
            cifar10("full")
        fetch.fetch("cifar10", write_batches)
        assert len(cifar10("embedded").train) == 20

    def test_a_folder_that_is_whole_counts_before_one_that_is_not(self, data_folder):
        (data_folder / "cifar-10-batches-py").mkdir(parents=True)
        write_batches(data_folder.parent / "own")
        assert len(cifar10("full").train) == 20
