import pytest

from bench.errors import BenchError, Missing, UsageError
from bench.kit.data.fetch import fetch, status


def by_name(statuses):
    return {entry.name: entry for entry in statuses}


def refuse(root):
    raise AssertionError("nothing was to be downloaded")


class TestStatus:
    def test_what_ships_with_packages_is_here(self, data_folder):
        for name in ("mnist (embedded)", "iris"):
            entry = by_name(status())[name]
            assert entry.found.is_file()
            assert entry.size == entry.found.stat().st_size
            assert "ships with" in entry.note

    def test_nothing_fetched_yet(self, data_folder):
        entry = by_name(status())["mnist (full)"]
        assert (entry.found, entry.size, entry.genuine) == (None, 0, None)
        assert entry.looked == (data_folder / "MNIST" / "raw", data_folder.parent / "own" / "MNIST" / "raw")
        assert "`bench data fetch mnist`" in entry.note

    def test_whole_and_genuine(self, data_folder, write_mnist):
        raw = write_mnist(data_folder)
        entry = by_name(status())["mnist (full)"]
        assert (entry.found, entry.genuine, entry.note) == (raw, True, "")
        assert entry.size == 6 * 784 + 16 + 2 * 784 + 16 + 6 + 8 + 2 + 8

    def test_damaged(self, data_folder, write_mnist):
        (write_mnist(data_folder) / "t10k-images-idx3-ubyte").write_bytes(b"")
        entry = by_name(status())["mnist (full)"]
        assert entry.genuine is False
        assert "t10k-images-idx3-ubyte should have 1584 bytes and has 0" in entry.note


class TestFetch:
    def test_puts_verified_files_in_place_and_leaves_nothing_else(self, data_folder, write_mnist):
        raw = fetch("mnist", write_mnist)
        assert raw == data_folder / "MNIST" / "raw"
        assert len(list(raw.iterdir())) == 4
        assert [path.name for path in data_folder.iterdir()] == ["MNIST"]
        assert by_name(status())["mnist (full)"].genuine

    def test_downloads_nothing_that_is_here(self, data_folder, write_mnist):
        write_mnist(data_folder)
        assert fetch("mnist", refuse) == data_folder / "MNIST" / "raw"

    def test_replaces_a_damaged_file(self, data_folder, write_mnist):
        path = write_mnist(data_folder) / "train-images-idx3-ubyte"
        path.write_bytes(b"half")
        fetch("mnist", write_mnist)
        assert by_name(status())["mnist (full)"].genuine

    def test_a_damaged_download_changes_nothing(self, data_folder, write_mnist):
        path = write_mnist(data_folder) / "train-images-idx3-ubyte"
        path.write_bytes(b"half")

        def damaged(root):
            (write_mnist(root) / "t10k-labels-idx1-ubyte").write_bytes(b"cut")

        with pytest.raises(BenchError, match="t10k-labels-idx1-ubyte should have 10 bytes and has 3"):
            fetch("mnist", damaged)
        assert path.read_bytes() == b"half"
        assert [path.name for path in data_folder.iterdir()] == ["MNIST"]

    def test_no_network_is_one_line(self, data_folder):
        def offline(root):
            raise RuntimeError("Error downloading train-images:\nTried mirror, got:\n<urlopen error>\n")

        with pytest.raises(Missing, match="could not be downloaded: Error downloading train-images: Tried mirror"):
            fetch("mnist", offline)

    def test_a_folder_that_can_not_be_written(self, data_folder):
        def forbidden(root):
            raise PermissionError(13, "Permission denied", str(root))

        with pytest.raises(Missing, match="can not be written; set BENCH_DATA to a folder that can"):
            fetch("mnist", forbidden)

    def test_only_what_can_be_fetched(self, data_folder):
        with pytest.raises(UsageError, match="nothing to fetch for 'iris'"):
            fetch("iris")
