"""Only plain files are read, only so much of them, and nobody waits."""

import errno
import os
from pathlib import Path

import pytest

from bench import plain_file


def test_a_plain_file_and_a_link_to_one_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\0\r\nb")
    (tmp_path / "b").symlink_to("a")
    assert plain_file.read(tmp_path / "a") == plain_file.read(str(tmp_path / "b")) == b"\0\r\nb"


def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(OSError, match="it is no plain file") as caught:
            plain_file.read(path)
        assert caught.value.errno == errno.EINVAL
    with pytest.raises(IsADirectoryError):
        plain_file.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        plain_file.read(tmp_path / "nothing")


def test_no_handle_is_left_of_what_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - a Path would be opened, too
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match=r"plain|directory"):
            plain_file.read(path)
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_more_than_can_be_meant_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert plain_file.read(tmp_path / "a", most=3) == b"abc"
    with pytest.raises(OSError, match="it has 3 bytes, of at most 2"):
        plain_file.read(tmp_path / "a", most=2)
    os.truncate(tmp_path / "a", 1 << 40)
    with pytest.raises(OSError, match="it has 1,099,511,627,776 bytes, of at most 3") as caught:
        plain_file.read(tmp_path / "a", most=3)
    assert caught.value.errno == errno.EFBIG


def test_what_is_written_on_meanwhile_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    def looked_at(handle: int) -> os.stat_result:
        found = fstat(handle)
        with (tmp_path / "a").open("ab") as file:
            file.write(b"def")
        return found

    fstat = os.fstat
    with plain_file.opened(tmp_path / "a") as file:
        monkeypatch.setattr(plain_file, "opened", lambda path: file)
        monkeypatch.setattr(os, "fstat", looked_at)
        assert plain_file.read(tmp_path / "a") == b"abc"


def test_a_text_has_one_kind_of_line_ends_and_must_be_utf8(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("é\r\nb\rc\n".encode())
    assert plain_file.text(tmp_path / "a") == "é\nb\nc\n"
    (tmp_path / "a").write_bytes(b"\xe9")
    with pytest.raises(UnicodeDecodeError):
        plain_file.text(tmp_path / "a")
