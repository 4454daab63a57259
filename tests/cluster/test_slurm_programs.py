from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from bench.cluster.slurm_programs import Refused, Silent, ask, complaint, surroundings


def shell(text: str) -> list[str]:
    return ["sh", "-c", text]


def test_what_a_program_prints_and_what_it_is_told() -> None:
    assert ask(shell("echo noise >&2; cat"), "told\n") == "told\n"


def test_a_complaint_is_one_line_without_what_repeats() -> None:
    text = "sbatch: error: invalid partition: x\n\nsbatch: error: invalid partition: x\nsbatch: error: failed\n"
    assert complaint(text) == "invalid partition: x; failed"
    assert len(complaint("long " * 900)) == 300


def test_a_program_that_says_no() -> None:
    with pytest.raises(Refused, match=r"^sh: no such thing$"):
        ask(shell("echo 'sh: error: no such thing' >&2; exit 1"))
    with pytest.raises(Refused, match=r"^sh: exit status 3$"):
        ask(shell("exit 3"))
    with pytest.raises(Refused, match=r"^no-such-program cannot be started: No such file or directory$"):
        ask(["no-such-program"])


def test_a_no_is_not_asked_for_twice() -> None:
    waited: list[float] = []
    with pytest.raises(Refused):
        ask(shell("exit 3"), patience=(1.0,), pause=waited.append)
    assert waited == []


def test_a_program_that_hangs_is_a_controller_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_: Any, timeout: float, **__: Any) -> None:
        raise subprocess.TimeoutExpired("squeue", timeout)

    monkeypatch.setattr(subprocess, "run", hangs)
    waited: list[float] = []
    with pytest.raises(Silent, match=r"^Slurm does not answer, try again later.* \(squeue: no answer in 120 s\)$"):
        ask(["squeue"], patience=(1.0, 2.0), pause=waited.append)
    assert waited == [1.0, 2.0]


def test_what_the_environment_says_of_our_own_job_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLURM_JOB_ID", "SLURM_CONF", "SBATCH_PARTITION"):
        monkeypatch.setenv(name, "x")
    assert {"SLURM_CONF", "SBATCH_PARTITION"} <= surroundings().keys()
    assert "SLURM_JOB_ID" not in surroundings()


def test_what_a_user_has_set_for_questions_of_their_own_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of another partition would be taken for ended, and handed out again."""
    names = {"SQUEUE_PARTITION", "SQUEUE_USERS", "SCANCEL_INTERACTIVE", "SBATCH_WAIT", "SBATCH_ARRAY_INX"}
    for name in names:
        monkeypatch.setenv(name, "x")
    assert not names & surroundings().keys()


def test_a_ctrl_c_at_the_terminal_is_not_for_slurms_programs() -> None:
    """One that has just handed a job over would end without its number."""
    shown = ask([sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())"])
    assert shown.strip() == "True"
