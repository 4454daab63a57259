"""Whom the main process believes, and what it does about a warm process or a child that goes, lies or is silent."""

import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from bench.execute.executors import conversation
from bench.execute.executors.conversation import Conversation
from bench.execute.executors.local import LocalExecutor
from bench.execute.executors.server import Server, ServerDied
from bench.execute.messages import Channel, Order, Progress, Reply
from bench.execute.observations import observation_of
from bench.execute.outcomes import KILLED
from bench.execute.session import unfinished
from bench.model import Broken, Case, Observation, Task
from tests.execute.executors import light
from tests.execute.executors.light import gone
from tests.execute.executors.test_forkserver import ESCAPER

TASK = Task("study", Case(exercise="ex01", part="a", device="cpu", seed=0))
SAY = (
    "from bench.model import Broken, Case, Observation, Task\n"
    "from bench.execute.messages import Ended, Order, Started\n"
    "from bench.execute.messages import Progress\n"
)
KILL_PARENT = "import os, signal; os.kill(os.getppid(), 9); signal.pause()"


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalExecutor]:
    monkeypatch.setattr(Server, "start", light.start)
    with LocalExecutor() as executor:
        yield executor


def do(executor: LocalExecutor, code: str, *, timeout: float | None = None, task: Task | None = None) -> Reply:
    return executor.submit(Order(kind="describe", module=code, task=task), timeout=timeout).result()


def test_who_kills_the_warm_process_has_failed_and_the_next_order_is_done(executor: LocalExecutor) -> None:
    reply = do(executor, SAY + "channel.send(Broken('ex01', 'why'));" + KILL_PARENT)
    assert reply.cause == f"{KILLED}, with the warm process that had started it: SIGKILL (Killed)"
    assert (reply.answer, reply.ended.status) == (None, -signal.SIGKILL)
    assert do(executor, "print('on')").ended.output == "on\n"
    assert len(executor._servers) == 1


def test_what_it_leaves_behind_is_ended(executor: LocalExecutor, tmp_path: Path) -> None:
    kept = tmp_path / "pid"
    do(executor, ESCAPER + f"open({str(kept)!r}, 'w').write(str(escaped))\n" + KILL_PARENT)
    assert gone(int(kept.read_text()))


def test_a_killed_task_is_tried_again_by_a_resumed_run(executor: LocalExecutor) -> None:
    for code in (KILL_PARENT, "import os; os.kill(os.getpid(), 9)"):
        seen = observation_of(TASK, do(executor, code), None)
        assert seen.outcome == "failed"
        assert unfinished(seen)
    assert not unfinished(observation_of(TASK, do(executor, "import os; os.abort()"), None))


def test_a_warm_process_that_is_killed_between_two_orders_costs_none(executor: LocalExecutor) -> None:
    do(executor, "")
    executor._servers[0].process.kill()
    executor._servers[0].process.wait()
    assert do(executor, "print('done')").ended.output == "done\n"


def test_one_that_an_order_has_left_without_files_costs_the_next_none(executor: LocalExecutor) -> None:
    take = "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (3, 3))"
    assert do(executor, take, task=TASK).ended.status == 0
    assert do(executor, "print('done')", task=TASK).ended.output == "done\n"


@pytest.mark.parametrize("task", [None, TASK])
def test_one_that_dies_every_time_ends_a_question_but_only_fails_a_task(
    monkeypatch: pytest.MonkeyPatch, task: Task | None
) -> None:
    begun: list[Server] = []

    def start(threads: int) -> Server:
        begun.append(light.start())
        begun[-1].process.kill()
        return begun[-1]

    monkeypatch.setattr(Server, "start", start)
    with LocalExecutor() as executor:
        if task:
            assert "SIGKILL" in do(executor, "", task=task).cause
        else:
            with pytest.raises(ServerDied, match=r"died: SIGKILL .*bench doctor"):
                do(executor, "")
    assert len(begun) == 3


