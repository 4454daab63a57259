"""``bench run --on slurm`` against a real Slurm of two nodes: ``pytest -m slurm``, as root."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.cluster import attempts, handed
from bench.results import store
from bench.results.journal import JOURNAL
from tests.cluster.oracle import assert_same, figures, only_run, read
from tests.cluster.small_slurm import NODES, SmallSlurm, missing, until

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(240), pytest.mark.skipif(bool(missing()), reason=missing())]

GATED = Path(__file__).parent / "gated"
SOON = 120.0
"""Seconds for what happens at once on a quiet machine."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Calls ``bench`` in a folder of its own, from which jobs see ``gates``."""

    slurm: SmallSlurm
    folder: Path

    @property
    def gates(self) -> Path:
        return self.folder / "gates"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def open(self, *names: str) -> None:
        for name in names:
            (self.gates / name).touch()

    def start(self, *arguments: str, out: str = "out") -> subprocess.Popen[bytes]:
        """What it prints lies in the file ``out``."""
        environ = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(GATED), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep),
            "SLURM_CONF": str(self.slurm.folder / "slurm.conf"),
            "BENCH_LOCKS": str(self.slurm.locks),
            "BENCH_CACHE": str(self.slurm.folder / "cache"),
            "TEST_GATES": str(self.gates),
        }
        with (self.folder / out).open("wb") as file:
            command = [sys.executable, "-m", "bench", *arguments]
            return subprocess.Popen(command, cwd=self.folder, env=environ, stdout=file, stderr=subprocess.STDOUT)

    def call(self, *arguments: str) -> tuple[int, str]:
        """The exit status and all that was printed."""
        status = self.start(*arguments).wait(200)
        return status, self.said()

    def said(self, out: str = "out") -> str:
        return (self.folder / out).read_text()

    def at_work(self, number: int, count: int = 1) -> Path:
        """Waits for the attempt ``count`` at a shard: its folder, in which its session has begun."""
        until(lambda: self.results.is_dir() and any(self.results.glob("2*/shards.json")), SOON, "a plan")
        run = only_run(self.results)
        until(lambda: len(attempts.attempts(run, number)) >= count, SOON, f"attempt {count} at shard {number}")
        return attempts.attempts(run, number)[0]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallSlurm]:
    folder = tmp_path_factory.mktemp("slurm")
    slurm = SmallSlurm(folder / "own", folder / "locks")
    try:
        slurm.start()
        yield slurm
    finally:
        slurm.stop()


