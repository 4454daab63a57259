"""Guests in processes of their own: honest ones, those that end, hang, forge or flood; and that nothing stays."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import torch

from bench.errors import PluginError
from bench.execute.guests import forking, offspring, process
from bench.execute.guests.process import GuestProcess
from bench.execute.outcomes import Told
from bench.measure.sampling import FirstCall
from bench.model import Memory
from tests.execute import hosting

Start = Callable[..., GuestProcess]
PATIENCE = 60.0
"""Seconds that no request here takes."""

LINE = "next(int(f.name) for f in FILES.iterdir() if f.is_symlink() and 'socket' in str(f.readlink()))"
"""How a guest can find the line: it is the only socket that is open."""


def files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a guest by the text of its set-up. When all are closed, there are as many open files as before."""
    started: list[GuestProcess] = []
    psutil.Process()
    before = files()

    def start(code: str = hosting.HONEST, patience: float | None = PATIENCE) -> GuestProcess:
        context = hosting.context("agree", {"mine": code}, tmp_path)
        started.append(forking.start(hosting.guest("mine"), context.order, context.task, patience))
        return started[-1]

    yield start
    for each in started:
        each.close()
        assert not psutil.pid_exists(each.pid)
    assert files() == before


def calling(statement: str) -> str:
    """A set-up whose call does this, and gives ones."""
    head = "import os, pathlib, signal, sys\nFILES = pathlib.Path('/proc/self/fd')\n"
    return f"{head}def call():\n    {statement}\n    return torch.ones(2)\ndef setup(lab):\n    return call\n"


def told(action: Callable[[], object]) -> Told:
    with pytest.raises(Told) as caught:
        action()
    return caught.value


def test_an_honest_guest_is_set_up_timed_asked_and_weighed(start: Start) -> None:
    guest = start()
    assert guest.set_up(0, 3) > 0
    block = guest.block(0, 3)
    assert block.seconds > 0
    assert block.gpu_seconds is None
    x, w = hosting.drawn(hosting.context("agree", {}, Path()).lab(torch.float32, 3))
    assert torch.equal(guest.answer()["output"], x @ w)
    assert guest.exchange() > 0
    assert guest.learn(0, [(x, torch.ones(6, 6))])
    guest.change(1)
    assert torch.equal(FirstCall.make(guest).answer["output"], torch.ones(6, 6) @ w)
    guest.change(0)
    answer = FirstCall.make(guest).answer
    assert torch.equal(answer["output"], x @ w)
    assert not guest.forget(0, answer)
    guest.ask("its process", "return_memory")
    assert guest.weigh(0).baseline > 0
    assert guest.notes == []


def test_its_files_lie_in_a_folder_that_goes_with_it(start: Start) -> None:
    guest = start(
        "def setup(lab):\n    (lab.folder / 'mine.txt').write_text('x')\n    print(lab.folder)\n    return setup"
    )
    guest.set_up(0, 0)
    folder = Path(guest.tail().strip())
    assert (folder / "mine.txt").is_file()
    guest.close()
    assert not folder.exists()


def test_nothing_of_its_host_is_open_in_it(start: Start) -> None:
    with Path("/proc/self/status").open():
        other = start()
        guest = start(
            "import os\nprint(*sorted(map(int, os.listdir('/proc/self/fd'))))\ndef setup(lab):\n    return setup"
        )
        guest.set_up(0, 0)
    assert other.ended == ""
    # The three streams, the line, two files for tensors, and the one that lists the folder.
    assert len(guest.tail().split()) == 7


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("os._exit(3)", "its call ended its process with exit status 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "its call died of SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "its call died of SIGSEGV"),
    ],
)
def test_who_ends_is_told_with_what_it_printed_last(start: Start, statement: str, says: str) -> None:
    guest = start(calling(f"print('so long'); {statement}"))
    guest.set_up(0, 0)
    error = told(lambda: guest.block(0, 1))
    assert error.outcome == "failed"
    assert error.reason.startswith(says)
    assert "so long" in error.detail
    assert told(lambda: guest.block(0, 1)).reason == error.reason
    assert guest.elsewhere() == 0.0


