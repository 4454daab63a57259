"""A round of a case: own variants and guests in laps, each held against the truth of every input."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from bench.errors import PluginError
from bench.execute.child import following, timing
from bench.execute.child.agreeing import PREPARED
from bench.execute.child.context import NEXT, TaskContext
from bench.execute.child.timing import require_alone, time
from bench.execute.guests.process import GuestProcess
from bench.measure import clock, sampling
from bench.measure.disturbance import Waiting
from bench.model import Observation
from tests.execute import hosting
from tests.execute.hosting import HONEST

SETUP = "def setup(lab):\n    x, w = drawn(lab)\n    "


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a guest are not made longer here, and nothing is told from times."""
    monkeypatch.setattr(timing, "LONGEST", 0.002)
    monkeypatch.setattr(timing, "ELSEWHERE", 100.0)
    monkeypatch.setattr(following, "FAST", 0.0)


def timed(folder: Path, codes: dict[str, str], **more: Any) -> Observation:
    return time(hosting.context("time", codes, folder, **more))


def test_own_variants_and_guests_are_timed_in_the_same_laps(tmp_path: Path) -> None:
    seen = timed(tmp_path, {"mine": HONEST, "own": HONEST}).variants
    assert list(seen) == ["product", "own", "mine", "own (own.py)"]
    laps = set()
    for result in seen.values():
        assert (result.outcome, result.reason, result.notes) == ("ok", "", ())
        (sample,) = result.samples
        assert sample.round == 0
        assert min(sample.laps) > 0
        laps.add(len(sample.laps))
    assert len(laps) == 1


def test_without_guests_nobody_is_asked_where_he_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "require_computed", None)
    assert {name: result.outcome for name, result in timed(tmp_path, {}).variants.items()} == {
        "product": "ok",
        "own": "ok",
    }


UNSOUND = {
    "right for the first seed": (
        SETUP
        + "calls.append(0)\n    right = len(calls) == 1\n    return lambda: x @ w if right else torch.zeros(6, 6)",
        "on the inputs that are timed, output[",
    ),
    "right at first": (
        SETUP + "def call():\n        calls.append(0)\n        "
        "return x @ w if len(calls) < 4 else torch.ones(6, 6)\n    return call",
        "on the inputs that are timed, output[",
    ),
    "zeros where it is timed": (
        "import sys\ndef task():\n    frame = sys._getframe()\n    while 'self' not in frame.f_locals or not hasattr("
        "frame.f_locals['self'], 'task'):\n        frame = frame.f_back\n    return frame.f_locals['self'].task\n"
        + SETUP
        + "return (lambda: torch.zeros(6, 6)) if task().kind == 'time' else lambda: x @ w",
        "on the inputs that are timed, output[",
    ),
    "stored": (SETUP + "kept = x @ w\n    return lambda: kept", "hands out what it gave before"),
    "a copy": (SETUP + "kept = x @ w\n    return lambda: kept.clone()", "gives a copy of one that it keeps"),
    "ends": (
        SETUP + "def call():\n        calls.append(0)\n        len(calls) > 5 and exit(3)\n"
        "        return x @ w\n    return call",
        "sys.exit(3)",
    ),
    "no set-up": ("def setup(lab):\n    raise ValueError('no')", "ValueError: no"),
}


def test_unsound_guests_are_refused_and_the_others_are_timed(tmp_path: Path) -> None:
    codes = {name: "calls = []\n" + code for name, (code, _) in UNSOUND.items()}
    seen = timed(tmp_path, codes | {"honest": HONEST}).variants
    for name, (_, says) in UNSOUND.items():
        assert seen[name].outcome != "ok", name
        assert says in seen[name].reason, name
    assert all(seen[name].outcome == "ok" and seen[name].samples for name in ("product", "own", "honest"))


