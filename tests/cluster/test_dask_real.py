"""Runs on a real Dask: the plain run's result, whatever dies meanwhile. A marker of its own: each takes seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.cluster import attempts, dask, handed
from bench.cluster.shards import Needs
from bench.model import Run
from bench.results import store
from tests.cluster.small_dask import LEASHED, SmallDask, small_dask, until

pytestmark = [pytest.mark.dask, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[2]
INSTALLED = [Path(__file__).parent / "gated", ROOT / "tests" / "trial", ROOT]
SLOW = 120.0
"""Seconds that anything may take on a machine with other work; nothing waits for them to pass."""
BOTH = ("ex90", "ex81", "--profile", "smoke")
"""Studies with figures and data, and a comparison."""
OWN = {"seconds", "place", "memory", "samples", "disturbance", "work"}
"""What of a record is this machine's at that moment."""


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of bench and of every worker: a folder for gates, locks and what bench remembers."""
    folder = tmp_path_factory.mktemp("dask")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, INSTALLED)))
        for name in ("TEST_GATES", "BENCH_LOCKS", "BENCH_CACHE"):
            (folder / name).mkdir()
            patch.setenv(name, str(folder / name))
        yield folder


@pytest.fixture(scope="module")
def cluster(surroundings: Path) -> Iterator[SmallDask]:
    with small_dask(surroundings) as cluster:
        cluster.worker("w0")
        cluster.worker("w1")
        yield cluster


@pytest.fixture
def gates(surroundings: Path) -> Iterator[Callable[..., None]]:
    """Opens the gates that the studies of ex81 wait at; each test finds them closed."""
    names = [surroundings / "TEST_GATES" / name for name in "abc"]

    def opened(but: int | None = None) -> None:
        for number, name in enumerate(names):
            if number != but:
                name.touch()

    yield opened
    for name in names:
        name.unlink(missing_ok=True)


class Bench:
    """``bench`` as a user calls it; Ctrl-C reaches it, though a shell's background job would ignore that."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.root = root
        command = [sys.executable, "-m", "bench", *arguments, "-o", str(root)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def end(self, code: int = 0) -> str:
        """What it says on stderr."""
        out, err = self.process.communicate(timeout=SLOW)
        assert self.process.returncode == code, out + err
        assert "Traceback" not in err
        assert "distributed" not in err
        return err

    @property
    def folder(self) -> Path:
        """Of the only run."""
        (folder,) = (path for path in self.root.iterdir() if not path.name.startswith("."))
        return folder

    def begun(self) -> list[Path]:
        """The attempts that have a journal."""
        if not self.root.is_dir() or not any(not path.name.startswith(".") for path in self.root.iterdir()):
            return []
        return [attempt for number in range(3) for attempt in attempts.attempts(self.folder, number)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    started: list[Bench] = []

    def bench(*arguments: str, root: str = "results") -> Bench:
        started.append(Bench(tmp_path / root, *arguments))
        return started[-1]

    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield bench
    for each in started:
        each.process.kill()
        each.process.communicate()


def at_work(root: Path) -> list[psutil.Process]:
    """The processes of shards of runs below a folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if LEASHED & {*words} and any(word.startswith(str(root)) for word in words):
            found.append(process)
    return found


def ended(process: psutil.Process) -> bool:
    """One that nobody has asked how it ended has ended all the same."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def comparable(run: Run) -> list[dict[str, Any]]:
    """The records without what no two runs have in common."""
    records: list[dict[str, Any]] = store.decode(store.encode(run), dict)["records"]
    for record in records:
        metrics = record["findings"]["metrics"]
        record["findings"]["metrics"] = [metric for metric in metrics if metric["unit"] != "s"]
    return [{name: value for name, value in record.items() if name not in OWN} for record in records]


@pytest.fixture(scope="module")
def plain(surroundings: Path) -> Bench:
    """The run that those elsewhere are held against."""
    gates = [surroundings / "TEST_GATES" / name for name in "abc"]
    for gate in gates:
        gate.touch()
    run = Bench(surroundings / "plain", "run", *BOTH)
    run.end()
    for gate in gates:
        gate.unlink()
    return run


@pytest.mark.parametrize("on", ["dask:workers=2", "dask:{file}"])
def test_the_result_is_that_of_a_plain_run(
    on: str, plain: Bench, bench: Callable[..., Bench], gates: Callable[[], None], cluster: SmallDask
) -> None:
    gates()
    elsewhere = bench("run", *BOTH, "--on", on.format(file=cluster.file))
    elsewhere.end()
    merged, alone = store.read(elsewhere.folder), store.read(plain.folder)
    assert comparable(merged) == comparable(alone)
    assert len(merged.records) > 6
    assert {record.place for record in merged.records} == {merged.environment.host}
    figures = [path.relative_to(plain.folder) for path in plain.folder.glob("figures/**/*.npz")]
    figures += [path.relative_to(plain.folder) for path in plain.folder.glob("figures/**/x.*")]
    assert figures
    assert all((elsewhere.folder / path).is_file() for path in figures)
    assert len(handed.read(elsewhere.folder)[2]) == 2, "what is timed is a shard of its own"
    until(lambda: not at_work(elsewhere.root), SLOW, "the end of what stood by")


def test_one_process_of_a_worker_does_shard_after_shard(
    bench: Callable[..., Bench], gates: Callable[[], None], surroundings: Path
) -> None:
    gates()
    run = bench("run", "ex81", "--profile", "full", "--on", "dask:workers=1")
    run.end()
    done = [attempts.finished(run.folder, shard) for shard in range(3)]
    assert len({attempt.name.split("-")[-2] for attempt in done if attempt}) == 1
    assert all(done)


def test_of_what_is_timed_too(bench: Callable[..., Bench], gates: Callable[[], None]) -> None:
    """And it keeps no device from the next, whose own process would wait for that."""
    gates()
    run = bench("run", *BOTH, "--on", "dask:workers=1")
    run.end()
    shards = handed.read(run.folder)[2]
    done = [attempts.finished(run.folder, shard.number) for shard in shards]
    assert {shard.needs.alone for shard in shards} == {False, True}
    assert len({attempt.name.split("-")[-2] for attempt in done if attempt}) == 1
    assert all(done)


def test_a_killed_workers_process_ends_and_its_shard_is_done_once_more(
    bench: Callable[..., Bench], gates: Callable[..., None], cluster: SmallDask
) -> None:
    run = bench("run", "ex81", "--profile", "full", "--on", f"dask:{cluster.file}")
    until(lambda: len(run.begun()) == 2, SLOW, "two shards at work")
    process = cluster.at_work()["w0"]
    with_children = [process, *process.children(recursive=True)]
    (first,) = (attempt for attempt in run.begun() if f"-{process.pid}-" in attempt.name)
    number = int(first.parent.name)
    cluster.kill("w0")
    until(lambda: all(map(ended, with_children)), 2, "the end of what the worker had started")
    cluster.worker("w0")
    gates(number)  # the shards before it in the queue end, and a worker is free for it
    until(lambda: len(attempts.attempts(run.folder, number)) == 2, SLOW, "a second attempt")
    assert process.pid not in [each.pid for each in at_work(run.root)], "two at a time"
    gates()
    run.end()
    assert store.read(run.folder).finished
    assert [len(attempts.attempts(run.folder, shard)) for shard in range(3)].count(1) == 2
    second, again = attempts.attempts(run.folder, number)
    assert (again, attempts.finished(run.folder, number)) == (first, second)


def test_a_killed_submitter_is_taken_over_from(
    bench: Callable[..., Bench], gates: Callable[[], None], cluster: SmallDask
) -> None:
    run = bench("run", "ex81", "--profile", "full", "--on", f"dask:{cluster.file}")
    until(lambda: len(run.begun()) == 2, SLOW, "two shards at work")
    run.process.kill()
    run.process.communicate()
    before = {each.pid for each in at_work(run.root)}
    again = bench("run", "--resume", run.folder.name)
    assert again.process.stderr is not None
    assert any("2 running" in line for line in again.process.stderr), "what another process began is not known"
    assert {each.pid for each in at_work(run.root)} == before
    gates()
    again.end()
    assert store.read(run.folder).finished
    assert len((run.folder / handed.HANDED).read_text().splitlines()) == 3, "what went on was submitted again"
    assert [len(attempts.attempts(run.folder, shard)) for shard in range(3)] == [1, 1, 1]


def test_what_is_cancelled_ends_on_its_worker(tmp_path: Path, cluster: SmallDask) -> None:
    engine = dask.make(str(cluster.file), {})
    wait = [sys.executable, "-c", "import sys; sys.stdin.read()", str(tmp_path)]
    (handle,) = engine.start([wait], Needs(device="cpu", threads=1, alone=True))
    until(lambda: engine.look([handle])[handle] == "running", SLOW, "a command that runs")
    until(lambda: at_work(tmp_path), SLOW, "its process")
    engine.cancel([handle])
    until(lambda: not at_work(tmp_path), SLOW, "its end")
    assert engine.look([handle]) == {handle: "lost"}
    engine.close()


def test_what_a_killed_worker_had_begun_waits_until_another_begins_it(tmp_path: Path, surroundings: Path) -> None:
    wait = [sys.executable, "-c", "import sys; sys.stdin.read()", str(tmp_path)]
    with small_dask(tmp_path) as small:
        small.worker("w0")
        engine = dask.make(str(small.file), {})
        (handle,) = engine.start([wait], Needs(device="cpu", threads=1, alone=True))
        for worker in ("w1", "w2"):
            until(lambda: engine.look([handle])[handle] == "running", SLOW, "a command that runs")
            small.kill(f"w{int(worker[1]) - 1}")
            until(lambda: engine.look([handle])[handle] == "waiting", SLOW, "one that waits again")
            small.worker(worker)
        engine.cancel([handle])
        engine.close()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_a_cluster_of_this_machine_leaves_nothing_behind(
    sent: int, code: int, bench: Callable[..., Bench], surroundings: Path, gates: Callable[[], None]
) -> None:
    run = bench("run", "ex81", "--profile", "full", "--on", "dask:workers=2")
    until(lambda: len(run.begun()) == 2, SLOW, "two shards at work")
    children = [psutil.Process(run.process.pid), *psutil.Process(run.process.pid).children(recursive=True)]
    assert len(at_work(run.root)) == 2
    run.process.send_signal(sent)
    run.end(code)
    until(lambda: all(map(ended, children)), SLOW, "the end of all processes")


def test_a_scheduler_that_dies_takes_its_shards_along_and_another_goes_on(
    bench: Callable[..., Bench], gates: Callable[[], None], surroundings: Path, tmp_path: Path
) -> None:
    with small_dask(tmp_path) as small:
        small.worker("w0")
        run = bench("run", "ex81", "--profile", "full", "--on", f"dask:{small.file}")
        until(run.begun, SLOW, "a shard at work")
        small.kill("scheduler")
        until(lambda: not at_work(run.root), SLOW, "the end of its process")
        small.kill("w0")
        gates()
        small.scheduler()
        small.worker("w0")
        run.end()
    assert store.read(run.folder).finished


@pytest.mark.parametrize(
    ("on", "code", "says"),
    [
        ("dask:tcp://127.0.0.1:1", 1, "no scheduler answers at tcp://127.0.0.1:1"),
        ("dask:http://127.0.0.1:8787", 2, "no address begins with http://"),
        ("dask:nowhere.json", 1, "nowhere.json cannot be read"),
        ("dask:scheduler-file=nowhere.json", 1, "nowhere.json cannot be read"),
        ("dask:cores=2", 2, "has no option cores"),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_runs(
    on: str, code: int, says: str, bench: Callable[..., Bench], surroundings: Path
) -> None:
    run = bench("run", "ex81", "--on", on)
    (line,) = run.end(code).splitlines()
    assert line.startswith("bench: --on dask")
    assert says in line
    assert not run.root.exists()
