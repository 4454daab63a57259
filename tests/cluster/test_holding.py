"""A command ends with the worker that holds on to it, or when nobody wants it any more."""

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from bench.cluster import holding
from bench.cluster.turns import Unwanted


class Child:
    """A process that ends at the given look: by itself, once its stdin is closed, or only when it is killed."""

    pid = 7

    def __init__(self, *, ends: int = 0, minds_stdin: bool = True) -> None:
        self.ends, self.minds_stdin = ends, minds_stdin
        self.stdin = SimpleNamespace(close=self.close)
        self.closed = self.killed = False

    def close(self) -> None:
        self.closed = True

    def wait(self, timeout: float | None = None) -> int:
        self.ends -= 1
        if self.killed or self.ends < 0 or (self.closed and self.minds_stdin):
            return 5
        assert timeout is not None, "this wait would last for ever"
        raise subprocess.TimeoutExpired("command", timeout)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The child that is started next, and how that was asked for."""
    seen: dict[str, Any] = {}

    def start(command: list[str], **how: Any) -> Child:
        seen.update(how, command=command)
        return seen["child"]

    def kill(pid: int, signal: int) -> None:
        assert pid == Child.pid
        seen["child"].killed = True

    monkeypatch.setattr(holding.subprocess, "Popen", start)
    monkeypatch.setattr(holding.os, "killpg", kill)
    return seen


def ran(wanted: bool = True) -> int:
    return holding.run(["bench"], {"A": "b"}, lock=9, quiet=True, wanted=lambda: wanted)


def test_the_status_is_the_commands(started: dict[str, Any]) -> None:
    started["child"] = Child(ends=2)
    assert ran() == 5
    assert started["stdin"] == subprocess.PIPE
    assert (started["pass_fds"], started["env"], started["start_new_session"]) == ([9], {"A": "b"}, True)


def test_what_nobody_wants_loses_its_stdin(started: dict[str, Any]) -> None:
    child = started["child"] = Child(ends=99)
    with pytest.raises(Unwanted):
        ran(wanted=False)
    assert child.closed
    assert not child.killed


def test_what_does_not_mind_that_is_killed_with_all_its_children(started: dict[str, Any]) -> None:
    child = started["child"] = Child(ends=99, minds_stdin=False)
    with pytest.raises(Unwanted):
        ran(wanted=False)
    assert child.killed


def worker(status: str = "running", **tasks: str) -> Any:
    known = {name: SimpleNamespace(state=state) for name, state in tasks.items()}
    return SimpleNamespace(status=SimpleNamespace(name=status), state=SimpleNamespace(tasks=known))


@pytest.mark.parametrize(
    ("worker", "wanted"),
    [
        (worker(t="executing"), True),
        (worker("paused", t="executing"), True),
        (worker(t="cancelled"), False),
        (worker(), False),
        (worker("closing", t="executing"), False),
    ],
)
def test_a_task_is_wanted_until_it_is_cancelled_or_its_worker_closes(worker: Any, wanted: bool) -> None:
    assert holding.is_wanted(worker, "t") is wanted


def test_what_dask_presets_is_not_measured_with() -> None:
    inherited = {"MALLOC_TRIM_THRESHOLD_": "65536", "OMP_NUM_THREADS": "4", "PATH": "/bin"}
    preset = {"MALLOC_TRIM_THRESHOLD_": 65536, "OMP_NUM_THREADS": 1}
    assert holding.surroundings(inherited, preset) == {"OMP_NUM_THREADS": "4", "PATH": "/bin"}


def test_a_handle_names_what_was_submitted_with_it() -> None:
    assert holding.batch_of("bench-0a1b-12") == "bench-0a1b"
