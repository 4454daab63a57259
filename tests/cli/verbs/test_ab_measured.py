"""``bench ab``, and what asks it, with nothing in place of anything: real runs of a real repository.

The repository is one as bench's own: 20 commits, with the harness and an exercise, of which one is ten times as slow.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ab.conftest import FILES, new_repository

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

HARNESS = Path(__file__).parents[3] / "bench"
COUNT, SLOW = 20, 12
MEASURED = (0, 2, 5, 8, 10, 11, 12, 13, 16, 19)
"""Commits that have a run: as few as a trend takes, with both neighbours of the change."""
SMOKE = ("--profile", "smoke")

Done = subprocess.CompletedProcess[str]


def bench(folder: Path, *words: str, path: tuple[Path, ...], **variables: str) -> Done:
    """Called in a folder by a user whose PYTHONPATH begins with ``path``."""
    paths = os.pathsep.join(filter(None, [*map(str, path), os.environ.get("PYTHONPATH", "")]))
    command = (sys.executable, "-m", "bench", *words)
    settings = os.environ | variables | {"PYTHONPATH": paths}
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)


@dataclass(frozen=True)
class History:
    """A repository and the hashes of its commits, the oldest first."""

    folder: Path
    hashes: list[str]
    git: Callable[..., str]

    def bench(self, *words: str) -> Done:
        return bench(self.folder, *words, path=(self.folder,))

    def measure(self, number: int) -> None:
        self.git("checkout", "--quiet", self.hashes[number])
        done = self.bench("run", "ex60", *SMOKE)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("history") / "repo"
    git, commit = new_repository(folder)
    shutil.copytree(HARNESS, folder / "bench", ignore=shutil.ignore_patterns("__pycache__"))
    hashes = [commit("number 0", FILES | {".gitignore": "__pycache__/\n/results/\n"})]
    for number in range(1, COUNT):
        slow = {"toy_exercises/factor.txt": "40"} if number == SLOW else {}
        hashes.append(commit(f"number {number}", {"notes.txt": str(number)} | slow))
    return History(folder, hashes, git)


def test_the_slow_commit_is_seen_in_the_runs_and_confirmed_side_by_side(history: History) -> None:
    for number in MEASURED:
        history.measure(number)
    history.git("checkout", "--quiet", "main")
    done = history.bench("trend", "ex60", *SMOKE, "--confirm")
    assert done.returncode == 1, done.stdout + done.stderr
    before, slow = (each[:9] for each in history.hashes[SLOW - 1 : SLOW + 1])
    assert re.search(f"  sorted .* slower since {slow} .* in 4 runs", done.stdout), done.stdout
    told = rf"{before} \S+ to {slow} \S+: confirmed, side by side: slower, ex60\.a\.speed on cpu: sorted [\d.]+ times "
    assert re.search(told, done.stdout), done.stdout
    page = (history.folder / "results" / "trend-ex60" / "trend.html").read_text("utf-8")
    assert "ex60 is slower: a second measurement, side by side, confirms it" in page


def test_a_walk_finds_the_slow_commit(history: History) -> None:
    done = history.bench("ab", f"HEAD~{COUNT - 1}", "HEAD", "ex60", *SMOKE, "--bisect", "--budget", "30")
    assert done.returncode == 1, done.stderr
    assert "B is slower in 1 of 1 case" in done.stdout
    assert f"the first slower commit is {history.hashes[SLOW][:10]}: number {SLOW}\n" in done.stdout
    assert history.git("worktree", "list").count("\n") == 0


def test_a_commit_against_itself_is_rarely_red(history: History, tmp_path: Path) -> None:
    """Each has a chance of 5 % at most, so that two of three are a chance of 0.7 %."""
    documents = []
    for seed in range(3):
        same = ("HEAD", "HEAD", "ex60", *SMOKE, "--budget", "0.6", "--seed", str(seed))
        done = history.bench("ab", *same, "-o", str(tmp_path), "--json")
        documents.append(json.loads(done.stdout))
        assert done.returncode == (documents[-1]["verdict"] == "slower"), done.stderr
    assert not {each["verdict"] for each in documents} - {"slower", "faster", "equivalent", "undecided"}
    assert sum(each["verdict"] == "slower" for each in documents) <= 1


def cpu_wheel() -> tuple[str, str]:
    """A folder of wheels that the user named, and the version of torch without CUDA in it: one of the registry is
    3 GB."""
    folder = os.environ.get("UV_FIND_LINKS") or os.environ.get("PIP_FIND_LINKS") or ""
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    wheels = sorted(Path(folder).glob(f"torch-*+cpu-{python}-*.whl")) if folder else []
    if not wheels:
        pytest.skip("UV_FIND_LINKS names no folder with a wheel of torch for the processor alone")
    return folder, wheels[-1].name.split("-")[1]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[str]:
    """Gone at the end: pytest keeps its folders, and environments are large."""
    yield str(tmp_path / "cache")
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)


def two_environments(a: str, b: str, tmp_path: Path, **variables: str) -> str:
    """What is printed of both; skips where uv or what it asks cannot be reached."""
    if not shutil.which("uv"):
        pytest.skip("uv is not here")
    for name, text in FILES.items():
        (tmp_path / "toy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "toy" / name).write_text(text)
    words = ("ab", "ex60", "--env", a, "--env", b, *SMOKE, "--budget", "1")
    done = bench(tmp_path, *words, path=(tmp_path / "toy", HARNESS.parent), **variables)
    if done.returncode == 2 and re.search("(?i)fetch|connect|dns|timed? ?out", done.stderr):
        pytest.skip(f"no registry: {done.stderr.splitlines()[-1]}")
    assert done.returncode in (0, 1), done.stderr
    assert "broken" not in done.stdout
    assert re.search(r"ex60\.a\.speed on cpu: sorted +\S+ [mµ]?s +\S+ [mµ]?s", done.stdout), done.stdout
    return done.stdout


def test_two_versions_of_numpy_from_the_registry(tmp_path: Path, cache: str) -> None:
    """Everything that two versions of torch need, but for 3 GB each."""
    folder, torch = cpu_wheel()
    a, b = (f"torch=={torch} numpy=={numpy}" for numpy in ("2.2.6", "2.3.5"))
    printed = two_environments(a, b, tmp_path, UV_FIND_LINKS=folder, BENCH_CACHE=cache)
    assert printed.startswith(f"A  {a}\nB  {b}\n")
    assert "different numpy: 2.2.6 and 2.3.5\n" in printed
    assert "different torch" not in printed


@pytest.mark.skipif(not os.environ.get("BENCH_TEST_TORCHES"), reason="3 GB each: BENCH_TEST_TORCHES=1 tries it")
def test_two_versions_of_torch_from_the_registry(tmp_path: Path, cache: str) -> None:
    a, b = "torch==2.11.0", "torch==2.15.0"
    printed = two_environments(a, b, tmp_path, BENCH_CACHE=cache)
    assert re.search(r"different torch: 2\.11\.0\S* and 2\.15\.0\S*\n", printed)
