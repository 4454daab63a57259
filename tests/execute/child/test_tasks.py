"""Studies and comparisons in child processes: what is recorded, and what is caught."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.execute.executors.local import LocalExecutor
from bench.execute.messages import Order
from bench.execute.observations import observation_of, records
from bench.execute.schedule import Schedule
from bench.measure.sampling import EFFORTS
from bench.model import Case, Guest, Record, SourceFile, Task
from bench.with_files import read_files

TRIAL = Path(__file__).parents[2] / "trial"
MODULES = {
    "ex90": "trial_exercises.ex90_sound",
    "ex95": "trial_exercises.ex95_faulty_variants",
    "ex96": "trial_exercises.ex96_ends",
}


def run(
    executor: LocalExecutor, task: Task, folder: Path, files: Sequence[Path] = (), *, keep: bool = False
) -> tuple[Record, ...]:
    """All that follows from a first task, one after another."""
    schedule, name = Schedule([task], EFFORTS["smoke"]), task.case.exercise
    sources = read_files(files)
    while ready := schedule.ready():
        order = Order(
            kind="task",
            module=MODULES[name],
            exercise=name,
            files=sources,
            guests=tuple(guest for source in sources for guest in guests_of(source)),
            task=ready[0],
            profile="smoke",
            folder=str(folder / task.case.folder),
            keep_checkpoints=keep,
        )
        schedule.note(observation_of(ready[0], executor.submit(order, timeout=60.0).result(), 60.0))
    return records([task], schedule.observations())


def guests_of(source: SourceFile) -> list[Guest]:
    """What ``with_mine.py`` offers."""
    return [
        Guest(source=source.path, exercise="ex90", part="a.speed", offered=name, name=name)
        for name in ("mine", "mine, wrong", "mine, broken")
    ]


def compare(executor: LocalExecutor, case: Case, folder: Path, files: Sequence[Path] = ()) -> dict[str | None, Record]:
    return {record.case.variant: record for record in run(executor, Task("agree", case), folder, files)}


def test_a_study_records_one_of_everything(executor: LocalExecutor, tmp_path: Path) -> None:
    case = Case(exercise="ex90", part="a", device="cpu", seed=3, parameters={"scale": 1.0, "sizes": (1, 2)})
    (record,) = run(executor, Task("study", case), tmp_path)
    found = record.findings
    assert record.passed
    assert (len(found.claims), len(found.metrics), len(found.curves), len(found.tables)) == (1, 3, 1, 1)
    assert (tmp_path / found.figures[0].path).is_file()


def test_a_checkpoint_outlives_a_killed_study_and_no_other(executor: LocalExecutor, tmp_path: Path) -> None:
    attempts = [
        run(executor, Task("study", Case(exercise="ex96", part="once", device="cpu", seed=0)), tmp_path)[0]
        for _ in range(3)
    ]
    assert [seen.outcome for seen in attempts] == ["failed", "ok", "failed"]


def test_checkpoints_stay_where_they_are_kept_and_are_listed(executor: LocalExecutor, tmp_path: Path) -> None:
    task = Task("study", Case(exercise="ex96", part="once", device="cpu", seed=0))
    first, second, third = (run(executor, task, tmp_path, keep=True)[0] for _ in range(3))
    assert (first.outcome, first.checkpoints) == ("failed", ())
    assert second.outcome == third.outcome == "ok"
    (path,) = second.checkpoints
    assert (tmp_path / path).is_file()
    assert path.startswith(str(task.case.folder))


def test_the_global_stream_starts_from_the_seed(executor: LocalExecutor, tmp_path: Path) -> None:
    cases = [
        Case(exercise="ex90", part="a", device="cpu", seed=seed, parameters={"scale": 1.0, "sizes": ()})
        for seed in (1, 1, 2)
    ]
    draws = [run(executor, Task("study", case), tmp_path)[0] for case in cases]
    values = [record.findings.metrics[1].value for record in draws]
    assert values[0] == values[1] != values[2]


def test_a_comparison_agrees_is_timed_and_is_weighed(executor: LocalExecutor, tmp_path: Path) -> None:
    found = compare(
        executor, Case(exercise="ex90", part="a.speed", device="cpu", seed=0, parameters={"n": 64}), tmp_path
    )
    assert list(found) == ["sum", "product"]
    for record in found.values():
        assert record.passed
        assert record.agreement is not None
        assert record.agreement.passed
        assert {sample.round for sample in record.samples} == set(range(EFFORTS["smoke"].rounds))
        assert all(sample.seconds > 0 and sample.calls >= 1 for sample in record.samples)
        assert record.memory is not None
        assert len(record.memory.peaks) == EFFORTS["smoke"].weighings
        assert record.work is not None
        assert (record.work.count, record.work.unit) == (64, "numbers")


@pytest.fixture(scope="module")
def faulty(executor: LocalExecutor, tmp_path_factory: pytest.TempPathFactory) -> dict[str | None, Record]:
    return compare(executor, Case(exercise="ex95", part="a", device="cpu", seed=0), tmp_path_factory.mktemp("faulty"))


@pytest.mark.parametrize(
    ("variant", "outcome", "reason"),
    [
        ("reference", "ok", ""),
        ("right", "ok", ""),
        ("wrong", "disagrees", "is allowed"),
        ("another shape", "disagrees", "has shape (6,), the reference's has (5,)"),
        ("not a number", "disagrees", "is inf"),
        ("raises", "failed", "RuntimeError"),
        ("dies", "failed", "SIGSEGV"),
        ("stored", "disagrees", "does not compute its answer anew"),
    ],
)
def test_each_fault_is_told_and_hides_no_other(
    faulty: dict[str | None, Record], variant: str, outcome: str, reason: str
) -> None:
    record = faulty[variant]
    assert record.outcome == outcome
    assert reason in record.reason or (variant == "not a number" and "inf" in record.reason)
    assert bool(record.memory) == (outcome == "ok")


def test_a_disagreement_says_where_and_by_how_much(faulty: dict[str | None, Record]) -> None:
    agreement = faulty["wrong"].agreement
    assert agreement is not None
    assert 0.5e-4 < agreement.error < 2e-4
    assert agreement.where.startswith("output[")
    assert "output[" in faulty["wrong"].reason


@pytest.mark.parametrize(("part", "reason"), [("b", "RuntimeError"), ("c", "'nowhere' is not among the variants")])
def test_without_a_reference_nothing_is_measured(
    executor: LocalExecutor, tmp_path: Path, part: str, reason: str
) -> None:
    found = compare(executor, Case(exercise="ex95", part=part, device="cpu", seed=0), tmp_path)
    assert list(found) == [None]
    assert found[None].outcome == "failed"
    assert reason in found[None].reason


def test_variants_from_outside_are_treated_like_ours(executor: LocalExecutor, tmp_path: Path) -> None:
    case = Case(exercise="ex90", part="a.speed", device="cpu", seed=0, parameters={"n": 8})
    found = compare(executor, case, tmp_path, [TRIAL / "with_mine.py"])
    outcomes = {name: record.outcome for name, record in found.items()}
    assert outcomes == {
        "sum": "ok",
        "product": "ok",
        "mine": "ok",
        "mine, wrong": "disagrees",
        "mine, broken": "failed",
    }
    assert found["mine"].samples
    assert found["mine"].memory
    assert "my set-up is broken" in found["mine, broken"].reason


def test_a_file_of_the_users_own_is_loaded_from_its_text(executor: LocalExecutor, tmp_path: Path) -> None:
    """The file has gone by then, for an order carries its code."""
    file = tmp_path / "moving.py"
    file.write_text((TRIAL / "with_mine.py").read_text())
    sources = read_files([file])
    file.unlink()
    case = Case(exercise="ex90", part="a.speed", device="cpu", seed=0, parameters={"n": 8})
    order = Order(
        kind="task",
        module=MODULES["ex90"],
        exercise="ex90",
        files=sources,
        guests=tuple(guests_of(sources[0])),
        task=Task("agree", case),
        profile="smoke",
        folder=str(tmp_path),
    )
    seen = observation_of(Task("agree", case), executor.submit(order).result(), None)
    assert seen.variants["mine"].outcome == "ok"
    assert "moving.py" in seen.variants["mine, broken"].detail


def test_what_the_machine_did_meanwhile_is_in_the_records(executor: LocalExecutor, tmp_path: Path) -> None:
    records = compare(
        executor, Case(exercise="ex90", part="a.speed", device="cpu", seed=0, parameters={"n": 8}), tmp_path
    )
    for record in records.values():
        assert record.disturbance is not None
        assert record.disturbance.seconds > 0
        assert record.disturbance.gpu is None
