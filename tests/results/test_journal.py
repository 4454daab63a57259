import errno
import os
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest

from bench.model import Observation, Plan
from bench.results import journal as journals
from bench.results import store
from bench.results.journal import DAMAGED, JOURNAL, Journal, read
from bench.results.store import StoreError, encode

Observations = tuple[Observation, ...]


@pytest.fixture
def written(tmp_path: Path, plan: Plan, observations: Observations) -> Path:
    with Journal.create(tmp_path, plan) as journal:
        for observation in observations:
            journal.append(observation)
    return tmp_path / JOURNAL


def line(data: bytes) -> bytes:
    return b"%08x %s\n" % (crc32(data), data)


def test_what_was_written_is_there_again(written: Path, plan: Plan, observations: Observations) -> None:
    journal, again, observed = Journal.reopen(written.parent)
    journal.close()
    assert repr((again, observed)) == repr((plan, observations))
    assert journal.warning == ""


def test_every_line_is_safe_before_append_returns(
    tmp_path: Path, plan: Plan, observations: Observations, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real = os.fsync

    def watch(handle: int) -> None:
        sizes.append(os.fstat(handle).st_size)
        real(handle)

    with Journal.create(tmp_path, plan) as journal:
        monkeypatch.setattr(os, "fsync", watch)
        for observation in observations:
            journal.append(observation)
            assert sizes[-1] == (tmp_path / JOURNAL).stat().st_size
    assert len(sizes) == len(observations)


def test_a_second_journal_in_a_folder_is_refused(written: Path, plan: Plan) -> None:
    before = written.read_bytes()
    with pytest.raises(StoreError, match=rf"is there already: `bench run --resume {written.parent.name}`"):
        Journal.create(written.parent, plan)
    assert written.read_bytes() == before


@pytest.mark.parametrize("cut", [1, 2, 50])
def test_a_line_that_was_killed_in_the_middle_is_dropped(written: Path, observations: Observations, cut: int) -> None:
    written.write_bytes(written.read_bytes()[:-cut])
    journal, _, observed = Journal.reopen(written.parent)
    assert observed == observations[:-1]
    assert "the last line was cut off in the middle" in journal.warning
    with journal:
        journal.append(observations[-1])
    assert read(written.parent).observations == observations
    assert read(written.parent).warning == ""


def test_after_a_damaged_line_nothing_is_believed_and_nothing_is_lost(
    written: Path, observations: Observations
) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"0.25", b"0.35")
    written.write_bytes(b"".join(lines))
    journal, _, observed = Journal.reopen(written.parent)
    journal.close()
    assert observed == observations[:1]
    assert f"line 3 is damaged; it and the 1 after it are set aside in {DAMAGED}" in journal.warning
    assert (written.parent / DAMAGED).read_bytes() == b"".join(lines[2:])
    assert written.read_bytes() == b"".join(lines[:2])


def test_what_is_set_aside_is_written_to_no_link(written: Path) -> None:
    aside, other = written.parent / DAMAGED, written.parent / "other"
    other.write_text("of somebody")
    aside.symlink_to(other)
    damaged = written.read_bytes()[:-7]
    written.write_bytes(damaged)
    with pytest.raises(StoreError, match=f"{DAMAGED} cannot be written: it is a link"):
        Journal.reopen(written.parent)
    assert other.read_text() == "of somebody"
    assert written.read_bytes() == damaged


def test_what_is_set_aside_is_on_the_disk_before_it_is_cut_off(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = list[str]()
    fsync, truncate = os.fsync, os.truncate
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("synced"), fsync(handle)))
    monkeypatch.setattr(os, "truncate", lambda path, size: (done.append("cut"), truncate(path, size)))
    written.write_bytes(written.read_bytes()[:-7])
    Journal.reopen(written.parent)[0].close()
    assert done == ["synced", "cut"]


def test_reading_changes_nothing(written: Path) -> None:
    written.write_bytes(written.read_bytes()[:-7])
    before = written.read_bytes()
    assert read(written.parent).warning
    assert written.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "its first line is damaged"),
        (b"hello\n", "its first line is damaged"),
        (line(b'{"schema":7}'), "written by schema 7, this bench reads up to 2: upgrade bench"),
        (line(b"[]"), "not ours"),
        (line(b'{"schema":1}'), "line 1: written by another version of bench: object missing required field id"),
    ],
)
def test_without_a_plan_there_is_nothing_to_go_on_from(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / JOURNAL).write_bytes(content)
    with pytest.raises(StoreError, match=message) as caught:
        Journal.reopen(tmp_path)
    assert "\n" not in str(caught.value)
    assert (tmp_path / JOURNAL).read_bytes() == content


def test_a_whole_line_of_another_version_is_not_thrown_away(written: Path) -> None:
    content = written.read_bytes() + line(b'{"task":"new"}')
    written.write_bytes(content)
    with pytest.raises(StoreError, match="line 5: written by another version of bench: task: expected object"):
        Journal.reopen(written.parent)
    assert written.read_bytes() == content


def test_no_journal_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file; there is no run to go on with"):
        Journal.reopen(tmp_path)


