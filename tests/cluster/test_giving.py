"""Handing out: what an engine has no room for waits, what it gives is checked, what it took is not forgotten."""

import errno
import os
import signal
from pathlib import Path

import pytest

from bench import ctrl_c
from bench.cluster import handed
from bench.cluster.giving import ROOM
from bench.cluster.shards import Needs
from bench.errors import BenchError, PluginError
from bench.results.store import StoreError
from tests.cluster.doubles import Cloud, begun
from tests.cluster.watches import ALL, PLAN, said, watch
from tests.signal_handlers import as_they_were


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begun(tmp_path, PLAN)[0]


def limited(cloud: Cloud, room: int) -> Cloud:
    """An engine that has so many jobs at a time, as a limit of Slurm's for a user."""
    start, cloud.refusals = cloud.start, 0

    def full(commands: list[list[str]], needs: Needs) -> tuple[str, ...]:
        if sum(job.state in ("waiting", "running") for job in cloud.jobs.values()) + len(commands) > room:
            cloud.refusals += 1
            raise BenchError("QOSMaxSubmitJobPerUserLimit")
        return start(commands, needs)

    cloud.start = full  # type: ignore[method-assign, assignment]
    return cloud


def test_what_an_engine_has_no_room_for_waits_for_the_others(folder: Path) -> None:
    cloud = limited(Cloud(folder, machines=1, seconds=900.0), room=4)
    watched = watch(cloud)
    assert watched.run().finished
    assert cloud.numbers() == ALL
    assert said(watched).count("QOSMaxSubmitJobPerUserLimit; the rest waits until some of the others have ended") == 1
    assert said(watched).count("handed out: shard 2") == 1
    assert 2 < cloud.refusals <= 1 + cloud.now / ROOM, "it is not asked at every look"


def test_what_an_engine_has_no_room_for_at_all_is_one_line(folder: Path) -> None:
    with pytest.raises(BenchError, match=r"^QOSMaxSubmitJobPerUserLimit$"):
        watch(limited(Cloud(folder), room=0)).run()


def test_detached_it_is_said_how_the_rest_is_handed_out(folder: Path) -> None:
    cloud = limited(Cloud(folder), room=4)
    with pytest.raises(BenchError, match=r"what was taken goes on: wait until .* --resume a-run"):
        watch(cloud, detach=True).run()
    assert len(cloud.jobs) == 4
    assert watch(Cloud(folder, jobs=cloud.jobs)).run().finished


def test_what_an_engine_has_taken_is_kept_though_ctrl_c_comes_at_that_moment(folder: Path) -> None:
    cloud = Cloud(folder)
    start = cloud.start

    def interrupted(commands: list[list[str]], needs: Needs) -> tuple[str, ...]:
        handles = start(commands, needs)
        signal.raise_signal(signal.SIGINT)
        return handles

    cloud.start = interrupted  # type: ignore[method-assign, assignment]
    with as_they_were():
        signal.signal(signal.SIGINT, ctrl_c.ask)
        watched = watch(cloud)
        watched.run()
    assert watched.interrupted
    assert watched.left
    assert set(handed.handles(folder).values()) == cloud.jobs.keys() != set()


def test_an_engine_that_miscounts_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(folder)
    monkeypatch.setattr(cloud, "start", lambda commands, needs: ("h0",))
    with pytest.raises(PluginError, match="the engine gave 1 handles for 4 commands"):
        watch(cloud).run()


def test_what_cannot_be_noted_is_cancelled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would ever find it again."""

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    cloud = Cloud(folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="no space left on the disk of"):
            watch(cloud).run()
    assert cloud.cancelled == ["h0", "h1", "h2", "h3"]
    assert watch(Cloud(folder)).run().finished
