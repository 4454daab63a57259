"""Whether variants fit: each by itself, and what does not is out of memory, not a failure."""

from pathlib import Path

import pytest

from bench.execute.executors.local import LocalExecutor
from bench.execute.messages import Order
from bench.execute.observations import observation_of
from bench.model import Case, Observation, Task

MEGABYTE = 1_000_000


@pytest.fixture(autouse=True)
def surroundings(trial: Path) -> None:
    """ex87 is there."""


def performed(
    executor: LocalExecutor, folder: Path, *, n: int, variant: str | None = None, memory: int | None = None
) -> Observation:
    """In a child of its own: what it asks of the C library would change what other tests weigh."""
    case = Case(exercise="ex87", part="a", device="cpu", seed=0, parameters={"n": n, "k": 1}, variant=variant)
    task = Task("weigh", case)
    order = Order(
        kind="fit",
        module="trial_exercises.ex87_grows",
        exercise="ex87",
        task=task,
        profile="smoke",
        folder=str(folder),
        memory=memory,
    )
    return observation_of(task, executor.submit(order).result(), None)


def test_every_variant_is_called_where_the_case_names_none(executor: LocalExecutor, tmp_path: Path) -> None:
    seen = performed(executor, tmp_path, n=1)
    assert seen.outcome == "ok"
    assert {name: result.outcome for name, result in seen.variants.items()} == {"takes": "ok", "takes twice": "ok"}
    assert performed(executor, tmp_path, n=1, variant="takes").variants.keys() == {"takes"}


def test_what_does_not_fit_is_out_of_memory(executor: LocalExecutor, tmp_path: Path) -> None:
    # 4 · (1 + 0.1 · 400) MB = 164 MB, and twice as many.
    seen = performed(executor, tmp_path, n=400, memory=250 * MEGABYTE)
    assert {name: result.outcome for name, result in seen.variants.items()} == {"takes": "ok", "takes twice": "oom"}
    assert "can't allocate memory" in seen.variants["takes twice"].reason
