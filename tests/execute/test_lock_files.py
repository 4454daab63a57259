"""Where locks lie, and what is not taken for one: the folder of all users is open to everyone."""

import getpass
import os
import stat
from pathlib import Path

import pytest

from bench.execute import lock_files
from bench.execute.lock import locked


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of temporary files, and a user's own runtime folder."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.delenv("BENCH_LOCKS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(lock_files, "temporary", lambda: tmp_path / "tmp")
    return tmp_path


def test_the_folder_is_one_for_all_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_LOCKS", raising=False)
    folder = lock_files.lock_folder()
    monkeypatch.setattr(getpass, "getuser", lambda: "another")
    monkeypatch.setattr(lock_files.tempfile, "gettempdir", lambda: "/home/another/tmp")
    assert lock_files.lock_folder() == folder
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert lock_files.lock_folder() == Path("/home/another/tmp/bench-locks")


def test_a_shared_folder_is_used_by_whoever_comes_second(machine: Path) -> None:
    said: list[str] = []
    for who in ("one", "two"):
        with locked(["cpu"], who, said.append):
            assert (machine / "tmp" / "bench-locks" / "cpu.lock").read_text() == who
    assert said == []


def link(place: Path, precious: Path) -> None:
    place.symlink_to(precious)


def second_name(place: Path, precious: Path) -> None:
    place.hardlink_to(precious)


def pipe(place: Path, precious: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("trap", [link, second_name, pipe])
def test_a_trap_is_told_and_the_lock_is_kept_in_a_folder_of_ones_own(machine: Path, trap: object) -> None:
    said: list[str] = []
    shared, precious = machine / "tmp" / "bench-locks", machine / "precious"
    shared.mkdir()
    precious.write_text("mine")
    trap(shared / "cpu.lock", precious)  # type: ignore[operator]
    with locked(["cpu"], "me", said.append):
        assert (machine / "runtime" / "bench-locks" / "cpu.lock").read_text() == "me"
    assert precious.read_text() == "mine"
    assert [line.partition(" is not to be trusted ")[0] for line in said] == [str(shared / "cpu.lock")]


def test_a_folder_that_is_a_link_is_not_followed(machine: Path) -> None:
    said: list[str] = []
    (machine / "home").mkdir()
    (machine / "tmp" / "bench-locks").symlink_to(machine / "home")
    with locked(["cpu"], "me", said.append):
        assert list((machine / "home").iterdir()) == []
    assert len(said) == 1


def test_without_a_runtime_folder_ones_own_lies_among_the_temporary_files_for_nobody_else(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    folder = lock_files.own_folder()
    assert folder == machine / "tmp" / f"bench-locks-{os.getuid()}"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o720])
def test_a_folder_of_ones_own_that_others_can_write_to_is_refused(
    machine: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    lock_files.own_folder().chmod(mode)
    with pytest.raises(PermissionError, match="another user's"):
        lock_files.own_folder()


def test_a_folder_of_ones_own_that_is_another_users_is_refused(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_files.own_folder()
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    (machine / "tmp" / f"bench-locks-{mine + 1}").mkdir(mode=0o700)
    with pytest.raises(PermissionError, match="another user's"):
        lock_files.own_folder()


def test_a_folder_that_was_named_is_taken_at_its_word(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "named").mkdir()
    (machine / "link").symlink_to(machine / "named")
    monkeypatch.setenv("BENCH_LOCKS", str(machine / "link"))
    with locked(["cpu"], "me", print):
        assert (machine / "named" / "cpu.lock").read_text() == "me"


def test_what_is_said_of_a_holder_is_short_and_one_line(machine: Path) -> None:
    said: list[str] = []
    from bench.execute.lock import take

    with locked(["cpu"], "x\n" * 10_000, print):
        path = machine / "tmp" / "bench-locks" / "cpu.lock"

        class Given:
            """Another process would wait; this one is told, and given the lock."""

            def read(self, most: int) -> str:
                return path.read_text()[:most]

        refused = iter([BlockingIOError, None])

        def flock(*_: object) -> None:
            if error := next(refused):
                raise error

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bench.execute.lock.fcntl.flock", flock)
            take(Given(), "cpu", said.append)  # type: ignore[arg-type]
    assert len(said[0]) < 400
    assert "\n" not in said[0]
