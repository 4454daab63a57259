"""What every test shares: deterministic property tests, and one thread, so that sums come out in one order.

Those that need child processes share one executor, whose warm processes import torch once.
"""

from __future__ import annotations

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
# A test's runs are no results of the build that runs the tests.
os.environ.pop("GITHUB_ACTIONS", None)

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import drawing_once

if TYPE_CHECKING:
    from bench.execute.executors.local import LocalExecutor

settings.register_profile(
    "bench", derandomize=True, deadline=None, print_blob=False, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("bench")

TRIAL = Path(__file__).parent / "trial"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Modules and tests live as long as their worker: no collection of garbage, ours or a test's, visits them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """An exercise to a worker, where pyproject says a file to a worker; another ``--dist`` is what was asked for."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.sharing_out import ByExercise

    return ByExercise(config, log)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Locks and descriptions of these tests' own, and ``site``: a folder where what is put is importable."""
    folder = tmp_path_factory.mktemp("scratch")
    (folder / "site").mkdir()
    return folder


@pytest.fixture(scope="module")
def trial(scratch: Path) -> Iterator[Path]:
    """The trial distribution is installed beside the sheet: here, and in every process that a test starts."""
    with pytest.MonkeyPatch.context() as patch:
        for folder in (scratch / "site", TRIAL):
            patch.syspath_prepend(folder)
        paths = [TRIAL, scratch / "site", os.environ.get("PYTHONPATH")]
        patch.setenv("PYTHONPATH", os.pathsep.join(str(path) for path in paths if path))
        patch.setenv("BENCH_LOCKS", str(scratch / "locks"))
        patch.setenv("BENCH_CACHE", str(scratch / "cache"))
        yield TRIAL


@pytest.fixture(scope="session", autouse=True)
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is drawn twice is drawn once, by all workers together."""
    own = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        drawing_once.keep((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "drawn", patch)
        yield


@pytest.fixture
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this test draws is drawn by vl-convert, each time."""
    drawing_once.anew(monkeypatch)


@pytest.fixture(scope="session")
def executor() -> Iterator[LocalExecutor]:
    """A real executor; its processes start in the surroundings of the first test that gives it an order."""
    from bench.execute.executors.local import LocalExecutor

    with LocalExecutor(slots=2) as executor:
        yield executor
