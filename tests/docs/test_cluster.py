"""The page of runs on a cluster: its engine is that of the tests, its options and files are those that there are."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from bench.cluster import attempts, dask_clusters, engine, handed, outputs, slurm, watching
from bench.cluster.shards import AT_LEAST, Needs
from bench.results import folders, journal, months, store
from tests.cluster import processes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(EXAMPLE,) = (text for language, text in BLOCKS if language == "python")
NEEDS = Needs(device="cpu", threads=1, alone=False)


def cells(heading: str) -> list[list[str]]:
    """The rows of the tables below a heading."""
    section = PAGE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", section, re.MULTILINE)]


def test_the_engine_of_the_page_is_the_one_of_the_tests() -> None:
    assert Path(processes.__file__).read_text(encoding="utf-8") == EXAMPLE


def test_the_page_explains_every_member_of_the_protocol_with_its_arguments() -> None:
    rows = re.findall(r"`(\w+)(?:\(([\w, ]*)\))?`", " ".join(row[0] for row in cells("An engine of your own")))
    members = {
        name: ", ".join(list(inspect.signature(member).parameters)[1:])
        for name, member in inspect.getmembers(engine.Engine, inspect.isfunction)
        if not name.startswith("_")
    }
    assert dict(rows) == {"outlives": ""} | members


class Child:
    """A process that ends when it is told to."""

    started: ClassVar[list["Child"]] = []

    def __init__(self, command: Sequence[str], **_: object) -> None:
        self.command, self.pid, self.status = command, 1000 + len(self.started), None
        self.started.append(self)

    def poll(self) -> int | None:
        return self.status


def test_the_engine_of_the_page_starts_looks_and_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict = {}
    exec(compile(EXAMPLE, "the page", "exec", dont_inherit=True), names)
    killed: list[int] = []
    monkeypatch.setattr(Child, "started", [])
    monkeypatch.setattr("subprocess.Popen", Child)
    monkeypatch.setattr("os.kill", lambda pid, _: killed.append(pid))
    made: engine.Engine = names["make"]("", {})
    assert made.start([["a"], ["b", "c"]], NEEDS) == ("1000", "1001")
    assert [child.command for child in Child.started] == [["a"], ["b", "c"]]
    Child.started[1].status = 1  # type: ignore[assignment]
    assert made.look(["1000", "1001", "7"]) == {"1000": "running", "1001": "ended", "7": "lost"}
    made.cancel(["1000"])
    assert killed == [1000]
    made.close()


@pytest.mark.parametrize(
    ("name", "options"), [("slurm", slurm.OPTIONS), ("dask", (*dask_clusters.LOCAL, dask_clusters.FILE))]
)
def test_every_option_of_an_engine_is_named(name: str, options: Sequence[str]) -> None:
    rows = [row[2] for row in cells("Where: `--on`") if row[0].startswith(f"`{name}")]
    assert set(re.findall(r"`([a-z-]+)`", " ".join(rows))) - {"sbatch"} == set(options)


def test_the_table_of_settings_and_every_command_can_be_read(tmp_path: Path) -> None:
    import tomllib

    from bench.cli import on

    settings, entry = (text for language, text in BLOCKS if language == "toml")
    (tmp_path / "pyproject.toml").write_text(settings)
    tables = on.tables(tmp_path / "pyproject.toml")
    wanted = re.findall(r"--on (\S+)", "".join(text for language, text in BLOCKS if language == "sh"))
    found = {word: engine.parse(word, tables) for word in [*wanted, "night:time=5"]}
    assert {one.engine for one in found.values()} == {"slurm", "dask"}
    assert found["night"].options == {"partition": "all", "time": "30:00"}
    assert found["night:time=5"].options == {"partition": "all", "time": "5"}
    assert list(tomllib.loads(entry)["project"]["entry-points"]) == [engine.GROUP]


def test_the_files_and_figures_of_the_page_are_those_of_the_code() -> None:
    named = {row[0].strip("`").rstrip("/") for row in cells("Shards")[2:]}
    attempt = f"{store.SHARDS}/00003"
    assert named == {
        *(journal.JOURNAL, handed.SHARDS, handed.HANDED, outputs.OUTPUT),
        *(f"{attempt}/{name}" for name in ("<host>-<pid>-<time>", attempts.DONE, attempts.REFUSED)),
    }
    assert (AT_LEAST, watching.TRIES, months.MANY) == (60.0, 3, 200)
    text = " ".join(PAGE.split())
    assert "bundled until they take a minute" in text
    assert "handed out again, three times in all" in text
    assert "from 200 runs on" in text


@pytest.mark.slow
def test_a_distribution_with_the_engine_of_the_page_does_a_run(tmp_path: Path) -> None:
    info = tmp_path / "place" / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{engine.GROUP}]\nprocesses = an_engine:make\n")
    (tmp_path / "place" / "an_engine.py").write_text(EXAMPLE)
    places = os.pathsep.join(filter(None, (str(info.parent), os.environ.get("PYTHONPATH", ""))))
    command = ["run", "ex01.a", "ex01.c", "--profile", "smoke", "--on", "processes"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": places, "BENCH_LOCKS": str(tmp_path / "locks")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    run = store.read(folders.find(tmp_path / "results", "latest"))
    assert {record.outcome for record in run.records} == {"ok"}
    assert run.finished
