"""The short version: what each faulty exercise hands over, tried in this process and held against its reason."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.execute.child import answers, replies, tasks
from bench.execute.messages import Order, Progress
from bench.execute.observations import bounded
from bench.model import Broken, Case, Description, Observation, Task
from tests.faults.expected import BROKEN, FAILED, SOUND
from tests.faults.planting import HERE

IN_PROCESS = {name: reason for name, reason in BROKEN.items() if name < "f18" or name in ("f52", "f53", "f58")}
"""The others are found without an import, or need a process that can be ended."""


class Silent:
    """Is told how far a task has come."""

    def send(self, message: Progress) -> None:
        assert message

    def mark(self, variant: str) -> None:
        assert variant


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, str]]:
    """The module of each faulty exercise by its id."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        yield {
            path.stem.partition("_")[0]: f"faulty_exercises.{path.stem}"
            for path in sorted((HERE / "faulty_exercises").glob("f*.py"))
        }
        for name in [name for name in sys.modules if name.startswith("faulty_exercises")]:
            del sys.modules[name]
        importlib.invalidate_caches()


def done(module: str, name: str, folder: Path) -> Observation:
    exercise, _, part = name.partition(".")
    kind = "agree" if exercise == "f05" or name == "f01.a" else "study"
    case = Case(exercise=exercise, part=part, device="cpu", seed=0)
    order = Order(kind="task", module=module, exercise=exercise, task=Task(kind, case), profile="smoke")  # type: ignore[arg-type]
    order = replace(order, folder=str(folder), scratch=str(folder))
    answer = replies.sendable(order, tasks.perform(order, Silent()))
    assert isinstance(answer, Observation)
    return bounded(answer)


@pytest.mark.parametrize("name", FAILED)
def test_what_cannot_be_kept_fails_with_its_field_and_cause(modules: dict[str, str], name: str, tmp_path: Path) -> None:
    given = done(modules[name.partition(".")[0]], name, tmp_path)
    assert given.outcome == "failed"
    assert FAILED[name] in given.reason
    assert len(given.reason) <= 500
    assert len(given.detail.encode()) <= 8_000


@pytest.mark.parametrize("name", sorted(name for name in SOUND if name < "f18"))
def test_what_can_be_shown_is_kept(modules: dict[str, str], name: str, tmp_path: Path) -> None:
    given = done(modules[name.partition(".")[0]], name, tmp_path)
    assert (given.outcome, given.reason) == ("ok", "")
    assert {result.outcome for result in given.variants.values()} <= {"ok"}
    texts = [claim.name for claim in given.findings.claims] + list(given.variants)
    assert all(text.isprintable() and len(text) <= 500 for text in texts)


@pytest.mark.parametrize("id", sorted(IN_PROCESS))
def test_what_is_declared_wrongly_is_one_broken_row(modules: dict[str, str], id: str) -> None:
    order = Order(kind="describe", module=modules[id], exercise=id)
    answer = replies.sendable(order, answers.describe(order, None))  # type: ignore[arg-type]
    assert isinstance(answer, Broken)
    assert answer.exercise == id
    assert IN_PROCESS[id] in answer.reason


def test_the_sound_one_is_described(modules: dict[str, str]) -> None:
    answer = answers.describe(Order(kind="describe", module=modules["f00"], exercise="f00"), None)  # type: ignore[arg-type]
    assert not isinstance(answer, Broken)
    assert isinstance(answer.description, Description)
