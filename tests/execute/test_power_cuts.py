"""The power fails at every moment of a run: what was synced by then is enough to go on from."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.execute import session as sessions
from bench.execute.messages import Order
from bench.model import Run
from bench.results import journal, store
from tests.execute.double import Double
from tests.execute.test_session import LISTING, plan_of, well

PARTS = ("a", "b", "a.speed")
TAILS: dict[str, Callable[[bytes], bytes]] = {
    "lost": lambda tail: b"",
    "cut": lambda tail: tail[: len(tail) // 2],
    "zeros": lambda tail: bytes(len(tail)),
    "garbled": lambda tail: bytes(byte ^ 0x55 for byte in tail),
    "whole": lambda tail: tail,
}
"""What a disk may hold of bytes that were written and not synced."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a power cut leaves: of each file the bytes that are safe and those that may be; ``done`` tasks were done."""

    files: dict[str, tuple[bytes, bytes]]
    done: int

    def lay(self, folder: Path, tail: Callable[[bytes], bytes]) -> None:
        folder.mkdir()
        for name, (safe, unsafe) in self.files.items():
            (folder / name).write_bytes(safe + tail(unsafe))


@dataclass(slots=True)
class Disk:
    """Names are safe once their folder was synced, bytes once their file was. ``moments`` is what a power cut would
    have left, after each write and each sync."""

    folder: Path
    done: Callable[[], int]
    safe: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    moments: list[Left] = field(default_factory=list)

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        write, fsync = os.write, os.fsync

        def written(handle: int, data: bytes) -> int:
            count = write(handle, data)
            self.note()
            return count

        def synced(handle: int) -> None:
            fsync(handle)
            self.keep(os.fstat(handle))
            self.note()

        patch.setattr(os, "write", written)
        patch.setattr(os, "fsync", synced)

    def keep(self, what: os.stat_result) -> None:
        here = {path: path.stat() for path in self.folder.iterdir() if path.is_file()}
        if stat.S_ISDIR(what.st_mode):
            if what.st_ino == self.folder.stat().st_ino:
                self.names = {path.name: each.st_ino for path, each in here.items()}
            return
        for path, each in here.items():
            if each.st_ino == what.st_ino:
                self.safe[what.st_ino] = path.read_bytes()

    def note(self) -> None:
        now = {path.stat().st_ino: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        files = {}
        for name, number in self.names.items():
            safe = self.safe.get(number, b"")
            files[name] = safe, now.get(number, safe).removeprefix(safe)
        self.moments.append(Left(files, self.done()))


@pytest.fixture
def disk(tmp_path: Path, listener: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """That of one run, from its beginning to its end."""
    folder = tmp_path / "a-run"
    folder.mkdir()
    double = Double(well)
    disk = Disk(folder, lambda: sum(order.kind == "task" for order in double.orders))
    with monkeypatch.context() as patch:
        disk.watch(patch)
        plan = plan_of(*PARTS, files=())
        session = sessions.begin(plan, folder, executor=double, listener=listener, measured=lambda record: None)
        session.run()
    yield disk
    shutil.rmtree(folder)


def resumed(folder: Path, listener: SimpleNamespace) -> tuple[Run, list[Order]]:
    double = Double(well)
    session = sessions.reopen(folder, [LISTING], executor=double, listener=listener, measured=lambda record: None)
    return session.run(), [order for order in double.orders if order.kind == "task"]


@pytest.mark.parametrize("tail", TAILS)
def test_whenever_the_power_fails_the_run_becomes_whole(
    disk: Disk, tail: str, tmp_path: Path, listener: SimpleNamespace
) -> None:
    whole = store.read(disk.folder)
    tasks = {store.encode(each.task) for each in journal.read(disk.folder).observations}
    for number, left in enumerate(disk.moments):
        if journal.JOURNAL not in left.files:
            assert left.done == 0, "nothing is measured before the run can be found again"
            continue
        folder = tmp_path / f"{tail}-{number}"
        left.lay(folder, TAILS[tail])
        kept = journal.read(folder).observations
        assert len(kept) >= left.done - 1, "no more than the task at work is lost"
        run, orders = resumed(folder, listener)
        assert run.records == whole.records
        assert run.finished
        again = [store.encode(order.task) for order in orders]
        assert sorted(again + [store.encode(each.task) for each in kept]) == sorted(tasks)


def test_a_run_is_on_the_disk_when_it_has_ended(disk: Disk, tmp_path: Path) -> None:
    disk.moments[-1].lay(tmp_path / "last", TAILS["lost"])
    assert store.read(tmp_path / "last") == store.read(disk.folder)
    for number, left in enumerate(disk.moments):
        if store.RUN in left.files:
            left.lay(tmp_path / str(number), TAILS["lost"])
            assert store.read(tmp_path / str(number)).finished, "a name is never safe before its bytes are"


def test_the_moments_are_those_of_a_run(disk: Disk) -> None:
    """Two for each of nine tasks, and those of the beginning and the end."""
    done: list[int] = [left.done for left in disk.moments]
    assert done == sorted(done)
    assert done.count(4) == 2
    assert any(unsafe for left in disk.moments for _, unsafe in left.files.values())
