"""Child processes: what they answer, and how they die."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.errors import BenchError
from bench.execute.executors.local import ATTEMPTS, LocalExecutor
from bench.execute.executors.server import Server, ServerDied
from bench.execute.lock import locked
from bench.execute.messages import Order, Probe, Progress
from bench.execute.observations import observation_of
from bench.model import Case, Observation, Task
from tests.execute.executors import light
from tests.execute.executors.light import gone

ENDS = "trial_exercises.ex96_ends"


def order(part: str, folder: Path, exercise: str = "ex96", module: str = ENDS, **parameters: object) -> Order:
    case = Case(exercise=exercise, part=part, device="cpu", seed=0, parameters=parameters)  # type: ignore[arg-type]
    task = Task("study", case)
    return Order(kind="task", module=module, exercise=exercise, task=task, profile="smoke", folder=str(folder))


def study(executor: LocalExecutor, part: str, folder: Path) -> Observation:
    asked = order(part, folder)
    assert asked.task is not None
    return observation_of(asked.task, executor.submit(asked).result(), None)


def threads(executor: LocalExecutor) -> list[int]:
    """The threads of each warm process."""
    tasks = [Path(f"/proc/{server.process.pid}/task") for server in executor._servers]
    return [len(list(path.iterdir())) for path in tasks if path.is_dir()]


def test_the_warm_process_runs_one_thread_and_forks_afresh(executor: LocalExecutor) -> None:
    replies = [executor.submit(Order(kind="probe")).result() for _ in range(2)]
    assert all(isinstance(reply.answer, Probe) and reply.ended.status == 0 for reply in replies)
    assert set(threads(executor)) <= {1}


@pytest.mark.parametrize(
    ("part", "outcome", "reason"),
    [
        ("ok", "ok", ""),
        ("claim", "ok", ""),
        ("skip", "skipped", "nothing to see"),
        ("missing", "skipped", "no data; fetch them"),
        ("raises", "failed", "KeyError: 'what was looked for'"),
        ("memory", "oom", "RuntimeError"),
        ("dies", "failed", "SIGSEGV"),
        ("exits", "failed", "exit status 3"),
        ("nan", "failed", "metric 'undefined' is nan"),
    ],
)
def test_every_end_is_an_outcome(executor: LocalExecutor, tmp_path: Path, part: str, outcome: str, reason: str) -> None:
    seen = study(executor, part, tmp_path)
    assert (seen.outcome, seen.missing) == (outcome, part == "missing")
    assert reason in seen.reason


def test_a_crash_keeps_the_trace(executor: LocalExecutor, tmp_path: Path) -> None:
    assert "Segmentation fault" in study(executor, "dies", tmp_path).detail
    assert "Traceback" in study(executor, "raises", tmp_path).detail


def test_progress_reaches_the_listener(executor: LocalExecutor, tmp_path: Path) -> None:
    heard: list[Progress] = []
    asked = order("a", tmp_path, "ex90", "trial_exercises.ex90_sound", scale=1.0, sizes=(1, 2))
    executor.submit(asked, listen=heard.append).result()
    assert [(one.label, one.done, one.total) for one in heard] == [("sizes", 0, 2), ("sizes", 1, 2), ("sizes", 2, 2)]


def test_a_server_that_dies_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('this torch is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with LocalExecutor() as executor, pytest.raises(BenchError, match="this torch is broken"):
        executor.submit(Order(kind="probe")).result()


def test_a_library_that_a_child_has_imported_starts_no_thread_in_its_parent(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    for part in ("imports", "dies"):
        study(executor, part, tmp_path)
    (metric,) = study(executor, "imports", tmp_path).findings.metrics
    assert metric.value == 1
    assert set(threads(executor)) <= {1}


def test_files_go_where_the_order_says_and_the_reply_says_where_they_are(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    asked = order("a", tmp_path / "a host's own", "ex90", "trial_exercises.ex90_sound", scale=1.0, sizes=(1,))
    reply = executor.submit(asked).result()
    assert isinstance(reply.answer, Observation)
    assert reply.folder == asked.folder
    assert Path(reply.folder, reply.answer.findings.figures[0].path).is_file()


@pytest.fixture
def light_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows is of processes, not of what they import."""
    monkeypatch.setattr(Server, "start", light.start)


