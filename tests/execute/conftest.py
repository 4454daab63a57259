"""Sessions for the tests here, in a double or in the real executor, which sees the trial distribution."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import catalogue
from bench.execute import session
from bench.execute.executors.base import Executor
from bench.execute.executors.local import LocalExecutor
from bench.execute.plan import Request, make_plan
from bench.execute.session import Session
from bench.model import Record
from bench.results import folders


@pytest.fixture(scope="module", autouse=True)
def surroundings(trial: Path) -> None:
    """Every test here sees the trial distribution."""


@pytest.fixture
def listener() -> SimpleNamespace:
    """Hears everything and says nothing; ``said`` keeps the lines."""
    said: list[str] = []
    silent: Callable[..., None] = lambda *_: None  # noqa: E731
    return SimpleNamespace(said=said, say=said.append, begin=silent, start=silent, heard=silent, done=silent)


Begin = Callable[..., Session]


@pytest.fixture
def begin(executor: LocalExecutor, listener: SimpleNamespace, tmp_path: Path) -> Begin:
    """Plans a run in the real executor, and begins it there or in another one (``on``)."""

    def begin(
        *names: str, measured: Callable[[Record], None] = lambda _: None, on: Executor = executor, **options: object
    ) -> Session:
        request = Request(
            names=names,
            command=("bench", "run", *names),
            **{"profile": "smoke"} | options,  # type: ignore[arg-type]
        )
        plan = make_plan(executor, catalogue.listings(), request, new_id=partial(folders.new_id, tmp_path))
        return session.begin(plan, tmp_path / plan.id, executor=on, listener=listener, measured=measured)

    return begin