def test_one_that_the_kernel_killed_for_memory_ran_out_of_it(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = start(calling("os.kill(os.getpid(), signal.SIGKILL)"))
    guest.set_up(0, 0)
    monkeypatch.setattr(process, "oom_kills", lambda: guest.kills + 1)
    assert told(lambda: guest.block(0, 1)).outcome == "oom"


@pytest.mark.parametrize("statement", ["while True: pass", "sys.stdin.read(); signal.pause()"])
def test_an_endless_one_is_killed(start: Start, statement: str) -> None:
    guest = start(calling(statement))
    guest.set_up(0, 0)
    guest.patience = 0.2
    error = told(lambda: guest.block(0, 1))
    assert error.outcome == "timeout"
    assert error.reason == "its call took longer than 0.2 s and was killed; --timeout allows more"


@pytest.mark.parametrize(
    ("written", "how"),
    [
        (r"b'garbage\n'", "JSONDecodeError"),
        (r"b'{}\n'", "a reply to nothing that it was asked"),
        (r"b'{\"number\": 1}\n'", "a reply to nothing that it was asked"),
        (r"b'[' * 100_000 + b'\n'", "nested too deeply"),
        (r"b'{\"number\": 4, \"failure\": 5}\n'", "a reply that is none"),
    ],
    ids=range(5),
)
def test_who_writes_into_the_line_is_killed(start: Start, written: str, how: str) -> None:
    guest = start(calling(f"os.write({LINE}, {written})"))
    guest.set_up(0, 0)
    assert guest.number == 3
    error = told(lambda: guest.block(0, 1))
    assert error.outcome == "failed"
    assert error.reason.startswith("its call wrote into the connection that is bench's: ")
    assert how in error.reason
    assert guest.status is not None


def test_who_closes_the_line_and_lives_on_is_killed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE", 0.05)
    guest = start(calling("os.closerange(3, 99); signal.pause()"))
    guest.set_up(0, 0)
    assert told(lambda: guest.block(0, 1)).reason == "its call closed the connection that is bench's, and was killed"


def test_a_dead_one_is_found_though_its_child_holds_the_line(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GLANCE", 0.05)
    # The child reads until the host closes the line, and ends.
    guest = start(calling(f"os.fork() or (os.read({LINE}, 1), os._exit(0)); os._exit(5)"))
    guest.set_up(0, 0)
    assert told(lambda: guest.block(0, 1)).reason == "its call ended its process with exit status 5"


def test_what_it_prints_is_bounded(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_OUTPUT", 10_000)
    guest = start(calling("print('x' * 50_000)"))
    guest.set_up(0, 0)
    for _ in range(3):
        guest.block(0, 1)
        assert os.fstat(guest.output).st_size < 10_000


def test_what_it_prints_is_bounded_while_it_is_waited_for(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_OUTPUT", 10_000)
    monkeypatch.setattr(process, "GLANCE", 0.01)
    sizes: list[int] = []
    forget = GuestProcess._forget_output

    def counted(self: GuestProcess) -> None:
        sizes.append(1)
        forget(self)

    monkeypatch.setattr(GuestProcess, "_forget_output", counted)
    guest = start(calling("while True: print('x' * 1000)"))
    guest.set_up(0, 0)
    sizes.clear()
    guest.patience = 0.2
    assert len(told(lambda: guest.block(0, 1)).detail) <= process.OUTPUT
    assert sizes


def test_a_process_that_it_has_started_goes_with_it(start: Start) -> None:
    guest = start(calling("(pid := os.fork()) or signal.pause(); print(pid)"))
    guest.set_up(0, 0)
    guest.block(0, 1)
    child = psutil.Process(int(guest.tail()))
    assert child.is_running()
    guest.close()
    child.wait(10)


def test_what_its_children_compute_counts(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([5.0, 7.0])
    monkeypatch.setattr(offspring, "computed_by_children", lambda pid: next(seconds))
    guest = start()
    guest.set_up(0, 0)
    guest.mark()
    assert guest.busy == 0
    guest.block(0, 1)
    assert 2.0 <= guest.elsewhere() < 3.0
    assert guest.busy > 0


def test_where_the_kernel_does_not_count_nothing_is_held_against_it(start: Start) -> None:
    guest = start()
    guest.waiting.__exit__()
    assert not guest.waiting.is_known
    assert guest.elsewhere() == 0.0


def test_a_block_that_nothing_could_do_is_none(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = start()
    guest.set_up(0, 0)
    monkeypatch.setattr(GuestProcess, "ask", lambda self, what, do, **request: {})
    assert "which nothing can be" in told(lambda: guest.block(0, 10**12)).reason


@pytest.mark.parametrize(
    ("gpu", "kept"), [(1e-9, 1e-9), (100.0, None), (-1.0, None), ("x", None), (float("nan"), None), (None, None)]
)
def test_seconds_of_a_gpu_are_no_more_than_those_of_the_clock(
    start: Start, monkeypatch: pytest.MonkeyPatch, gpu: object, kept: float | None
) -> None:
    guest = start()
    monkeypatch.setattr(GuestProcess, "ask", lambda self, what, do, **request: {"gpu": gpu})
    assert guest.block(0, 1).gpu_seconds == kept


def test_notes_are_texts_and_not_too_many(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = start()
    guest._note(["one", "one", {"a": 1}, "\ud800", "x" * 5000])
    assert guest.notes == ["one", "{'a': 1}", "?", "x" * process.REASON]
    guest._note([f"note {number}" for number in range(100)])
    guest._note(5)
    assert len(guest.notes) == process.NOTES


@pytest.mark.parametrize("memory", [Memory((-1,), 0, "m"), Memory((), 0, "m"), Memory((1,), 0, "m", -3)])
def test_a_peak_that_cannot_be_is_refused(start: Start, monkeypatch: pytest.MonkeyPatch, memory: Memory) -> None:
    from bench.results import store

    guest = start()
    monkeypatch.setattr(GuestProcess, "ask", lambda self, what, do, **_: {"memory": store.encode(memory).decode()})
    with pytest.raises(PluginError, match="cannot be"):
        guest.weigh(0)


def test_no_more_is_read_than_could_be_an_answer(start: Start) -> None:
    guest = start("def setup(lab):\n    return lambda: torch.zeros(1 << 20)")
    guest.set_up(0, 0)
    guest.expects({"output": torch.zeros(2)})
    assert guest.most == process.ROOM
    guest.most = 1000
    guest.block(0, 1)
    with pytest.raises(PluginError, match="more than 1000 bytes"):
        guest.answer()