def test_what_a_guest_has_changed_around_itself_is_noted(tmp_path: Path) -> None:
    code = "import os\nos.chdir('/')\n" + SETUP + "both = torch.cat([x, w])\n    return lambda: both[:6] @ both[6:]"
    (note,) = timed(tmp_path, {"mine": code}).variants["mine"].notes
    assert note.startswith("its import changes the working directory from ")
    assert note != PREPARED


def test_who_computes_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "ELSEWHERE", 0.05)
    monkeypatch.setattr(GuestProcess, "elsewhere", lambda self: 0.5 * self.busy)
    result = timed(tmp_path, {"mine": HONEST}).variants["mine"]
    assert result.outcome == "failed"
    assert result.reason.startswith("computes in other threads than the one that is timed: they had 50 % of a core")
    assert result.samples


def test_a_thread_that_burns_beside_the_calls_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "ELSEWHERE", 0.05)
    burn = "import threading\ndef burn():\n    while True:\n        pass\n"
    start = "threading.Thread(target=burn, daemon=True).start()\n    return lambda: x @ w"
    result = timed(tmp_path, {"mine": burn + SETUP + start, "honest": HONEST}).variants["mine"]
    assert result.reason.startswith("computes in other threads than the one that is timed")


def test_what_has_failed_before_is_not_timed(tmp_path: Path) -> None:
    assert list(timed(tmp_path, {"mine": HONEST, "bad": "1 / 0"}, without=("own", "bad")).variants) == [
        "product",
        "mine",
    ]


@pytest.mark.parametrize(
    ("threads", "elsewhere", "seconds", "share"),
    [
        (1, 0.0, 1.0, ""),
        (1, 0.04, 1.0, ""),
        (1, 0.06, 1.0, "6 %"),
        (1, 1.9, 2.0, "95 %"),
        (2, 1.0, 1.0, ""),
        (2, 2.0, 1.0, "200 %"),
        (4, 3.0, 1.0, ""),
        (1, 1.0, 0.0, ""),
    ],
)
def test_other_threads_have_what_every_variant_has(
    monkeypatch: pytest.MonkeyPatch, threads: int, elsewhere: float, seconds: float, share: str
) -> None:
    monkeypatch.setattr(timing, "ELSEWHERE", 0.05)
    if not share:
        require_alone(threads, elsewhere, seconds)
        return
    with pytest.raises(PluginError, match=rf"they had {share} of a core, and every variant has {threads} here"):
        require_alone(threads, elsewhere, seconds)


def inputs_of(context: TaskContext, monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[timing.Input]:
    monkeypatch.setattr(clock, "time_block", lambda call, calls, device: (seconds, None, call()))
    return timing.rotating(context, sampling.EFFORTS["smoke"], Waiting())


def test_inputs_rotate_and_each_has_its_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = hosting.context("time", {}, tmp_path)
    first, second = inputs_of(context, monkeypatch, 1e-4)
    assert (first.seed, second.seed) == (3, 3 + NEXT)
    for each in (first, second):
        x, w = hosting.drawn(context.lab(torch.float64, each.seed))
        assert torch.equal(each.expected.truth["output"], x @ w)
    context.task = replace(context.task, round=1)
    assert [each.seed for each in inputs_of(context, monkeypatch, 1e-4)] == [3 + NEXT, 3]


def test_one_input_is_enough_for_a_long_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(inputs_of(hosting.context("time", {}, tmp_path), monkeypatch, 10.0)) == 1


def test_on_a_gpu_other_threads_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    guest = object.__new__(GuestProcess)
    guest.notes = ["a note"]
    monkeypatch.setattr(following, "require_computed", lambda guest, changed: True)
    monkeypatch.setattr(GuestProcess, "elsewhere", None)
    context: Any = SimpleNamespace(device=torch.device("cuda"))
    sampler: Any = SimpleNamespace(subject=guest)
    assert timing.check_guest(context, sampler, lambda: None).notes == ("a note",)  # type: ignore[arg-type, return-value]
