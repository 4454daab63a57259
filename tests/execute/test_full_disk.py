"""The disk is full at every write of a run: one line, nothing is measured twice, and with room it becomes whole."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.execute import session as sessions
from bench.model import Run
from bench.results import journal, store
from bench.results.store import StoreError
from tests.execute.double import Double
from tests.execute.test_session import LISTING, plan_of, well
from tests.full_disk import FULL, Disk, refusing

pytestmark = pytest.mark.skipif(not Path(FULL).exists(), reason="only Linux has /dev/full")
PLAN = plan_of("a", "b", "a.speed", files=())


def work(folder: Path, double: Double, listener: SimpleNamespace) -> Run:
    """Begin a run, or go on with the one that is there."""
    how: dict[str, Any] = {"executor": double, "listener": listener, "measured": lambda record: None}
    if (folder / journal.JOURNAL).exists():
        return sessions.reopen(folder, [LISTING], **how).run()
    return sessions.begin(PLAN, folder, **how).run()


def refused(folder: Path, at: int, number: int, listener: SimpleNamespace) -> tuple[Disk, Double, str]:
    """A run of which one write is refused, and what was said of it, which may be nothing."""
    folder.mkdir()
    double, said = Double(well), ""
    with refusing(folder, at, number) as disk:
        try:
            work(folder, double, listener)
        except StoreError as error:
            said = str(error)
    return disk, double, said


def tasks_of(double: Double) -> list[bytes]:
    return [store.encode(order.task) for order in double.orders if order.kind == "task"]


SLOW = pytest.mark.slow
NUMBERS = [errno.ENOSPC, pytest.param(errno.EDQUOT, marks=SLOW), pytest.param(errno.EROFS, marks=SLOW)]


@pytest.mark.parametrize("number", NUMBERS)
def test_whatever_is_refused_the_run_becomes_whole(tmp_path: Path, listener: SimpleNamespace, number: int) -> None:
    disk, double, _ = refused(tmp_path / "whole", 0, number, listener)
    whole, tasks = store.read(tmp_path / "whole"), sorted(tasks_of(double))
    assert len(disk.writes) > 2 * len(tasks), "a write and a sync for each"
    for at in range(1, len(disk.writes) + 1):
        folder = tmp_path / str(at)
        tried, first, said = refused(folder, at, number, listener)
        what = tried.writes[at - 1]
        assert any(words in said for words in ("free some, then ", "change its permissions, then ")), what
        assert str(folder) in said, what
        assert not list(folder.glob(".*.part")), what
        measured = journal.read(folder).observations if (folder / journal.JOURNAL).exists() else ()
        assert len(measured) >= len(tasks_of(first)) - 1, "the task at work alone is lost"
        second = Double(well)
        assert work(folder, second, listener).records == whole.records
        kept = [store.encode(each.task) for each in measured]
        assert sorted(kept + tasks_of(second)) == tasks, "none of those that were kept is done again"
