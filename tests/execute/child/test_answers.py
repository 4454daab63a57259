"""One order, done and answered: in this process, for a child does nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from bench.errors import Missing, PluginError
from bench.execute.child import answers, tasks
from bench.execute.executors import forkserver
from bench.execute.messages import Checked, Described, Message, Order, Probe, Verdicts
from bench.model import Broken, Case, Observation, Peak, SourceFile, Task

TASK = Task("study", Case(exercise="ex90", part="a", device="cpu", seed=0))
ORDER = Order(kind="task", module="trial_exercises.ex90_sound", exercise="ex90", task=TASK)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The state of this process, which an order settles."""
    threads, backends = torch.get_num_threads(), (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [backend.allow_tf32 for backend in backends]
    with threadpool_limits(threads):
        yield
    torch.set_num_threads(threads)
    for backend, allowed in zip(backends, before, strict=True):
        backend.allow_tf32 = allowed


def answer(order: Order) -> Message:
    class Ear:
        def send(self, message: Message) -> None:
            heard.append(message)

    heard: list[Message] = []
    forkserver._answer(order, Ear())  # type: ignore[arg-type]
    (only,) = heard
    return only


def test_every_order_begins_in_the_same_state() -> None:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    answer(Order(kind="probe", threads=2))
    assert torch.get_num_threads() == 2
    assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} <= {2}
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32
    answer(Order(kind="probe", threads=1))
    assert torch.get_num_threads() == 1


def test_a_machine_without_a_gpu_has_its_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    probe = answer(Order(kind="probe"))
    assert isinstance(probe, Probe)
    assert probe.devices == ("cpu",)
    assert probe.facts["torch"] == str(torch.__version__)
    assert (probe.facts["gpu"], probe.facts["driver"], probe.facts["gpu_id"]) == ("", "", "")


def test_what_there_is_of_the_data_is_said_where_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "digests", lambda form: {form: "0f"})
    for asked, said in (("full", {"full": "0f"}), ("", {})):
        probe = answer(Order(kind="probe", data=asked))
        assert isinstance(probe, Probe)
        assert probe.data == said


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5\nGCC version:  13\n", "550.54.15"),
        (None, ""),
    ],
)
def test_a_gpu_is_named_with_its_driver(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, driver: str
) -> None:
    if text is not None:
        (tmp_path / "version").write_text(text)
    monkeypatch.setattr(answers, "DRIVER", tmp_path / "version")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "H100")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="8c5f"))
    probe = answer(Order(kind="probe"))
    assert isinstance(probe, Probe)
    assert probe.devices == ("cpu", "cuda")
    assert (probe.facts["gpu"], probe.facts["driver"], probe.facts["gpu_id"]) == ("H100", driver, "GPU-8c5f")


def test_an_exercise_is_described_with_the_files_that_it_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers.sources, "read_by", lambda module: {module: "0f"})
    described = answer(replace(ORDER, kind="describe"))
    assert isinstance(described, Described)
    assert [part.id for part in described.description.parts] == ["a", "a.speed"]
    assert described.description.tags == ("trial",)
    assert described.read == {ORDER.module: "0f"}


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("trial_exercises.ex91_raises", "RuntimeError: the import went wrong"),
        ("trial_exercises.ex89_absent", "ModuleNotFoundError: No module named 'trial_exercises.ex89_absent'"),
        ("json", "json: no hook bench_exercise() that returns an Exercise"),
    ],
)
def test_what_cannot_be_loaded_is_broken(module: str, reason: str) -> None:
    assert answer(Order(kind="describe", module=module, exercise="ex91")) == Broken("ex91", reason)


def test_files_of_the_users_own_are_not_loaded_to_describe_an_exercise() -> None:
    described = answer(replace(ORDER, kind="describe", files=(SourceFile("mine.py", "1 / 0"),)))
    assert isinstance(described, Described)


def test_whatever_a_task_raises_is_its_observation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setitem(tasks.DOING, "study", fail)
    error: Exception = Missing("no data; fetch them")
    missed = answer(ORDER)
    assert isinstance(missed, Observation)
    assert (missed.task, missed.outcome, missed.reason, missed.missing) == (TASK, "skipped", str(error), True)
    assert missed.seconds > 0
    error = ValueError("no")
    failed = answer(ORDER)
    assert isinstance(failed, Observation)
    assert (failed.outcome, failed.reason, failed.missing) == ("failed", "ValueError: no", False)
    assert "in fail" in failed.detail


def test_what_a_task_gives_is_kept_with_the_time_that_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tasks.DOING, "study", lambda context: Observation(task=context.task, outcome="ok"))
    done = answer(ORDER)
    assert isinstance(done, Observation)
    assert done == Observation(task=TASK, outcome="ok", seconds=done.seconds)
    assert 0 < done.seconds < 10


def test_an_order_for_no_task_is_no_order() -> None:
    with pytest.raises(PluginError, match="without the task"):
        answer(replace(ORDER, task=None))


def test_a_check_gives_its_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = Verdicts((Checked("it loads"),))
    monkeypatch.setitem(forkserver.ANSWERS, "check", lambda order, channel: verdicts)
    assert answer(replace(ORDER, kind="check")) == verdicts


def test_peaks_are_those_of_the_orders_device_and_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(device: torch.device, threads: int) -> Peak:
        return Peak(device=device.type, flops=1.0, bandwidth=1.0, threads=threads, array=1)

    monkeypatch.setattr(answers.peaks, "measure", measured)
    peak = answer(Order(kind="peak", devices=("cpu",), threads=1))
    assert isinstance(peak, Peak)
    assert (peak.device, peak.threads) == ("cpu", 1)
