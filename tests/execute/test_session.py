"""Whole runs: kept, stopped, continued, and never measured twice. No process is started but in the last tests."""

import errno
import shutil
import signal
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import ctrl_c
from bench.catalogue import Listing
from bench.errors import BenchError, NothingMatched, UsageError
from bench.execute import provenance
from bench.execute import session as sessions
from bench.execute.messages import Ended, Message, Order, Probe, Reply
from bench.execute.session import Session
from bench.model import (
    SCHEMA,
    Case,
    Claim,
    ExerciseInfo,
    Figure,
    Findings,
    Kind,
    Observation,
    PartInfo,
    Peak,
    Plan,
    Record,
    Run,
    SourceFile,
    Task,
    Trial,
    VariantResult,
    Work,
)
from bench.results import environment, journal, store
from bench.results.store import StoreError
from tests.execute.double import Double
from tests.signal_handlers import as_they_were

Begin = Callable[..., Session]
Answer = Callable[[Order], Message]
LISTING = Listing(id="ex01", title="T", tags=(), module="plugin.ex01", path=Path("ex01.py"), distribution="d")
PARTS: dict[str, Kind] = {"a": "study", "b": "study", "a.speed": "comparison", "b.race": "race"}


def plan_of(*parts: str, **changes: object) -> Plan:
    tasks = tuple(Task.first(PARTS[part], Case(exercise="ex01", part=part, device="cpu", seed=0)) for part in parts)
    plan = Plan(
        schema=SCHEMA,
        id="a-run",
        created="2026-11-28T00:00:00+00:00",
        command=("bench", "run", "ex01"),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        threads=1,
        timeout=60.0,
        environment=environment.gather({}, 1),
        exercises=(
            ExerciseInfo(id="ex01", title="T", parts=tuple(PartInfo(id=p, title=p, kind=PARTS[p]) for p in parts)),
        ),
        broken=(),
        tasks=tasks,
        files=(SourceFile("mine.py", "x = 1\n"),),
        modules={"ex01": "plugin.ex01"},
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def well(order: Order) -> Message:
    """Everything goes well."""
    if order.kind == "probe":
        return Probe(("cpu",), {})
    task = order.task
    assert task is not None
    findings = Findings(claims=(Claim("c", 1.0, "equals", 1.0),), figures=(Figure("f", "f.png"),))
    if task.kind == "study":
        return Observation(task=task, outcome="ok", findings=findings)
    names = [task.case.variant] if task.case.variant else ["ours", "theirs"]
    if task.kind == "race":
        trial = Trial(end="reached", steps=3, evaluations=3, best=0.5, seconds=1.0)
        return Observation(task=task, outcome="ok", variants={name: VariantResult(trials=(trial,)) for name in names})
    return Observation(task=task, outcome="ok", variants={name: VariantResult() for name in names})


def failing_in(part: str, **changes: object) -> Answer:
    def answer(order: Order) -> Message:
        if order.task and order.task.case.part == part:
            return replace(Observation(task=order.task, outcome="failed", reason="why"), **changes)  # type: ignore[arg-type]
        return well(order)

    return answer


@pytest.fixture
def start(tmp_path: Path, listener: SimpleNamespace) -> Begin:
    """A new run in a double."""

    def start(
        *parts: str, answer: Answer = well, slots: int = 1, measured: object = None, **changes: object
    ) -> Session:
        folder = tmp_path / "a-run"
        folder.mkdir()
        return sessions.begin(
            plan_of(*parts, **changes),
            folder,
            executor=Double(answer, slots),
            listener=listener,
            measured=measured or (lambda record: None),  # type: ignore[arg-type]
        )

    return start


@pytest.fixture
def again(tmp_path: Path, listener: SimpleNamespace) -> Begin:
    """The same run, gone on with in another double."""

    def again(answer: Answer = well, slots: int = 1, measured: object = None, **options: object) -> Session:
        return sessions.reopen(
            tmp_path / "a-run",
            [LISTING],
            executor=Double(answer, slots),
            listener=listener,
            measured=measured or (lambda record: None),  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )

    return again


def kept(session: Session) -> list[Task]:
    return [observation.task for observation in journal.read(session.folder).observations]


@pytest.mark.parametrize("slots", [1, 2])
def test_a_run_is_on_disk_as_it_was_returned(start: Begin, slots: int) -> None:
    session = start("a", "a.speed", slots=slots)
    run = session.run()
    assert store.read(session.folder) == run
    assert run.finished
    assert [record.case.variant for record in run.records] == [None, "ours", "theirs"]
    assert all(record.passed for record in run.records)
    assert journal.read(session.folder).plan == session.plan
    assert len(kept(session)) == len(set(kept(session))) == 1 + 1 + 3 + 2


def test_an_order_carries_all_that_its_host_needs(start: Begin) -> None:
    session = start("a", profile="quick", data="full", threads=2)
    session.run()
    (order,) = session.executor.orders  # type: ignore[attr-defined]
    task = session.plan.tasks[0]
    assert order == Order(
        kind="task",
        module="plugin.ex01",
        exercise="ex01",
        files=(SourceFile("mine.py", "x = 1\n"),),
        task=task,
        profile="quick",
        data="full",
        folder=str(session.folder / task.case.folder),
        scratch=order.scratch,
        threads=2,
        timeout=session.plan.timeout,
    )
    assert order.scratch
    assert not Path(order.scratch).exists(), "what tasks keep for each other goes with the run"


@pytest.mark.parametrize(("parts", "devices"), [(("a",), ()), (("a", "a.speed"), ("cpu",))])
def test_a_run_that_times_nothing_keeps_no_device_from_others(
    start: Begin, parts: tuple[str, ...], devices: tuple[str, ...]
) -> None:
    """Studies alone neither wait for a run that times nor keep one waiting."""
    session = start(*parts)
    session.run()
    assert {order.devices for order in session.executor.orders} == {devices}  # type: ignore[attr-defined]


def test_figures_lie_in_the_folder_of_their_case(start: Begin) -> None:
    session = start("a")
    (record,) = session.run().records
    assert record.findings.figures[0].path == str(record.case.folder / "f.png")


def test_files_that_a_host_made_in_a_folder_of_its_own_are_brought_home(start: Begin, tmp_path: Path) -> None:
    away = tmp_path / "a host's own"
    away.mkdir()
    (away / "f.png").write_text("drawn")
    session = start("a")
    submit = session.executor.submit

    def elsewhere(order: Order, **options: object) -> object:
        future = submit(order, **options)  # type: ignore[arg-type]
        future._result = replace(future.result(), folder=str(away))  # type: ignore[attr-defined]
        return future

    session.executor.submit = elsewhere  # type: ignore[assignment,method-assign]
    (record,) = session.run().records
    assert (session.folder / record.findings.figures[0].path).read_text() == "drawn"


def test_files_that_find_no_room_at_home_name_the_run_to_go_on_with(
    start: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a shard that is the run that it belongs to."""
    session = start("a")
    session.folder = tmp_path / "whole-run" / "shards" / "00000" / "n1-1-2"

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(shutil, "copytree", refuse)
    with pytest.raises(StoreError, match="`bench run --resume whole-run`"):
        session._bring_home(session.plan.tasks[0], Reply(ended=Ended(0), folder=str(tmp_path)))
    session.journal.close()


def test_a_folder_that_a_task_has_closed_ends_nothing(
    start: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start("a")
    task = session.plan.tasks[0]

    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "closed", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)
    session._bring_home(task, Reply(ended=Ended(0), folder=str(session.folder / task.case.folder)))
    session.journal.close()


def test_every_record_is_told_once_when_its_case_is_complete(start: Begin) -> None:
    told: list[Record] = []
    session = start("a", "a.speed", "b", measured=told.append, slots=2)
    run = session.run()
    assert sorted(told, key=lambda record: record.case.key) == sorted(run.records, key=lambda record: record.case.key)


def test_each_part_is_announced_once_with_all_its_cases(start: Begin, listener: SimpleNamespace) -> None:
    heard: list[list[str]] = []
    listener.begin = lambda group: heard.append([task.case.part for task in group])
    start("a", "a.speed", "b", slots=2).run()
    assert heard == [["a"], ["b"], ["a.speed"]]


def interrupted(start: Begin, listener: SimpleNamespace, after: int, slots: int) -> Run:
    def stop(observation: Observation) -> None:
        done.append(observation)
        if len(done) == after:
            raise KeyboardInterrupt

    done: list[Observation] = []
    listener.done = stop
    session = start("a", "a.speed", "b", slots=slots)
    run = session.run()
    assert session.interrupted
    assert session.executor.closed  # type: ignore[attr-defined]
    assert store.read(session.folder) == run
    listener.done = lambda observation: None
    return run


@pytest.mark.parametrize("slots", [1, 2])
@pytest.mark.parametrize("after", range(1, 8))
def test_interrupted_anywhere_what_was_seen_is_kept_and_nothing_is_measured_twice(
    start: Begin, again: Begin, listener: SimpleNamespace, after: int, slots: int
) -> None:
    half = interrupted(start, listener, after, slots)
    assert not half.finished
    session = again(slots=slots)
    whole = session.run()
    assert whole.finished
    assert len(kept(session)) == len(set(kept(session))) == 8
    assert len([order for order in session.executor.orders if order.task]) == 8 - after  # type: ignore[attr-defined]
    for record in half.records:
        assert any(record.case == other.case for other in whole.records)


def test_what_the_journal_has_the_run_has_though_ctrl_c_comes_at_that_moment(
    start: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = journal.Journal.append

    def interrupted(self: journal.Journal, observation: Observation) -> None:
        append(self, observation)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(journal.Journal, "append", interrupted)
    session = start("a", "b")
    with as_they_were():
        signal.signal(signal.SIGINT, ctrl_c.ask)
        run = session.run()
    assert session.interrupted
    assert [record.case.part for record in run.records] == [task.case.part for task in kept(session)] == ["a"]


def test_a_finished_run_resumes_to_itself(start: Begin, again: Begin) -> None:
    session = start("a", "a.speed")
    run = session.run()
    size = (session.folder / "journal.jsonl").stat().st_size
    told: list[Record] = []
    resumed = again(measured=told.append)
    assert resumed.run() == run
    assert (session.folder / "journal.jsonl").stat().st_size == size
    assert tuple(told) == run.records


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "timeout", "reason": "too long"},
        {"outcome": "skipped", "reason": "no data", "missing": True},
        {"outcome": "failed", "reason": "died of SIGTERM (Terminated)"},
        {"outcome": "failed", "reason": "OSError: [Errno 28] No space left on device: 'x.png'"},
        {"outcome": "failed", "reason": "the checkpoint x.pt cannot be written: [Errno 122] Disk quota exceeded"},
    ],
    ids=["a study out of time", "something missing", "asked to end", "a full disk", "a full share of the disk"],
)
def test_what_was_not_finished_is_tried_again(start: Begin, again: Begin, change: dict[str, object]) -> None:
    first = start("a", "b", answer=failing_in("b", **change)).run()
    assert [record.outcome for record in first.records] == ["ok", change["outcome"]]
    second = again()
    assert [record.outcome for record in second.run().records] == ["ok", "ok"]
    assert [order.task.case.part for order in second.executor.orders if order.task] == ["b"]  # type: ignore[attr-defined]


def test_what_failed_for_good_is_not_tried_again(start: Begin, again: Begin) -> None:
    first = start("a", "b", answer=failing_in("a")).run()
    second = again()
    assert second.run() == first
    assert [order.kind for order in second.executor.orders] == ["probe"]  # type: ignore[attr-defined]


def test_another_machine_does_not_go_on(start: Begin, again: Begin) -> None:
    start("a", environment=replace(environment.gather({}, 1), cpu="another")).run()
    with pytest.raises(BenchError, match=r"different cpu: another.*Start a new run instead"):
        again()


def test_changed_code_does_not_go_on_and_is_named(
    start: Begin, again: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"plugin/ex01/{name}.py" for name in "abcde"]
    session = start("a", "b", code=dict.fromkeys(names, "0f"))
    run = session.run()
    assert run.code == store.read(session.folder).code == dict.fromkeys(names, "0f")
    with pytest.raises(UsageError) as refused:
        again()
    assert str(refused.value) == (
        "plugin/ex01/a.py, plugin/ex01/b.py, plugin/ex01/c.py and 2 more changed since the run began: "
        "start a new run, or put the files back"
    )
    monkeypatch.setattr(provenance, "of_exercises", lambda listings: dict.fromkeys(names, "0f"))
    assert again().run() == run


def test_a_changed_file_of_the_users_does_not_go_on(start: Begin, again: Begin, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    start("a", files=(SourceFile(str(mine), "x = 1\n"),)).run()
    mine.write_text("x = 2\n")
    with pytest.raises(UsageError, match=r"mine\.py changed since .*, or put the file back"):
        again()
    mine.unlink()
    assert again(lambda order: counting(order) if order.kind in ("task", "peak") else well(order)).run().finished


def test_a_run_whose_exercise_has_gone_does_not_go_on(start: Begin, tmp_path: Path, listener: SimpleNamespace) -> None:
    start("a").run()
    with pytest.raises(NothingMatched, match="ex01 is not here any more"):
        sessions.reopen(tmp_path / "a-run", [], executor=Double(well), listener=listener, measured=lambda record: None)


def test_exitfirst_stops_after_the_first_failure_and_may_be_gone_on_with(start: Begin, again: Begin) -> None:
    session = start("a", "b", "a.speed", answer=failing_in("b"), stop_first=True, slots=2)
    run = session.run()
    assert [record.case.part for record in run.records] == ["a", "b"]
    assert not run.finished
    assert not session.interrupted
    whole = again(stop_first=True).run()
    assert whole.finished
    assert [record.case.part for record in whole.records] == ["a", "b", "a.speed", "a.speed"]


def test_an_executor_that_cannot_take_an_order_ends_the_run_in_one_line(start: Begin) -> None:
    def answer(order: Order) -> Message:
        raise BenchError("no process")

    with pytest.raises(BenchError, match="no process"):
        start("a", answer=answer).run()


def test_real_processes_do_a_whole_run(begin: Begin) -> None:
    session = begin("ex90")
    run = session.run()
    assert store.read(session.folder) == run
    assert run.finished
    assert [record.case.variant for record in run.records] == [None, "sum", "product", "sum", "product"]
    assert all(record.passed for record in run.records)
    assert run.exercises[0].title == "Sums, done right"
    assert run.id == session.folder.name
    figure = run.records[0].findings.figures[0]
    assert (session.folder / figure.path).is_file()


def test_a_race_that_was_cut_short_goes_on_with_its_rounds(start: Begin, again: Begin) -> None:
    def cut(order: Order) -> Message:
        if order.task and order.task.round == 1:
            raise KeyboardInterrupt
        return well(order)

    first = start("b.race", answer=cut)
    assert not first.run().finished
    assert [task.round for task in kept(first)] == [0]
    second = again()
    run = second.run()
    assert run.finished
    assert [order.task.round for order in second.executor.orders if order.task] == [1, 2]  # type: ignore[attr-defined]
    assert [(record.case.variant, record.trials[0].runs) for record in run.records] == [("ours", 3), ("theirs", 3)]


def test_real_processes_run_a_race(begin: Begin) -> None:
    run = begin("ex89.a", given={"rate": ("0.2",)}).run()
    records = {str(record.case.variant): record for record in run.records}
    assert all(record.passed for record in records.values())
    ends = {name: record.trials[0].end for name, record in records.items()}
    assert ends == {
        "descent": "reached",
        "half as far": "reached",
        "twice the gradients": "reached",
        "too far": "diverged",
        "stands still": "limit",
    }
    plain, half, twice = (records[name].trials[0] for name in ("descent", "half as far", "twice the gradients"))
    assert (twice.steps, twice.evaluations) == (plain.steps, 2 * plain.steps)
    assert half.steps > plain.steps
    assert all(len(record.trials) == 1 for record in records.values())
    assert len(records["descent"].samples) == 3
    assert records["descent"].disturbance is not None
    assert [curve.name for curve in records["descent"].findings.curves] == [
        "height against seconds",
        "height against steps",
    ]
    assert run.clock_seconds > 0


def test_a_study_that_ran_out_of_time_goes_on_from_its_checkpoint(
    begin: Begin, executor: object, listener: SimpleNamespace
) -> None:
    from bench import catalogue

    session = begin("ex96.slow", timeout=2.0)
    assert [record.outcome for record in session.run().records] == ["timeout"]
    whole = sessions.reopen(
        session.folder,
        catalogue.listings(),
        executor=executor,  # type: ignore[arg-type]
        listener=listener,
        measured=lambda record: None,
    ).run()
    assert [record.outcome for record in whole.records] == ["ok"]


PEAK = Peak(device="cpu", flops=8e10, bandwidth=2e10, threads=1, array=1)


def counting(order: Order) -> Message:
    """Everything goes well, and what is timed counts its operations."""
    if order.kind == "peak":
        return PEAK
    answer = well(order)
    assert isinstance(answer, Observation)
    return replace(answer, work=Work(1, "images", flops=2.0, bytes=4.0))


def test_a_run_that_counts_operations_knows_the_peaks_of_its_devices(start: Begin) -> None:
    session = start("a.speed", answer=counting, profile="quick", threads=3)
    run = session.run()
    assert run.peaks == (PEAK,)
    assert store.read(session.folder).peaks == (PEAK,)
    *_, last = session.executor.orders  # type: ignore[attr-defined]
    assert last == Order(kind="peak", threads=3, devices=("cpu",))


def test_smoke_and_work_that_is_not_counted_ask_for_no_peaks(start: Begin) -> None:
    session = start("a.speed", answer=counting)
    assert session.run().peaks == ()
    assert {order.kind for order in session.executor.orders} == {"task"}  # type: ignore[attr-defined]


def test_a_run_without_its_peaks_is_a_run(start: Begin, listener: SimpleNamespace) -> None:
    broken = lambda order: Probe((), {}) if order.kind == "peak" else counting(order)  # noqa: E731
    run = start("a.speed", answer=broken, profile="quick").run()
    assert run.finished
    assert run.peaks == ()


def test_a_run_that_is_interrupted_at_its_peaks_is_kept(start: Begin) -> None:
    def interrupted(order: Order) -> Message:
        if order.kind == "peak":
            raise KeyboardInterrupt
        return counting(order)

    session = start("a.speed", answer=interrupted, profile="quick")
    run = session.run()
    assert not run.finished
    assert store.read(session.folder) == run
    assert all(record.passed for record in run.records)


def test_a_run_that_is_at_work_is_not_gone_on_with_until_it_is_written(start: Begin, again: Begin) -> None:
    def answer(order: Order) -> Message:
        with pytest.raises(StoreError, match="a-run is still running"):
            again()
        return counting(order) if order.kind == "task" else PEAK

    session = start("a.speed", answer=answer, profile="quick")
    assert session.run().finished
    assert again(lambda order: counting(order) if order.kind in ("task", "peak") else well(order)).run().finished


def test_a_run_whose_folder_is_removed_meanwhile_is_written_all_the_same(
    start: Begin, listener: SimpleNamespace
) -> None:
    session = start("a", "b", answer=lambda order: (shutil.rmtree(session.folder, ignore_errors=True), well(order))[1])
    run = session.run()
    assert store.read(session.folder) == run
    assert listener.said == [f"the folder of the run was removed while it was at work: run.json is in {session.folder}"]


def test_a_run_whose_folder_cannot_be_made_anew_is_written_elsewhere(
    start: Begin, listener: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced(order: Order) -> Message:
        if session.folder.is_dir():
            shutil.rmtree(session.folder)
            session.folder.write_text("a file")
        return well(order)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    session = start("a", "b", answer=replaced)
    run = session.run()
    assert session.folder.parent.name.startswith("bench-run-kept-")
    assert store.read(session.folder) == run
    assert listener.said[-1].endswith(str(session.folder))
