"""Attempts at a shard: one counts, hostile files are none, and two processes are never at one shard."""

import errno
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.cluster import attempts
from bench.cluster.attempts import ATTEMPT, DONE, LOCK, REFUSED, Busy
from bench.results import journal, store
from bench.results.journal import JOURNAL
from bench.results.store import StoreError
from tests.cluster.doubles import HERE, plan_of


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[..., Path]:
    """A new attempt at shard 0 that has come to its end."""

    def attempt(host: str = "n0") -> Path:
        folder = attempts.begin(tmp_path, 0, host)
        journal.Journal.create(folder, plan_of("ex01.a")).close()
        (folder / store.RUN).write_text("{}")
        return folder

    return attempt


@pytest.mark.parametrize("host", ["node7.site", "", "../../etc", "-", "a b/c\0d", "é" * 300, "x" * 300, "a-1-2"])
def test_whatever_a_host_is_called_its_attempt_lies_in_its_shard(tmp_path: Path, host: str) -> None:
    folder = attempts.begin(tmp_path, 3, host)
    assert ATTEMPT.fullmatch(folder.name)
    assert folder.parent == tmp_path / "shards" / "00003"
    assert folder.is_dir()


def test_the_newest_attempt_is_the_first(attempt: Callable[..., Path], tmp_path: Path) -> None:
    one, other = attempt("z"), attempt("a")
    (attempts.folder_of(tmp_path, 0) / "n0-1-1").mkdir()  # without a journal
    assert attempts.attempts(tmp_path, 0) == [other, one]
    assert attempts.attempts(tmp_path, 1) == []


def test_of_two_that_end_at_once_one_counts(attempt: Callable[..., Path], tmp_path: Path) -> None:
    one, other = attempt(), attempt()
    assert attempts.finished(tmp_path, 0) is None
    assert [attempts.finish(one), attempts.finish(other)] == [True, False]
    assert attempts.finished(tmp_path, 0) == one


