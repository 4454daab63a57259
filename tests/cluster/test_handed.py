"""What a run's folder holds for whoever does its shards; torn, foreign, and on a full disk."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cluster import handed
from bench.cluster.handed import HANDED, SHARDS, Cut
from bench.errors import BenchError, UsageError
from bench.results import journal, store
from bench.results.store import StoreError
from tests.cluster.doubles import begun, plan_of

PLAN = plan_of("ex01.a", "ex01.a.speed", "ex02.a", sizes=(1, 2))


def test_a_cut_is_read_as_it_was_kept(tmp_path: Path) -> None:
    folder, shards = begun(tmp_path, PLAN)
    plan, cut, kept = handed.read(folder)
    assert (plan, kept) == (PLAN, shards)
    assert (cut.engine, cut.address, cut.options) == ("double", "", {})
    assert handed.is_cut(folder)
    assert not handed.is_cut(tmp_path)


def test_a_plain_run_is_no_run_in_shards(tmp_path: Path) -> None:
    journal.Journal.create(tmp_path, PLAN).close()
    with pytest.raises(StoreError, match="is no run in shards: `bench run --on` makes one"):
        handed.read(tmp_path)


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        handed.read(tmp_path / "nothing")


def test_a_cut_is_there_before_the_plan_and_never_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal alone would be resumed as a plain run, on the login host."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bench.results.journal.Journal.create", killed)
    with pytest.raises(KeyboardInterrupt):
        begun(tmp_path, PLAN)
    assert [path.name for path in (tmp_path / PLAN.id).iterdir()] == [SHARDS]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "not whole"),
        (b'{"schema": 9, "engine": "x"}', "written by schema 9, this bench reads 1: upgrade bench"),
        (b'{"schema": 1}', "engine"),
        (b'{"schema": 1, "engine": "x"}', "its shards are not those of the plan beside it"),
        (b"[]", "expected object, got array"),
    ],
)
def test_a_damaged_cut_is_one_line(tmp_path: Path, text: bytes, says: str) -> None:
    folder, _ = begun(tmp_path, PLAN)
    (folder / SHARDS).write_bytes(text)
    with pytest.raises(StoreError, match=says) as error:
        handed.read(folder)
    assert str(folder / SHARDS) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("numbers", [(0, 0), (0, 99), (-1,), (0,)])
def test_a_cut_that_is_not_of_this_plan_is_refused(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    folder, shards = begun(tmp_path, PLAN)
    piece = replace(handed.pieces(PLAN, shards)[0], tasks=numbers)
    handed.keep(folder, Cut(engine="double", pieces=(piece,)))
    with pytest.raises(StoreError, match="not those of the plan"):
        handed.read(folder)


@pytest.mark.parametrize("number", [-1, 5, 10**9])
def test_a_number_that_no_shard_has(tmp_path: Path, number: int) -> None:
    _, shards = begun(tmp_path, PLAN)
    with pytest.raises(UsageError, match=f"there is no shard {number}: the run has 5, counted from 0"):
        handed.shard(shards, number)


def test_the_last_handle_of_a_shard_is_its_handle(tmp_path: Path) -> None:
    assert handed.handles(tmp_path) == {}
    handed.note(tmp_path, {0: "a", 1: "b"})
    handed.note(tmp_path, {1: "c", 2: "é\n"})
    assert handed.handles(tmp_path) == {0: "a", 1: "c", 2: "é\n"}


def test_wherever_a_kill_cuts_the_last_line_no_other_is_lost(tmp_path: Path) -> None:
    handed.note(tmp_path, {0: "a", 1: "b"})
    whole = (tmp_path / HANDED).read_bytes()
    first = whole.index(b"\n") + 1
    for size in range(first, len(whole)):
        (tmp_path / HANDED).write_bytes(whole[:size])
        handed.note(tmp_path, {2: "c"})
        found = handed.handles(tmp_path)
        assert (found[0], found[2]) == ("a", "c"), size
        assert found.keys() <= {0, 1, 2}


def test_lines_of_others_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / HANDED).write_bytes(b'\xff\n{}\n[]\n{"shard": "x", "handle": 1}\n{"shard": 3, "handle": "h"}\n')
    assert handed.handles(tmp_path) == {3: "h"}


@pytest.mark.parametrize("keep", [lambda at: handed.note(at, {0: "a"}), lambda at: handed.keep(at, Cut(engine="x"))])
def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: object) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="no space left on the disk of"):
        keep(tmp_path)  # type: ignore[operator]


def test_handles_are_written_to_no_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("of somebody")
    (tmp_path / HANDED).symlink_to("other")
    with pytest.raises(StoreError, match="it is a link"):
        handed.note(tmp_path, {0: "a"})
    assert (tmp_path / "other").read_text() == "of somebody"


def test_handles_that_cannot_be_read_are_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / HANDED).mkdir()
    with pytest.raises(BenchError, match="cannot be read"):
        handed.handles(tmp_path)


def test_what_is_kept_is_one_document(tmp_path: Path) -> None:
    folder, _ = begun(tmp_path, PLAN)
    assert store.decode((folder / SHARDS).read_bytes(), Cut).schema == handed.SCHEMA
