"""Two runs on one device wait for each other, and say for whom."""

import errno
import getpass
import os
import stat
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.execute import lock
from bench.execute.lock import locked


def test_the_second_waits_and_is_told_who_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    said: list[str] = []
    waiting, entered = threading.Event(), threading.Event()

    def second() -> None:
        with locked(["cpu"], "the second", lambda text: (said.append(text), waiting.set())):
            entered.set()

    thread = threading.Thread(target=second)
    with locked(["cuda", "cpu"], "the first", said.append):
        thread.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    thread.join(10)
    assert entered.is_set()
    assert said == ["waiting for the cpu: held by the first"]


def test_devices_do_not_wait_for_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    said: list[str] = []
    with locked(["cpu"], "one", said.append), locked(["cuda"], "two", said.append):
        assert said == []


class Waits(Exception):
    pass


def refuse(text: str) -> None:
    raise Waits(text)


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        ("GPU-1", "GPU-2", ""),
        ("GPU-1", "GPU-1", "cuda-GPU-1"),
        ("", "GPU-1", "cuda"),
        ("GPU-1", "", "cuda"),
        ("", "", "cuda"),
        ("../x", "GPU-1", "cuda"),
    ],
)
def test_each_gpu_is_a_device_of_its_own_and_who_does_not_know_his_keeps_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str, waits: str
) -> None:
    """Two jobs on one node have a GPU each, or one between them."""
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))
    expected = pytest.raises(Waits, match=f"^waiting for the {waits}: held by the first$") if waits else nullcontext()
    with locked(["cuda"], "the first", refuse, first), expected, locked(["cuda"], "the second", refuse, second):
        pass
    with locked(["cuda"], "a third", refuse, second):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_of_the_processor_there_is_one_whatever_the_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    with locked(["cpu"], "one", refuse, "GPU-1"), pytest.raises(Waits), locked(["cpu"], "two", refuse, "GPU-2"):
        pass


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "file" / "locks"))
    with pytest.raises(UsageError, match="BENCH_LOCKS"), locked(["cpu"], "one", print):
        pass


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}


def test_all_users_share_the_folder_whatever_their_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody can take away another's lock. What is said of the holder is replaced, not added to."""
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))
    before = os.umask(0o077)
    try:
        for who in ("the first, with a long command", "the second"):
            with locked(["cpu"], who, print):
                pass
    finally:
        os.umask(before)
    assert modes(tmp_path / "locks") == {"locks": 0o1777, "cpu.lock": 0o666}
    assert (tmp_path / "locks" / "cpu.lock").read_text() == "the second"


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    tmp_path.chmod(0o700)
    with locked(["cpu"], "me", print):
        assert modes(tmp_path)[tmp_path.name] == 0o700


def test_links_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))
    (tmp_path / "locks").mkdir()
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "locks" / "cpu.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(UsageError, match="BENCH_LOCKS"), locked(["cpu"], "me", print):
        pass
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 12345"), OSError("No username set")])
def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(getpass, "getuser", fail)
    assert lock.user() == str(os.getuid())


def test_it_is_held_where_no_room_is_for_the_word_of_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))

    def full(handle: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with (
        locked(["cpu"], "the first", pytest.fail),
        pytest.raises(Waits, match="held by another run"),
        locked(["cpu"], "the second", refuse),
    ):
        pass
