"""What a guest's process does when it is asked, in this process: the state that it may change is put back."""

import gc
import os
import random
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from bench.execute.guests import shared
from bench.execute.guests.inside import Inside
from bench.execute.guests.line import Message
from bench.measure import agreement, world
from bench.model import Memory
from bench.results import store
from tests.execute import hosting


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Puts back what set-ups and calls here change."""
    handler, folder, python = signal.getsignal(signal.SIGUSR1), Path.cwd(), random.getstate()
    threads, dtype, numbers = torch.get_num_threads(), torch.get_default_dtype(), torch.get_rng_state()
    with torch.set_grad_enabled(True):
        yield
    torch.set_num_threads(threads)
    torch.set_default_dtype(dtype)
    torch.set_rng_state(numbers)
    random.setstate(python)
    signal.signal(signal.SIGUSR1, handler)
    os.chdir(folder)
    gc.enable()


class Host:
    """The other end of the line: ``requests`` come one by one, and ``replies`` are kept."""

    def __init__(self, *requests: Message) -> None:
        self.requests, self.replies = list(requests), list[Message]()

    def receive(self, seconds: float | None = None) -> Message:
        if not self.requests:
            raise EOFError
        return self.requests.pop(0)

    def send(self, message: Message) -> None:
        self.replies.append(message)


@pytest.fixture
def files() -> Iterator[tuple[int, int]]:
    inbox, outbox = shared.new_file(), shared.new_file()
    yield inbox, outbox
    os.close(inbox)
    os.close(outbox)


class Asked:
    """An inside of one set-up, and what it replies."""

    def __init__(self, code: str, folder: Path, files: tuple[int, int]) -> None:
        context = hosting.context("agree", {"mine": code}, folder)
        self.inbox, self.outbox = files
        self.inside = Inside(
            order=context.order,
            task=context.task,
            guest=hosting.guest("mine"),
            line=Host(),  # type: ignore[arg-type]
            inbox=self.inbox,
            outbox=self.outbox,
            before=world.world(),
        )

    def ask(self, do: str, **request: Any) -> Message:
        return self.inside.reply({"do": do, **request})

    def set_up(self, slot: int = 0, seed: int = 3) -> Message:
        """All that a host asks for; the first failure, or the notes."""
        replies = [self.ask("load"), self.ask("set_up", slot=slot, dtype="float32", seed=seed), self.ask("settle")]
        failures = [reply for reply in replies if "failure" in reply]
        return failures[0] if failures else {"notes": [note for each in replies for note in each.get("notes", ())]}

    def answer(self, slot: int = 0) -> dict[str, torch.Tensor]:
        assert self.ask("call", slot=slot, calls=2) == {"gpu": None}
        return shared.get(self.outbox, self.ask("hand_over")["tensors"])


@pytest.fixture
def asked(tmp_path: Path, files: tuple[int, int]) -> Any:
    return lambda code: Asked(code, tmp_path, files)


def test_it_serves_until_the_end_and_repeats_the_number_of_a_request(asked: Any) -> None:
    inside = asked(hosting.HONEST).inside
    inside.line = host = Host({"do": "nothing", "number": 1}, {"do": "load", "number": 2})
    inside.serve()
    assert host.replies == [{"number": 1}, {"notes": [], "number": 2}]


def test_an_honest_variant_is_set_up_called_and_handed_over(asked: Any) -> None:
    guest = asked(hosting.HONEST)
    assert guest.set_up() == {"notes": []}
    assert not gc.isenabled()
    x, w = hosting.drawn(hosting.context("agree", {}, Path()).lab(torch.float32, 3))
    assert torch.equal(guest.answer()["output"], x @ w)
    assert bool(guest.inside.result.isnan().all())
    assert guest.set_up(slot=1, seed=4) == {"notes": []}
    assert not torch.equal(guest.answer(1)["output"], x @ w)


@pytest.mark.parametrize(
    ("code", "outcome", "says"),
    [
        ("def setup(lab):\n    raise ZeroDivisionError('no')", "failed", "ZeroDivisionError: no"),
        ("def setup(lab):\n    pass", "failed", "must return a call, .* it returned None"),
        ("def setup(lab):\n    return torch.ones(2)", "failed", "must return a call, .* it returned tensor"),
        ("def setup():\n    return torch.ones", "failed", "TypeError"),
        ("import sys\ndef setup(lab):\n    sys.exit(0)", "failed", r"called sys.exit\(0\)"),
        ("def setup(lab):\n    raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
        ("import sys\nsys.exit('x' * 5000)", "failed", r"called sys.exit\('xxx"),
        ("def setup(lab):\n    raise ValueError('x' * 5000)", "failed", "ValueError: xxx"),
        ("from bench import Skip\ndef setup(lab):\n    raise Skip('no GPU')", "skipped", "no GPU"),
        ("def setup(lab):\n    raise MemoryError", "oom", "MemoryError"),
        ("1 / 0", "failed", "ZeroDivisionError"),
        ("setup = None", "failed", "must be a set-up"),
    ],
)
def test_what_goes_wrong_in_a_set_up_is_told(asked: Any, code: str, outcome: str, says: str) -> None:
    failure = asked(code).set_up()["failure"]
    assert failure[0] == outcome
    assert len(failure[1]) <= 1000
    assert re.search(says, failure[1])


def test_a_variant_that_is_not_offered_any_more_is_missed(asked: Any) -> None:
    assert "does not offer 'guest'" in asked("bench_variants = None").set_up()["failure"][1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("torch.set_num_threads(2)", "changes the number of threads from 1 to 2"),
        ("torch.set_default_dtype(torch.float64)", "changes the default dtype from torch.float32 to torch.float64"),
        ("torch.set_grad_enabled(False)", "changes the grad mode from True to False"),
    ],
)
@pytest.mark.parametrize("where", ["import", "set-up", "call"])
def test_who_changes_how_calls_compute_is_refused(asked: Any, change: str, says: str, where: str) -> None:
    at = {each: change if each == where else "pass" for each in ("import", "set-up", "call")}
    code = (
        f"{at['import']}\n"
        f"def call():\n    {at['call']}\n    return torch.ones(2)\n"
        f"def setup(lab):\n    {at['set-up']}\n    return call\n"
    )
    torch.set_num_threads(1)
    guest = asked(code)
    seen = guest.set_up()
    if where == "call":
        assert seen == {"notes": []}
        guest.ask("call", slot=0, calls=1)
        seen = guest.ask("hand_over")
    assert seen["failure"][:2] == ["failed", f"its {where} {says}: it would not be timed like the others"]


def test_a_later_call_that_changes_it_is_found_too(asked: Any) -> None:
    guest = asked(
        "calls = []\ndef call():\n    calls.append(0)\n    torch.set_grad_enabled(len(calls) < 5)\n"
        "    return torch.ones(2)\ndef setup(lab):\n    return call"
    )
    guest.set_up()
    guest.answer()
    guest.answer()
    guest.ask("call", slot=0, calls=2)
    assert "its call changes the grad mode" in guest.ask("hand_over")["failure"][1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("import os; os.chdir('/')", "changes the working directory from .* to /"),
        ("torch.rand(())", "leaves torch's random state changed"),
        ("import random; random.random()", "leaves Python's random state changed"),
        ("import signal; signal.signal(signal.SIGUSR1, lambda *_: None)", "leaves the handlers of signals changed"),
    ],
)
def test_what_else_a_call_changes_is_noted(asked: Any, change: str, says: str) -> None:
    guest = asked(f"def call():\n    {change}\n    return torch.ones(2)\ndef setup(lab):\n    return call")
    assert guest.set_up() == {"notes": []}
    guest.ask("call", slot=0, calls=1)
    (note,) = guest.ask("hand_over")["notes"]
    assert note.startswith("its call ")
    assert re.search(says, note)


def test_a_thread_that_is_left_is_noted(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(hosting, "wait", done.wait, raising=False)
    start = "threading.Thread(target=hosting.wait).start()"
    guest = asked(
        f"import threading\nfrom tests.execute import hosting\ndef setup(lab):\n    {start}\n    return setup"
    )
    (note,) = guest.set_up()["notes"]
    done.set()
    assert note.startswith("its set-up changes the number of Python's threads from ")


def test_what_would_compute_later_is_refused_while_the_clock_runs(asked: Any) -> None:
    guest = asked("def setup(lab):\n    return lambda: [torch.ones(2)]")
    guest.set_up()
    assert "must give a tensor or a dict" in guest.ask("call", slot=0, calls=1)["failure"][1]


def test_inputs_are_learnt_changed_and_put_back(asked: Any) -> None:
    guest = asked(hosting.HONEST)
    guest.set_up()
    before = guest.answer()["output"]
    x, w = hosting.drawn(hosting.context("agree", {}, Path()).lab(torch.float32, 3))
    new = torch.ones(6, 6)
    described = shared.put(guest.inbox, {"0": x, "1": new, "2": torch.zeros(5), "3": torch.ones(5)})
    assert guest.ask("learn", slot=0, described=described) == {"places": 1}
    guest.ask("change", which=1)
    assert torch.equal(guest.answer()["output"], new @ w)
    guest.ask("change", which=0)
    assert torch.equal(guest.answer()["output"], before)


def test_what_a_call_holds_of_an_answer_is_overwritten(asked: Any) -> None:
    guest = asked("def setup(lab):\n    x, w = drawn(lab)\n    kept = x @ w\n    return lambda: kept.clone()")
    guest.set_up()
    answer = guest.answer()
    assert guest.ask("spoil", slot=0, described=shared.put(guest.inbox, answer)) == {"spoilt": 1}
    assert agreement.is_poisoned(guest.answer()["output"])


def test_it_weighs_itself(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def weigh(fresh: Any, device: torch.device) -> Memory:
        fresh()()
        return Memory((5,), 7, "a balance")

    monkeypatch.setattr("bench.measure.weighing.weigh", weigh)
    guest = asked(hosting.HONEST)
    guest.set_up()
    said = guest.ask("weigh", seed=0)["memory"]
    assert store.decode(said.encode(), Memory) == Memory((5,), 7, "a balance")
    assert shared.get(guest.outbox, guest.ask("hand_over")["tensors"])["output"].shape == (6, 6)


def test_an_unknown_request_is_a_failure_of_its_own(asked: Any) -> None:
    assert asked(hosting.HONEST).ask("dance")["failure"][0] == "failed"
