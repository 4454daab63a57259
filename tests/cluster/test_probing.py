"""A machine is asked what it is, through the folder that it shares with us; every way not to answer is one line."""

import signal
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench import ctrl_c
from bench.cluster import probing
from bench.cluster.engine import State
from bench.cluster.probing import ANSWER, ASKED, LATE, Answer, ask
from bench.cluster.shards import Needs
from bench.errors import BenchError
from bench.execute.inquiries import Seen
from bench.results import store
from tests.cluster.doubles import place

NEEDS = Needs(device="cuda", threads=3, alone=False)
SEEN = Seen(("cpu", "cuda"), place("n7", gpu="H200"))


@dataclass
class Asked:
    """An engine of one machine, which waits in its queue, runs, and has ``told`` when it ends."""

    tell: Callable[[Path], object]
    states: list[State] = field(default_factory=lambda: ["waiting", "running", "ended"])
    commands: list[Sequence[str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    outlives = True

    def start(self, commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        assert needs == NEEDS
        self.commands += commands
        return ("h",)

    def look(self, handles: Sequence[str]) -> Mapping[str, State]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if state == "ended":
            self.tell(Path(self.commands[0][self.commands[0].index("--probe") + 1]))
        return {"h": state} if state != "lost" else {}

    def cancel(self, handles: Sequence[str]) -> None:
        self.cancelled += handles

    def close(self) -> None:
        pass


def tell(answer: Callable[[str], Answer]) -> Callable[[Path], object]:
    return lambda folder: (folder / ANSWER).write_bytes(store.encode(answer((folder / ASKED).read_text())))


def test_the_machine_that_was_asked_answers(tmp_path: Path) -> None:
    engine = Asked(tell(lambda token: Answer(token=token, seen=SEEN)))
    root = tmp_path / "results"
    assert ask(engine, root, NEEDS, pause=engine.paused.append) == SEEN
    (command,) = engine.commands
    assert command[1:5] == ["-P", "-m", "bench", "work"]
    assert command[-2:] == ["--threads", "3"]
    assert Path(command[command.index("--probe") + 1]).is_absolute()
    assert list(root.iterdir()) == [], "nothing of it stays"
    assert engine.cancelled == []


def test_a_machine_without_torch_says_so(tmp_path: Path) -> None:
    engine = Asked(tell(lambda token: Answer(token=token, problem="torch cannot be used here: no such file")))
    with pytest.raises(BenchError, match="the machine that was asked cannot be used: torch cannot be used here"):
        ask(engine, tmp_path, NEEDS, pause=engine.paused.append)


@pytest.mark.parametrize(
    "said",
    [
        lambda folder: None,
        lambda folder: (folder / ANSWER).write_bytes(b"{"),
        lambda folder: (folder / ANSWER).write_bytes(store.encode(Answer(token="another's", seen=SEEN))),
    ],
    ids=["nothing", "half", "another's"],
)
@pytest.mark.parametrize("end", ["ended", "lost"])
def test_a_machine_that_does_not_see_the_folder_is_found_out(tmp_path: Path, said: object, end: State) -> None:
    engine = Asked(said, ["waiting", end])  # type: ignore[arg-type]
    with pytest.raises(BenchError, match="did not answer: does it see ") as error:
        ask(engine, tmp_path, NEEDS, pause=engine.paused.append)
    assert str(tmp_path) in str(error.value)
    assert "-o names another folder" in str(error.value)
    assert len(engine.paused) == LATE + 2
    assert engine.cancelled == ["h"]
    assert list(tmp_path.iterdir()) == []


def test_an_answer_may_be_seen_late(tmp_path: Path) -> None:
    told = tell(lambda token: Answer(token=token, seen=SEEN))
    looks: list[Path] = []

    def late(folder: Path) -> None:
        looks.append(folder)
        if len(looks) == LATE:
            told(folder)

    engine = Asked(late)
    assert ask(engine, tmp_path, NEEDS, pause=engine.paused.append) == SEEN


def test_ctrl_c_takes_the_question_back(tmp_path: Path) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    engine = Asked(lambda folder: None)
    with pytest.raises(KeyboardInterrupt):
        ask(engine, tmp_path, NEEDS, pause=interrupt)
    assert engine.cancelled == ["h"]
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_the_question_is_handed_over_takes_it_back(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, ctrl_c.ask)
    engine = Asked(lambda folder: None)
    start = engine.start

    def started(commands: Sequence[Sequence[str]], needs: Needs) -> tuple[str, ...]:
        handles = start(commands, needs)
        signal.raise_signal(signal.SIGINT)
        return handles

    engine.start = started  # type: ignore[method-assign]
    try:
        with pytest.raises(KeyboardInterrupt):
            ask(engine, tmp_path, NEEDS, pause=engine.paused.append)
    finally:
        signal.signal(signal.SIGINT, before)
    assert engine.cancelled == ["h"]


def test_ctrl_c_is_told_though_the_question_cannot_be_taken_back(tmp_path: Path) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    def silent(handles: Sequence[str]) -> None:
        raise BenchError("the controller does not answer")

    engine = Asked(lambda folder: None)
    engine.cancel = silent  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        ask(engine, tmp_path, NEEDS, pause=interrupt)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(BenchError, match="cannot be written"):
        ask(Asked(lambda folder: None), tmp_path / "results", NEEDS, pause=lambda seconds: None)


def test_on_the_node_the_answer_carries_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ASKED).write_text("abc")
    monkeypatch.setattr(probing, "look", lambda executor, threads, data: SEEN)
    probing.answer(tmp_path, None, 3)  # type: ignore[arg-type]
    kept = store.decode((tmp_path / ANSWER).read_bytes(), Answer)
    assert kept == Answer(token="abc", seen=SEEN)
    assert stat.S_ISREG((tmp_path / ANSWER).stat().st_mode)


def test_on_the_node_a_problem_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(executor: object, threads: int, data: str) -> Seen:
        raise BenchError("no torch")

    (tmp_path / ASKED).write_text("abc")
    monkeypatch.setattr(probing, "look", broken)
    probing.answer(tmp_path, None, 1)  # type: ignore[arg-type]
    assert store.decode((tmp_path / ANSWER).read_bytes(), Answer).problem == "no torch"


def test_on_the_node_a_question_that_is_no_text_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ASKED).write_bytes(b"\xff\xfe")
    monkeypatch.setattr(probing, "look", lambda executor, threads, data: SEEN)
    probing.answer(tmp_path, object(), 1)  # type: ignore[arg-type]
    assert store.decode((tmp_path / ANSWER).read_bytes(), Answer).seen == SEEN


def test_on_a_node_that_does_not_see_the_folder_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probing.answer(tmp_path / "not here", None, 1)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
