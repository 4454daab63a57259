"""A command ends when its stdin is closed, or is ended."""

import subprocess
import sys
from typing import Any

import pytest

from bench.cluster import leashed


class Child:
    """A process that ends by itself once its stdin is closed, or only when it is killed."""

    pid = 7

    def __init__(self, *, minds_stdin: bool) -> None:
        self.minds_stdin, self.killed = minds_stdin, False

    def wait(self, timeout: float | None = None) -> int:
        if self.minds_stdin:
            return 5
        if self.killed:
            return -9
        assert timeout is not None, "this wait would last for ever"
        raise subprocess.TimeoutExpired("command", timeout)


def test_how_it_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr(leashed.subprocess, "Popen", lambda command, **how: seen.update(how, command=command))
    leashed.started(["bench"], {"A": "b"}, 3, quiet=True, turn=9)
    assert (seen["stdin"], seen["pass_fds"], seen["env"], seen["start_new_session"]) == (3, (9,), {"A": "b"}, True)
    assert seen["stdout"] == seen["stderr"] == subprocess.DEVNULL
    leashed.started(["bench"], {}, 3, quiet=False)
    assert (seen["stdout"], seen["stderr"], seen["pass_fds"]) == (None, None, ())


def test_what_ends_by_itself_is_not_killed() -> None:
    assert leashed.see_end(Child(minds_stdin=True)) == 5  # type: ignore[arg-type]


@pytest.mark.parametrize("gone", [False, True])
def test_what_does_not_mind_its_stdin_is_killed_with_all_its_children(
    gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Child(minds_stdin=False)

    def kill(pid: int, signal: int) -> None:
        assert pid == child.pid
        child.killed = True
        if gone:
            raise ProcessLookupError

    monkeypatch.setattr(leashed.os, "killpg", kill)
    assert leashed.see_end(child) == -9  # type: ignore[arg-type]


def test_a_real_one() -> None:
    child = leashed.started([sys.executable, "-c", "import sys; sys.stdin.read()"], {}, subprocess.PIPE, quiet=True)
    assert child.stdin is not None
    child.stdin.close()
    assert leashed.see_end(child) == 0
