"""One warm process for all tests here, which sees the trial distribution beside the sheet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.execute.executors.local import Workers
from bench.execute.prepare import Request, plan_run
from bench.execute.session import Session, start
from bench.model import Record

TRIAL = Path(__file__).parents[1] / "trial"


@pytest.fixture(scope="session")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session")
def workers(patched: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    patched.setenv("PYTHONPATH", str(TRIAL))
    patched.setenv("BENCH_LOCKS", str(tmp_path_factory.mktemp("locks")))
    patched.syspath_prepend(TRIAL)
    with Workers(threads=1) as workers:
        yield workers


@pytest.fixture
def voice() -> SimpleNamespace:
    """Hears everything and says nothing; ``said`` keeps the lines."""
    said: list[str] = []
    silent: Callable[..., None] = lambda *_: None  # noqa: E731
    return SimpleNamespace(said=said, say=said.append, begin=silent, start=silent, heard=silent, done=silent)


@pytest.fixture
def begin(workers: Workers, voice: SimpleNamespace, tmp_path: Path) -> Callable[..., Session]:
    def begin(*names: str, measured: Callable[[Record], None] = lambda _: None, **options: object) -> Session:
        request = Request(names=names, command=("bench", "run", *names), profile="smoke", root=tmp_path, **options)  # type: ignore[arg-type]
        return start(plan_run(request, workers), request, workers, voice, measured)

    return begin
