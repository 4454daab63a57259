"""A command ends with the worker that holds on to it, or when nobody wants it any more."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.cluster import commands, holding
from bench.cluster.turns import Unwanted

WAIT = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_the_status_is_the_commands(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit(5)"]
    turn = os.open(tmp_path, os.O_RDONLY)
    assert holding.run(command, {}, lock=turn, quiet=True, wanted=lambda: True) == 5
    os.close(turn)


def test_what_nobody_wants_loses_its_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(holding, "see_end", lambda child: seen.append(child.wait(30)))
    turn = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(Unwanted):
        holding.run(WAIT, {}, lock=turn, quiet=True, wanted=lambda: False)
    os.close(turn)
    assert seen == [0], "it ended by itself"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """How a worker has a command done: by a process of its own, or by one that stands by."""
    found: list[tuple[object, ...]] = []
    told = SimpleNamespace(address="tcp://w", log_event=lambda topic, event: found.append(("begun", topic, event)))
    monkeypatch.setattr("distributed.get_worker", lambda: told)
    monkeypatch.setattr(holding, "turn", lambda alone, wanted: nullcontext(9))
    monkeypatch.setattr(holding, "run", lambda command, env, **how: found.append(("own", command, how["lock"])))
    kept = SimpleNamespace(do=lambda command, number, env, **how: found.append(("kept", command, number, how["turn"])))
    monkeypatch.setattr(holding, "STANDBY", kept)
    return found


SHARD = commands.of_shard(Path("/run"), 3)


@pytest.mark.parametrize(
    ("command", "alone", "how"),
    [
        (SHARD, True, ("kept", [*SHARD[:-1], "--asked", "--slots", "1"], 3, 9)),
        (SHARD, False, ("kept", [*SHARD[:-1], "--asked", "--slots", "1"], 3, 9)),
        (WAIT, False, ("own", [*WAIT, "--leash"], 9)),
    ],
)
def test_a_shard_may_have_a_used_process_and_anything_else_has_its_own(
    command: list[str], alone: bool, how: tuple[object, ...], asked: list[tuple[object, ...]]
) -> None:
    holding.hold(command, "bench-0a-1", alone=alone, quiet=True)
    assert asked == [("begun", "bench-0a", ("bench-0a-1", "tcp://w")), how]


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