def test_an_attempt_counts_whose_answer_a_network_disk_has_lost(
    attempt: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks the server again, which says that the name is taken: by this very attempt."""
    link = os.link

    def twice(own: Path, done: Path) -> None:
        link(own, done)
        link(own, done)

    monkeypatch.setattr(os, "link", twice)
    assert attempts.finish(attempt())


def test_on_a_disk_without_links_one_counts_too(
    attempt: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "link", refuse)
    one, other = attempt(), attempt()
    assert [attempts.finish(one), attempts.finish(other)] == [True, False]
    assert attempts.finished(tmp_path, 0) == one


def test_a_full_disk_at_the_end_is_one_line(attempt: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    ended = attempt()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="no space left on the disk of"):
        attempts.finish(ended)


def a_file(text: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "up": a_file(b"../../../etc\n"),
    "absolute": a_file(b"/etc\n"),
    "nothing": a_file(b""),
    "a name of nobody": a_file(b"n9-1-1\n"),
    "bytes": a_file(b"\xff\0\xfe"),
    "huge": a_file(b"a" * 2**24),
    "a link": lambda path: path.symlink_to("/etc/hostname"),
    "a pipe": os.mkfifo,
    "a folder": lambda path: path.mkdir(),
    "a socket's name": lambda path: path.symlink_to("/dev/stdin"),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_whatever_done_holds_it_names_an_attempt_or_none(tmp_path: Path, make: Callable[[Path], object]) -> None:
    home = attempts.folder_of(tmp_path, 0)
    home.mkdir(parents=True)
    make(home / DONE)
    assert attempts.finished(tmp_path, 0) is None


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_whatever_refused_holds_it_is_a_short_text(tmp_path: Path, make: Callable[[Path], object]) -> None:
    home = attempts.folder_of(tmp_path, 0)
    home.mkdir(parents=True)
    make(home / REFUSED)
    words = attempts.refusal(tmp_path, 0)
    assert len(words) <= 500
    assert words == "" or (home / REFUSED).is_symlink() is False


def test_an_attempt_that_is_a_link_to_elsewhere_is_none(attempt: Callable[..., Path], tmp_path: Path) -> None:
    folder = attempt()
    away = tmp_path / "away"
    folder.rename(away)
    folder.symlink_to(away)
    (folder.parent / DONE).write_text(folder.name)
    assert attempts.finished(tmp_path, 0) is None
    assert attempts.attempts(tmp_path, 0) == []


def test_an_attempt_counts_no_more_and_another_can(attempt: Callable[..., Path], tmp_path: Path) -> None:
    one, other = attempt(), attempt()
    attempts.finish(one)
    attempts.disown(tmp_path, 0)
    attempts.disown(tmp_path, 0)
    assert attempts.finished(tmp_path, 0) is None
    assert one in attempts.attempts(tmp_path, 0), "what it has observed is of use"
    assert attempts.finish(other)


def test_what_is_set_aside_is_taken_over_by_nobody(attempt: Callable[..., Path], tmp_path: Path) -> None:
    attempts.finish(attempt())
    attempts.set_aside(tmp_path, 0)
    assert attempts.finished(tmp_path, 0) is None
    assert attempts.attempts(tmp_path, 0) == []
    attempts.set_aside(tmp_path, 7)


def test_a_refusal_is_kept_and_forgiven(tmp_path: Path) -> None:
    assert attempts.refusal(tmp_path, 0) == ""
    attempts.refuse(tmp_path, 0, "no\ncuda \udcff" + "x" * 1000, HERE)
    assert attempts.refusal(tmp_path, 0).startswith("no cuda ?x")
    assert attempts.refuser(tmp_path, 0) == HERE
    attempts.forgive(tmp_path, 0)
    attempts.forgive(tmp_path, 0)
    assert attempts.refusal(tmp_path, 0) == ""
    assert attempts.refuser(tmp_path, 0) is None


@pytest.mark.parametrize("machine", ["", "{", '{"host": 3}', "\udcff"])
def test_a_refusal_whose_machine_cannot_be_read_is_one_all_the_same(tmp_path: Path, machine: str) -> None:
    attempts.refuse(tmp_path, 0, "no cuda")
    file = attempts.folder_of(tmp_path, 0) / attempts.REFUSED
    file.write_bytes(b"no cuda\n" + machine.encode(errors="surrogateescape"))
    assert attempts.refusal(tmp_path, 0) == "no cuda"
    assert attempts.refuser(tmp_path, 0) is None


def test_two_are_never_at_one_shard(tmp_path: Path) -> None:
    waited: list[float] = []
    assert not attempts.busy(tmp_path, 0)
    with attempts.alone(tmp_path, 0):
        assert attempts.busy(tmp_path, 0)
        assert not attempts.busy(tmp_path, 1)
        with (
            pytest.raises(Busy, match=re.escape(f"shard 0 of {tmp_path.name} is being done by another process")),
            attempts.alone(tmp_path, 0, patience=1.0, pause=waited.append),
        ):
            pass
    assert len(waited) == 5
    assert not attempts.busy(tmp_path, 0)


def test_who_waits_goes_on_once_the_other_has_ended(tmp_path: Path) -> None:
    first = attempts.alone(tmp_path, 0)
    first.__enter__()
    with attempts.alone(tmp_path, 0, pause=lambda seconds: first.__exit__(None, None, None)):
        assert attempts.busy(tmp_path, 0)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_a_disk_without_locks_is_one_on_which_nobody_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def none(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", none)
    with attempts.alone(tmp_path, 0), attempts.alone(tmp_path, 0):
        assert not attempts.busy(tmp_path, 0)


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    home = attempts.folder_of(tmp_path, 0)
    home.mkdir(parents=True)
    (home / LOCK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="cannot be written"), attempts.alone(tmp_path, 0):
        pass
    assert not (tmp_path / "elsewhere").exists()


STEPS: dict[str, Callable[[Path], object]] = {
    "begin": lambda run: attempts.begin(run, 0, "n"),
    "refuse": lambda run: attempts.refuse(run, 0, "why"),
    "alone": lambda run: attempts.alone(run, 0).__enter__(),
}


@pytest.fixture
def in_the_way(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "shards").write_text("a file")
    return tmp_path


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_folder_that_cannot_be_made_is_one_line(in_the_way: Path, step: Callable[[Path], object]) -> None:
    with pytest.raises(StoreError, match="cannot be written") as error:
        step(in_the_way)
    assert "\n" not in str(error.value)


def test_looking_anew_asks_for_folders_that_may_not_be_there(tmp_path: Path) -> None:
    attempts.look_anew(tmp_path, 0)
    assert JOURNAL not in {path.name for path in tmp_path.iterdir()}


def test_a_lock_that_is_a_link_keeps_nobody_busy(attempt: Callable[..., Path], tmp_path: Path) -> None:
    attempt()
    lock = attempts.folder_of(tmp_path, 0) / attempts.LOCK
    lock.unlink(missing_ok=True)
    lock.symlink_to(tmp_path / "other")
    with (tmp_path / "other").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert not attempts.busy(tmp_path, 0)
