"""Runs of the selftest: the real session, and a budget that is kept by fewer cases."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.execute.executors.local import LocalExecutor
from bench.model import Case, Environment, Task
from bench.results.store import StoreError
from bench.selftest import known, running
from bench.selftest.running import Workshop
from tests.full_disk import refusing


@pytest.fixture(scope="module", autouse=True)
def surroundings(trial: Path) -> None:
    """Processes start where the tests' locks are."""


def silent(*_: object) -> None:
    pass


@pytest.fixture
def workshop(executor: LocalExecutor, tmp_path: Path) -> Workshop:
    said: list[str] = []
    listener = SimpleNamespace(said=said, say=said.append, begin=pytest.fail, start=silent, heard=silent, done=silent)
    where = Environment(python="", torch="", platform="", cpu="", cores=2, memory=0, threads=1)
    return Workshop(
        executor=executor,
        listener=listener,  # type: ignore[arg-type]
        folder=tmp_path,
        device="cpu",
        environment=where,
        command=("bench", "selftest"),
    )


def case(part: str, **values: float) -> Case:
    return Case(exercise=known.EXERCISE, part=part, device="cpu", seed=0, parameters=dict(values))


def test_a_study_is_run_and_kept(workshop: Workshop, tmp_path: Path) -> None:
    run = workshop.run([Task("study", case("nothing"))])
    assert run.finished
    (metric,) = run.records[0].findings.metrics
    assert metric.name == known.NOTHING
    assert (tmp_path / "runs" / "01-known" / "run.json").is_file()
    assert workshop.runs == [run]


def test_an_allocation_is_weighed_by_the_task_of_every_run(workshop: Workshop) -> None:
    observation = workshop.weigh(case("allocation", megabytes=8))
    memory = observation.variants["allocate"].memory
    assert memory is not None
    assert abs(memory.peaks[0] - 8e6) < 2e6


def test_a_budget_is_kept_by_fewer_cases(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    time = [0.0]
    sizes: list[int] = []

    def run(self: Workshop, tasks: list[Task]) -> None:
        sizes.append(len(tasks))
        time[0] += 2.0 * len(tasks)

    monkeypatch.setattr(running.clock, "now", lambda: time[0])
    monkeypatch.setattr(Workshop, "run", run)
    cases = [case("spin", milliseconds=float(n)) for n in range(1, 100)]
    workshop.compare(cases, 30.0, "spins")
    assert sizes == [5, 5, 3, 1], "at 2 s a case and 1.3 times as much to be sure"
    assert workshop.listener.said[0] == "spins: cases 1 to 5, 30 s left"  # type: ignore[attr-defined]
    sizes.clear()
    workshop.compare(cases, 0.0, "spins")
    assert sizes == [1], "one in any case"
    workshop.compare(cases[:7], 100.0, "spins")
    assert sizes == [1, 5, 2]
    workshop.compare([], 100.0, "spins")
    assert sizes == [1, 5, 2]


def test_every_exercise_of_ours_is_described() -> None:
    assert {name: [part.id for part in running.info(name).parts] for name in running.EXERCISES} == {
        "planted": ["small", "product", "memory", "convolution", "step"],
        "known": ["spin", "allocation", "spike", "nothing"],
        "again": ["again"],
    }


def test_a_full_disk_is_told_with_what_to_do(workshop: Workshop, tmp_path: Path) -> None:
    """A run of a selftest is none that `bench run --resume` goes on with."""
    for at in range(1, 8):  # the folders, the journal, its plan, its syncs and its name
        with (
            refusing(tmp_path / "runs", at),
            pytest.raises(StoreError, match=f"no space left on the disk of {tmp_path}/runs/.*, then measure again$"),
        ):
            workshop.run([Task("study", case("nothing"))])
        shutil.rmtree(tmp_path / "runs", ignore_errors=True)