def test_a_disk_that_fills_in_the_middle_of_a_line_loses_only_that_line(
    tmp_path: Path, plan: Plan, observations: Observations, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, space = os.write, [40]

    def write(handle: int, data: bytes) -> int:
        if not space[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = real(handle, data[: space[0]])
        space[0] -= done
        return done

    with Journal.create(tmp_path, plan) as journal:
        journal.append(observations[0])
        before = journal.path.read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write)
            message = rf"^no space left .*: free some, then `bench run --resume {tmp_path.name}`$"
            with pytest.raises(StoreError, match=message):
                journal.append(observations[1])
        assert journal.path.read_bytes() == before
        journal.append(observations[2])
    assert read(tmp_path).observations == (observations[0], observations[2])


def test_short_writes_are_completed(
    tmp_path: Path, plan: Plan, observations: Observations, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:17]))
    with Journal.create(tmp_path, plan) as journal:
        journal.append(observations[0])
    assert read(tmp_path).observations == observations[:1]


def test_a_line_that_ctrl_c_interrupts_is_taken_back(
    tmp_path: Path, plan: Plan, observations: Observations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    with Journal.create(tmp_path, plan) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", interrupt)
            with pytest.raises(KeyboardInterrupt):
                journal.append(observations[0])
        journal.append(observations[1])
    assert read(tmp_path).observations == observations[1:2]


def test_a_journal_that_could_not_begin_leaves_nothing_in_the_way(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"no space left .* then start again"):
            Journal.create(tmp_path, plan)
    Journal.create(tmp_path, plan).close()


def test_a_number_that_is_not_finite_never_reaches_the_journal(written: Path, observations: Observations) -> None:
    before = written.read_bytes()
    journal, _, _ = Journal.reopen(written.parent)
    with journal, pytest.raises(ValueError, match=r"^seconds is nan$"):
        journal.append(replace(observations[0], seconds=float("nan")))
    assert written.read_bytes() == before


def test_an_observation_reads_as_json_after_its_checksum(written: Path, observations: Observations) -> None:
    last = written.read_bytes().splitlines()[-1]
    assert store.decode(last[9:], Observation) == observations[-1]


def test_a_run_that_is_at_work_is_not_gone_on_with(tmp_path: Path, plan: Plan, observations: Observations) -> None:
    with Journal.create(tmp_path, plan) as journal:
        journal.append(observations[0])
        before = journal.path.read_bytes()
        with pytest.raises(StoreError, match=rf"^{tmp_path.name} is still running: wait for it"):
            Journal.reopen(tmp_path)
        assert journal.path.read_bytes() == before
    again, _, _ = Journal.reopen(tmp_path)
    with again, pytest.raises(StoreError, match="still running"):
        Journal.reopen(tmp_path)


def test_it_is_held_before_it_is_read(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process adds in between would be done, and kept, twice."""

    def read_once_held(folder: Path) -> object:
        with pytest.raises(StoreError, match="still running"):
            journals._hold(other, folder)
        return read(folder)

    monkeypatch.setattr(journals, "read", read_once_held)
    other = os.open(written, os.O_RDONLY)
    try:
        Journal.reopen(written.parent)[0].close()
    finally:
        os.close(other)


def test_a_number_that_cannot_be_is_refused_by_its_line(written: Path, observations: Observations) -> None:
    absurd = replace(observations[0], seconds=-1.0)
    written.write_bytes(written.read_bytes() + line(encode(absurd)))
    number = len(observations) + 2
    with pytest.raises(StoreError, match=rf"{JOURNAL}, line {number}: seconds is -1.0, of at least 0; start the run"):
        read(written.parent)


def test_a_journal_that_cannot_be_read_is_not_held(written: Path) -> None:
    whole = written.read_bytes()
    written.write_bytes(b"damaged")
    with pytest.raises(StoreError, match="its first line is damaged"):
        Journal.reopen(written.parent)
    written.write_bytes(whole)
    Journal.reopen(written.parent)[0].close()


def test_of_several_observations_of_one_task_the_last_counts(written: Path, observations: Observations) -> None:
    """As two processes wrote them that were at work in one folder, or one that tried again."""
    again = replace(observations[0], seconds=7.5)
    with Journal.reopen(written.parent)[0] as journal:
        journal.append(again)
    assert read(written.parent).observations == (again, *observations[1:])


def test_a_later_plan_takes_the_place_of_the_first(written: Path, plan: Plan, observations: Observations) -> None:
    other = replace(plan, broken=(), timeout=7.0)
    with Journal.reopen(written.parent)[0] as journal:
        journal.replan(other)
        journal.append(observations[0])
    content = read(written.parent)
    assert (content.plan.timeout, len(content.observations)) == (7.0, len(observations))
    written.write_bytes(written.read_bytes().replace(b'"timeout":7.0', b'"timeout":8.0'))
    assert read(written.parent).plan == plan, "a plan that is damaged is a damaged line"


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_kill_before_the_plan_is_kept_leaves_no_journal(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """An empty one could neither be resumed nor started again, and `latest` would mean it."""

    class Killed(BaseException):
        """Stands for the end of the process: nothing is cleaned up after it."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, call, die)
        patch.setattr(Path, "unlink", die)
        with pytest.raises(Killed):
            Journal.create(tmp_path, plan)
    assert not (tmp_path / JOURNAL).exists()


def test_the_names_of_a_journal_and_its_folders_are_on_the_disk(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a file is there if its folder was synced since it had its name, and so is the folder."""
    folder = tmp_path / "results" / "a-run"
    folder.mkdir(parents=True)
    synced: list[tuple[int, bool]] = []
    real = os.fsync

    def watch(handle: int) -> None:
        synced.append((os.fstat(handle).st_ino, (folder / JOURNAL).exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", watch)
    Journal.create(folder, plan).close()
    assert synced[0] == ((folder / JOURNAL).stat().st_ino, False)
    assert [inode for inode, named in synced if named] == [
        each.stat().st_ino for each in (folder, folder.parent, tmp_path)
    ]
