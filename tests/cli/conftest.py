"""The command line: called in this process, with children of the executor that all tests share; or as a user does."""

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bench.cli import main
from bench.execute.executors.base import Executor, Listener, ignore
from bench.execute.messages import Order, Reply
from tests import drawing_once
from tests.signal_handlers import as_they_were

Done = subprocess.CompletedProcess[str]
Bench = Callable[..., Done]


@pytest.fixture(scope="module", autouse=True)
def surroundings(trial: Path) -> None:
    """Every test here sees the trial distribution."""


class Shared:
    """Stands for the executor that a verb makes: its orders go to ``executor``, which outlives it and locks nothing."""

    def __init__(self, executor: Executor, *, slots: int = 1, **_: object) -> None:
        self.executor, self.many = executor, min(slots, executor.slots())

    def submit(self, order: Order, *, timeout: float | None = None, listen: Listener = ignore) -> Future[Reply]:
        return self.executor.submit(replace(order, devices=()), timeout=timeout, listen=listen)

    def slots(self) -> int:
        return self.many

    def warm(self) -> None:
        """It is."""

    def release(self) -> None:
        """It keeps none."""

    def close(self) -> None:
        pass

    def __enter__(self) -> "Shared":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank drawing for every chart: how charts look is tested with the reports. ``drawn_anew`` has the true ones."""
    drawing_once.sketch(monkeypatch)


@pytest.fixture
def bench(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    executor: Executor,
    sketched: None,
) -> Bench:
    """Calls ``bench`` here, in an empty folder: what it gives is what a process would, but for the drawings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("bench.execute.executors.local.LocalExecutor", partial(Shared, executor))

    def call(*arguments: str, **variables: str) -> Done:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["bench", *arguments])
            for name, value in variables.items():
                patch.setenv(name, value)
            capsys.readouterr()
            with as_they_were(), pytest.raises(SystemExit) as end:
                main()
        assert isinstance(end.value.code, int)
        return Done(arguments, end.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def process(tmp_path: Path) -> Bench:
    """Calls ``bench`` as a user does: a process of its own, in an empty folder."""

    def call(*arguments: str, **variables: str) -> Done:
        command = [sys.executable, "-m", "bench", *arguments]
        env = os.environ | {"BENCH_LOCKS": str(tmp_path / "locks"), "COLUMNS": "80"} | variables
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240)

    return call


@pytest.fixture
def without_torch(tmp_path: Path) -> Bench:
    """Calls ``bench`` in a process of its own, which must end well and must not have imported torch."""
    script = (
        "import sys\nfrom bench.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "assert 'torch' not in sys.modules\n"
    )

    def call(*arguments: str) -> Done:
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    return call


@pytest.fixture
def install(scratch: Path) -> Iterator[Callable[..., Path]]:
    """Installs a distribution for one test: ``install("more", ex98_new="…")`` gives the folder of its package."""
    site = scratch / "site"

    def install(name: str, **sources: str) -> Path:
        package, info = site / f"{name}_exercises", site / f"{name}-0.1.dist-info"
        for folder in (package, info):
            folder.mkdir()
        for module, text in ({"__init__": ""} | sources).items():
            (package / f"{module}.py").write_text(text)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        (info / "entry_points.txt").write_text(f"[bench.exercises]\n{name} = {package.name}\n")
        importlib.invalidate_caches()
        return package

    yield install
    shutil.rmtree(site)
    site.mkdir()


def one_line(done: Done, code: int) -> str:
    """What a user's mistake must look like: the documented exit code, one line on stderr, nothing on stdout."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("looking at")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("bench: ")
    return lines[0]


@pytest.fixture(name="one_line")
def one_line_fixture() -> Callable[[Done, int], str]:
    return one_line
