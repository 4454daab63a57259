"""A process that has done a shard does the next; one that ended, or that nobody wants, is let go."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bench.cluster import standby
from bench.cluster.standby import Standby
from bench.cluster.turns import Unwanted

SERVES = """
import os, sys
from pathlib import Path
from bench.cluster import serving
for number in serving.from_stdin():
    if number > 9:
        sys.exit(number)
    with Path(sys.argv[1]).open("a") as file:
        file.write(f"{number} {os.getpid()}\\n")
    if number == 9:
        while True:
            pass
"""

Do = Callable[..., int]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standby]:
    monkeypatch.setattr(standby, "PAUSE", 0.01)
    pool = Standby()
    yield pool
    pool.end()


@pytest.fixture
def do(pool: Standby, tmp_path: Path) -> Iterator[Do]:
    """Have a shard done that writes down its number and its process; 9 takes for ever, and from 10 on it is how the
    process ends."""
    turn = os.open(tmp_path, os.O_RDONLY)

    def do(number: int, wanted: Callable[[], bool] = lambda: True, **more: str) -> int:
        command = [sys.executable, "-c", SERVES, str(tmp_path / "done")]
        env = os.environ | more
        return pool.do(command, number, env, turn=turn, quiet=True, wanted=wanted)

    yield do
    os.close(turn)


def done(folder: Path) -> list[tuple[int, int]]:
    """The shards that were done, each with its process."""
    return [(int(number), int(pid)) for number, pid in map(str.split, (folder / "done").read_text().splitlines())]


def test_the_next_shard_is_done_by_the_same_process(do: Do, tmp_path: Path) -> None:
    assert [do(1), do(2), do(3)] == [0, 0, 0]
    numbers, processes = zip(*done(tmp_path), strict=True)
    assert numbers == (1, 2, 3)
    assert len(set(processes)) == 1


def test_in_other_surroundings_another_process_does_it(do: Do, tmp_path: Path) -> None:
    do(1)
    do(2, OTHER="1")
    (_, first), (_, second) = done(tmp_path)
    assert first != second


def test_one_that_ends_in_a_shard_tells_by_its_status_and_the_next_has_another(do: Do, tmp_path: Path) -> None:
    assert [do(1), do(13), do(2)] == [0, 13, 0]
    (_, first), (_, second) = done(tmp_path)
    assert first != second
    assert not psutil.pid_exists(first)


def test_one_that_died_while_it_stood_by_is_no_attempt(do: Do, tmp_path: Path) -> None:
    do(1)
    ((_, first),) = done(tmp_path)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert do(2) == 0
    assert done(tmp_path)[1][1] != first


def test_what_nobody_wants_any_more_ends_in_its_middle(do: Do, tmp_path: Path) -> None:
    with pytest.raises(Unwanted):
        do(9, wanted=lambda: not (tmp_path / "done").exists())
    ((_, process),) = done(tmp_path)
    assert not psutil.pid_exists(process)


def test_two_at_once_have_a_process_each(do: Do, tmp_path: Path) -> None:
    both = threading.Barrier(2)
    begun: set[int] = set()

    def wanted() -> bool:
        if threading.get_ident() not in begun:
            begun.add(threading.get_ident())
            both.wait(30)
        return True

    threads = [threading.Thread(target=do, args=(number, wanted)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({process for _, process in done(tmp_path)}) == 2


def test_one_that_stands_by_too_long_is_let_go(
    do: Do, pool: Standby, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "IDLE", 0.0)
    ended = threading.Event()
    let_go = standby.Held.let_go
    monkeypatch.setattr(standby.Held, "let_go", lambda held: (let_go(held), ended.set())[0])
    assert do(1) == 0
    assert ended.wait(30)
    ((_, process),) = done(tmp_path)
    assert not psutil.pid_exists(process)
    assert not any(pool.free.values())


def test_all_that_stand_by_end_with_the_pool(do: Do, pool: Standby, tmp_path: Path) -> None:
    do(1)
    do(2, OTHER="1")
    pool.end()
    assert not any(psutil.pid_exists(process) for _, process in done(tmp_path))


def test_what_cannot_start_says_so(pool: Standby) -> None:
    with pytest.raises(FileNotFoundError):
        pool.do(["/nowhere/at/all"], 1, {}, turn=0, quiet=True, wanted=lambda: True)