@pytest.fixture
def bench(slurm: SmallSlurm, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(slurm, tmp_path)
    bench.gates.mkdir()
    yield bench
    slurm.cancel_all()


@pytest.fixture(scope="module")
def plain(slurm: SmallSlurm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the gated exercise's run on this machine."""
    bench = Bench(slurm, tmp_path_factory.mktemp("plain"))
    bench.gates.mkdir()
    bench.open("a", "b", "c")
    assert bench.call("run", "ex81", "--profile", "full")[0] == 0, bench.said()
    return only_run(bench.results)


def node_of(attempt: Path) -> str:
    return attempt.name.partition("-")[0]


def other(node: str) -> str:
    return next(name for name in NODES if name != node)


def test_it_is_the_run_that_a_plain_one_is(bench: Bench) -> None:
    exercises = ("ex01", "ex06.a.mixing", "--profile", "smoke")
    status, said = bench.call("run", *exercises, "--on", "slurm")
    assert status == 0, said
    assert re.search(r"^(\d) shards: \1 done$", said, re.MULTILINE), said
    plain = bench.folder / "plain"
    assert bench.call("run", *exercises, "-o", str(plain))[0] == 0
    run = read(bench.results)
    assert_same(run, read(plain))
    assert figures(only_run(bench.results)).keys() == figures(only_run(plain)).keys()
    processors = {name: place.environment.cpu for name, place in run.places.items()}
    assert processors.items() <= {(node, f"Small Slurm's processor {node}") for node in NODES}
    assert {record.place for record in run.records} == set(processors)


def test_a_node_dies_in_the_middle_and_the_other_one_does_its_shards(bench: Bench, plain: Path) -> None:
    bench.open("b", "c")
    submitter = bench.start("run", "ex81", "--profile", "full", "--on", "slurm")
    dead = node_of(bench.at_work(0))
    bench.slurm.fail(dead)
    try:
        assert node_of(bench.at_work(0, 2)) == other(dead)
        bench.open("a")
        assert submitter.wait(SOON) == 0, bench.said()
    finally:
        bench.slurm.revive(dead)
        until(bench.slurm.idle, SOON, "the dead node is back")
    assert "handed out again: shard 0" in bench.said()
    run = read(bench.results)
    assert_same(run, store.read(plain))
    assert figures(only_run(bench.results)) == figures(plain)
    assert run.records[0].place == other(dead)


def test_a_job_is_cancelled_by_hand_and_what_it_left_is_torn(bench: Bench, plain: Path) -> None:
    bench.open("b")
    submitter = bench.start("run", "ex81", "--profile", "full", "--on", "slurm")
    torn = bench.at_work(0)
    bench.slurm.command("scancel", handed.handles(only_run(bench.results))[0])
    with (torn / JOURNAL).open("ab") as file:
        file.write(b'01234567 {"task":{"case"')
    bench.at_work(0, 2)
    bench.open("a", "c")
    assert submitter.wait(SOON) == 0, bench.said()
    assert_same(read(bench.results), store.read(plain))
    lines = (only_run(bench.results) / handed.HANDED).read_text().splitlines()
    assert sorted(json.loads(line)["shard"] for line in lines) == [0, 0, 1, 2]


def test_the_submitter_is_killed_and_another_one_goes_on_without_handing_out_anything(
    bench: Bench, plain: Path
) -> None:
    submitter = bench.start("run", "ex81", "--profile", "full", "--on", "slurm")
    bench.at_work(0)
    submitter.kill()
    submitter.wait()
    run = only_run(bench.results)
    before = (run / handed.HANDED).read_bytes()
    second = bench.start("run", "--resume", "latest")
    until(lambda: "shards:" in bench.said(), SOON, "the second one watches")
    bench.open("a", "b", "c")
    assert second.wait(SOON) == 0, bench.said()
    assert (run / handed.HANDED).read_bytes() == before
    assert_same(read(bench.results), store.read(plain))


def test_a_job_that_runs_into_its_walltime_is_handed_out_again(bench: Bench) -> None:
    submitter = bench.start("run", "ex81.a", "--profile", "full", "--on", "slurm:time=1")
    bench.at_work(0)
    bench.at_work(0, 2)
    bench.open("a")
    assert submitter.wait(SOON) == 0, bench.said()
    run = only_run(bench.results)
    assert any("DUE TO TIME LIMIT" in path.read_text() for path in (run / "output").iterdir())
    assert [record.outcome for record in store.read(run).records] == ["ok"]


def test_a_node_with_another_torch_refuses_before_it_measures(bench: Bench, slurm: SmallSlurm) -> None:
    import torch.version

    file = Path(str(torch.version.__file__))
    shim = bench.folder / "version.py"
    shim.write_text(file.read_text() + "\n__version__ = '0.0.1'\n")
    slurm.on("n2", "mount", "--bind", str(shim), str(file))
    try:
        submitter = bench.start("run", "ex81", "--profile", "full", "--on", "slurm")
        until(lambda: "was refused" in bench.said(), SOON, "one of the nodes has refused a shard")
        bench.open("a", "b", "c")
        assert submitter.wait(SOON) == 1, bench.said()
    finally:
        slurm.on("n2", "umount", str(file))
    plan, _, shards = handed.read(only_run(bench.results))
    refused = [record for record in read(bench.results).records if not record.passed]
    # Slurm chooses which of the two is asked what it is: the other one is the wrong one.
    wrong, torches = other(plan.environment.host), {"n1": torch.version.__version__, "n2": "0.0.1"}
    reason = f"{wrong} has torch {torches[wrong]}, the run was planned with {torches[plan.environment.host]}"
    assert {(record.outcome, record.reason) for record in refused} == {("failed", reason)}
    assert {record.place for record in read(bench.results).records if record.passed} == {plan.environment.host}
    done = {
        node_of(attempt) for shard in shards for attempt in attempts.attempts(only_run(bench.results), shard.number)
    }
    assert done == {plan.environment.host}


def test_the_disk_of_a_node_is_full(bench: Bench, slurm: SmallSlurm, plain: Path) -> None:
    submitter = bench.start("run", "ex81", "--profile", "full", "--on", "slurm", "--detach")
    assert submitter.wait(SOON) == 0, bench.said()
    run = only_run(bench.results)
    home = run / store.SHARDS
    slurm.cancel_all()
    home.mkdir(exist_ok=True)
    slurm.on("n1", "mount", "-t", "tmpfs", "-o", "size=4k", "none", str(home))
    bench.open("a", "b", "c")
    try:
        bench.call("run", "--resume", "latest")  # whether it comes to its end is up to who is given the shards
        until(slurm.idle, SOON, "nobody holds on to the disk")
    finally:
        slurm.on("n1", "umount", str(home))
    assert "no space left on the disk" in "".join(path.read_text() for path in (run / "output").iterdir())
    assert bench.call("run", "--resume", "latest")[0] == 0, bench.said()
    assert_same(read(bench.results), store.read(plain))


def test_six_submissions_at_once_into_one_folder(bench: Bench) -> None:
    bench.open("a")
    submitters = [bench.start("run", "ex81.a", "--on", "slurm", out=f"out-{number}") for number in range(6)]
    statuses = [submitter.wait(200) for submitter in submitters]
    assert statuses == [0] * 6, "".join(bench.said(f"out-{number}") for number in range(6))
    runs = [store.read(folder) for folder in bench.results.glob("2*")]
    assert [[record.outcome for record in run.records] for run in runs] == [["ok"]] * 6


def test_a_partition_that_is_none_is_said_before_anything_runs(bench: Bench) -> None:
    status, said = bench.call("run", "ex81", "--on", "slurm:partition=nowhere")
    assert status == 2
    assert said.splitlines()[1:] == [
        "bench: Slurm takes no such job; `sinfo -l` shows what there is: sbatch: invalid partition specified: nowhere; "
        "Batch job submission failed: Invalid partition name specified"
    ]
    assert not list(bench.results.iterdir())


def test_a_time_that_a_partition_does_not_give_is_said_before_anything_runs(bench: Bench) -> None:
    status, said = bench.call("run", "ex81", "--on", "slurm:time=2:00:00")
    assert status == 2
    assert re.fullmatch(r"bench: Slurm will never start job \d+ \(PartitionTimeLimit\): .*", said.splitlines()[1])
    assert bench.slurm.jobs() == []


def test_a_folder_that_the_nodes_do_not_see_is_said_before_anything_runs(bench: Bench, slurm: SmallSlurm) -> None:
    for node in NODES:
        slurm.on(node, "mount", "-t", "tmpfs", "none", str(bench.folder))
    try:
        status, said = bench.call("run", "ex81", "--on", "slurm")
    finally:
        for node in NODES:
            slurm.on(node, "umount", str(bench.folder))
    assert status == 1
    assert f"did not answer: does it see {bench.results} and " in said.splitlines()[1]
    assert not list(bench.results.iterdir())