def test_one_that_has_not_begun_its_order_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that still imports torch: a Ctrl-C does not have to wait for that."""
    asked = Event()
    ask = Server.ask

    def halted(threads: int) -> Server:
        server = light.start()
        server.process.send_signal(signal.SIGSTOP)
        return server

    def asking(server: Server, order: Order) -> Channel:
        try:
            return ask(server, order)
        finally:
            asked.set()

    monkeypatch.setattr(Server, "start", halted)
    monkeypatch.setattr(Server, "ask", asking)
    with LocalExecutor() as executor:
        future = executor.submit(Order(kind="describe"))
        assert asked.wait(60)
        (server,) = executor._servers
        assert not server.at_work
    assert server.process.returncode == -signal.SIGKILL
    assert isinstance(future.exception(), ServerDied)


def test_one_that_has_begun_its_order_may_end_what_that_has_started(executor: LocalExecutor) -> None:
    begun: list[bool] = []

    def listen(progress: Progress) -> None:
        begun.append(executor._servers[0].at_work)

    executor.submit(Order(kind="describe", module=SAY + "channel.send(Progress('on'))"), listen=listen).result()
    assert begun == [True]
    assert not executor._servers[0].at_work


FORGED = "Observation(task=Task('study', Case(exercise='ex06', part='a', device='cpu', seed=0)), outcome='failed')"


@pytest.mark.parametrize("said", [FORGED, "Ended(0)", "Started(1)", "Order(kind='probe')", "Progress('x', -1)"])
def test_what_is_not_a_childs_to_say_counts_for_nothing(executor: LocalExecutor, said: str) -> None:
    answer = "channel.send(Broken('ex01', 'why'));"
    reply = do(executor, SAY + answer + f"channel.send({said})\nprint('went on')", task=TASK)
    assert (reply.answer, reply.ended.output) == (Broken("ex01", "why"), "went on\n")


def test_an_observation_of_its_own_task_counts(executor: LocalExecutor) -> None:
    reply = do(executor, SAY + "channel.send(Observation(task=order.task, outcome='ok'))", task=TASK)
    assert reply.answer == Observation(task=TASK, outcome="ok")


def test_of_the_sockets_that_a_child_holds_none_is_the_warm_process_s(executor: LocalExecutor) -> None:
    count = "import os, stat; print(sum(stat.S_ISSOCK(os.fstat(int(n)).st_mode) for n in os.listdir('/proc/self/fd') "
    assert do(executor, count + "if os.path.exists(f'/proc/self/fd/{n}')))").ended.output == "1\n"


def test_a_child_that_shuts_its_socket_down_harms_itself_alone(executor: LocalExecutor) -> None:
    reply = do(executor, "channel.connection.shutdown(2); print('on')")
    assert (reply.answer, reply.ended.status, reply.ended.output) == (None, 0, "on\n")
    assert do(executor, SAY + "channel.send(Broken('ex01', 'why'))").answer == Broken("ex01", "why")


def test_a_line_without_an_end_ends_its_child(executor: LocalExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.execute.messages.MOST", 1 << 20)
    reply = do(executor, "while True: channel.connection.sendall(b'x' * 100_000)")
    assert reply.cause == conversation.endless()
    assert reply.ended.status == -signal.SIGKILL
    assert do(executor, "").ended.status == 0


HALT_PARENT = "import os, signal; os.kill(os.getppid(), signal.SIGSTOP); signal.pause()"


def test_a_warm_process_that_does_not_tell_the_end_of_its_child_is_ended(
    executor: LocalExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "GRACE", 0.01)
    reply = do(executor, HALT_PARENT, timeout=0.2)
    assert reply.timed_out
    assert do(executor, "print('on')").ended.output == "on\n"


def test_labels_are_short_and_a_variant_that_is_named_is_blamed() -> None:
    heard: list[Progress] = []
    talk = Conversation(order=Order(kind="probe"), server=None, timeout=None, listen=heard.append)  # type: ignore[arg-type]
    talk.note_childs(Progress("x" * 10_000, 1, 2, "mine"))
    talk.note_childs(Progress("x", 1, 2, "y" * (Channel.BOARD + 1)))
    assert (len(heard), len(heard[0].label), talk.variant) == (1, conversation.LABEL, "mine")


def test_a_child_that_has_no_group_yet_is_killed_all_the_same(executor: LocalExecutor) -> None:
    reply = do(executor, "import signal; signal.pause()", timeout=0.001)
    assert reply.timed_out
    assert reply.ended.status == -signal.SIGKILL