def asleep(folder: Path) -> Order:
    """For a child that sleeps, and so does the process that it has started; ``pids_in`` the folder are theirs."""
    return light.order(
        "import os, pathlib, signal, subprocess\n"
        f"child = subprocess.Popen(['sleep', '600']); folder = pathlib.Path({str(folder)!r})\n"
        "new = folder / f'new-{os.getpid()}'; new.write_text(f'{os.getpid()} {child.pid}')\n"
        "new.rename(folder / f'pids-{os.getpid()}')\n"
        "signal.pause()"
    )


def pids_in(folder: Path) -> list[int]:
    return [int(pid) for path in folder.glob("pids-*") for pid in path.read_text().split()]


def test_a_timeout_kills_the_whole_process_group_and_the_next_order_is_done(light_ones: None, tmp_path: Path) -> None:
    with LocalExecutor() as executor:
        reply = executor.submit(asleep(tmp_path), timeout=1.0).result()
        assert reply.timed_out
        assert (reply.answer, reply.ended.status) == (None, -signal.SIGKILL)
        pids = pids_in(tmp_path)
        assert len(pids) == 2
        assert all(map(gone, pids))
        assert not executor.submit(light.order("")).result().timed_out


def test_two_slots_are_two_processes_and_closing_leaves_none(light_ones: None, tmp_path: Path) -> None:
    executor = LocalExecutor(slots=2)
    first = executor.submit(asleep(tmp_path))
    assert executor.submit(light.order("")).result().ended.status == 0
    assert not first.done()
    others = [executor.submit(asleep(tmp_path)) for _ in range(2)]
    while len(pids := pids_in(tmp_path)) < 4:
        os.sched_yield()
    executor.close()
    assert all(map(gone, pids))
    assert isinstance(first.exception(), BenchError)
    assert isinstance(others[0].exception(), BenchError)
    assert others[1].cancelled()
    with pytest.raises(BenchError, match="closed"):
        executor.submit(light.order(""))


def test_the_oldest_free_process_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has imported what the others have not, and so what is timed alone finds it there."""
    monkeypatch.setattr(Server, "start", lambda threads: SimpleNamespace(stop=lambda: None))
    with LocalExecutor(slots=2) as executor:
        servers = [executor._take() for _ in range(2)]
        executor._free += reversed(servers)
        assert executor._take() is servers[0]
        assert executor.slots() == 2


def test_a_device_is_held_from_the_first_task_to_the_end(
    light_ones: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question holds nothing: to plan, nobody has to wait."""
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))

    def refuse(text: str) -> None:
        raise RuntimeError(text)

    with LocalExecutor(who="a run") as executor:
        executor.submit(light.order("")).result()
        with locked(["cpu"], "another", refuse):
            pass
        executor.submit(replace(light.order(""), devices=("cpu",))).result()
        with pytest.raises(RuntimeError, match="held by a run"), locked(["cpu"], "another", refuse):
            pass
        executor.release()
        with locked(["cpu"], "another", refuse):
            pass
        executor.submit(replace(light.order(""), devices=("cpu",))).result()
        with pytest.raises(RuntimeError, match="held by a run"), locked(["cpu"], "another", refuse):
            pass
    with locked(["cpu"], "another", refuse):
        pass


def test_the_gpu_that_was_seen_is_the_one_that_is_held(
    light_ones: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path))
    seen = "from bench.execute.messages import Probe; channel.send(Probe(('cpu', 'cuda'), {'gpu_id': 'GPU-8c5f'}))"
    with LocalExecutor(who="a run") as executor:
        executor.submit(replace(light.order(seen), kind="probe")).result()
        executor.submit(replace(light.order(""), devices=("cuda",))).result()
        with locked(["cuda"], "on another GPU", pytest.fail, "GPU-0001"):
            pass
    assert (tmp_path / "cuda-GPU-8c5f.lock").is_file()


def test_an_order_is_given_to_so_many_warm_processes_that_are_killed_and_no_more(
    executor: LocalExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def dies(*_: object) -> None:
        tries.append(1)
        raise ServerDied("it was killed", harmed=len(tries) <= ATTEMPTS)

    monkeypatch.setattr(executor, "_tried", dies)
    reply = executor.submit(order("ok", tmp_path)).result()
    assert len(tries) == ATTEMPTS
    assert "it was killed" in reply.cause
