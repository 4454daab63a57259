"""``bench trend``: what a folder of runs shows, from a real repository to the page, and what a mistake gives."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.analysis.trend import Confirmation, Suspect
from bench.cli import confirming
from tests import histories

COUNT, SLOW = 20, 14
"""Commits, and the number of the one that is slow."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A repository of 20 commits of which one is slow, and a run of each: measured in another order."""
    folder = tmp_path_factory.mktemp("repository")
    names = histories.repository(folder, COUNT)
    noise, other = histories.noisy(COUNT), histories.noisy(COUNT, seed=1)
    runs = [
        histories.run(
            COUNT - number,
            histories.record(noise[number] * (1.15 if number >= SLOW else 1), "by hand", peaks=(2**20,)),
            histories.record(other[number], "autograd"),
            environment=histories.place(commit=names[number]),
        )
        for number in range(COUNT)
    ]
    histories.keep(folder / "results", *runs)
    return folder, names


@pytest.fixture
def here(made: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bench: Callable) -> list[str]:
    """The same in the folder of this test. Gives the names of its commits."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    return made[1]


def test_the_slow_commit_is_named_in_the_order_of_git(bench: Callable, here: list[str]) -> None:
    done = bench("trend", "ex07")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "ex07  time, 20 runs from 2026-10-02 to 2026-10-21, in the order of commits"
    (slow,) = (line for line in lines if "slower" in line)
    assert slow.startswith("  by hand ")
    assert f"slower since {here[SLOW][:9]}" in slow
    assert "no change in 20 runs" in done.stdout
    assert f"to {here[SLOW][:9]} (2026-10-07) “Step 14”" in done.stdout
    assert f"The newest commit, {here[-1][:9]}" in done.stdout
    assert lines[-1] == "page: results/trend-ex07/trend.html"
    assert "Step 14" in Path("results/trend-ex07/trend.html").read_text()


def test_json_is_one_document_and_the_page_goes_where_it_is_told(bench: Callable, here: list[str]) -> None:
    done = bench("trend", "ex07.b", "--json", "--since", here[4][:12], "--page", "deep/er/one.html")
    told = json.loads(done.stdout)
    assert told["asked"] == "ex07.b"
    assert [run["commit"] for run in told["runs"]] == here[4:]
    assert told["runs"][0]["subject"] == "Step 04"
    assert Path("deep/er/one.html").is_file()
    assert done.stderr == "page: deep/er/one.html\n"


def test_memory_and_versions_have_pages_of_their_own(bench: Callable, here: list[str]) -> None:
    assert "1 MiB  no change in 20 runs" in bench("trend", "ex07", "--of", "memory").stdout
    assert "in the order of versions of torch" in bench("trend", "ex07", "--by", "torch").stdout
    pages = {path.name for path in Path("results/trend-ex07").iterdir()}
    assert pages == {"trend-memory.html", "trend-torch.html"}


@pytest.mark.parametrize(("worse", "code"), [(True, 1), (False, 0), (None, 0)])
def test_only_what_was_measured_again_is_red(
    worse: bool | None, code: int, bench: Callable, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def confirm(suspect: Suspect, exercise: str, folder: Path) -> Confirmation:
        calls.append((suspect.before.environment.commit, suspect.after.environment.commit, exercise, folder))
        return Confirmation(before=suspect.before, after=suspect.after, worse=worse, words="")

    monkeypatch.setattr(confirming, "confirm", confirm)
    done = bench("trend", "ex07", "--confirm")
    assert done.returncode == code, done.stderr
    assert calls == [(here[SLOW - 1], here[SLOW], "ex07", Path.cwd())]
    assert ("not confirmed" in done.stdout) == (worse is False)


def test_where_nothing_is_suspected_there_is_nothing_to_confirm(bench: Callable, here: list[str]) -> None:
    assert bench("trend", "ex07", "--confirm", "--since", here[-3]).returncode == 0


def test_runs_that_cannot_be_read_are_named_and_the_others_shown(bench: Callable, here: list[str]) -> None:
    for name, content in {"a-new": '{"schema": 99}', "b-cut": '{"sch'}.items():
        Path("results", name).mkdir()
        Path("results", name, "run.json").write_text(content)
    done = bench("trend", "ex07")
    assert done.returncode == 0
    assert "left out 2 runs: a-new: written by schema 99, this bench reads up to 2: upgrade bench; b-cut" in done.stdout


def test_an_index_that_is_damaged_is_made_anew(bench: Callable, here: list[str]) -> None:
    first = bench("trend", "ex07").stdout
    (file,) = Path("cache/index").glob("*.sqlite")
    file.write_bytes(b"SQLite format 3\0" + bytes(900))
    assert bench("trend", "ex07").stdout == first


def test_without_git_runs_stand_by_their_time(
    bench: Callable, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    done = bench("trend", "ex07")
    assert done.returncode == 0
    assert "No repository here has these commits: runs stand in the order of their time." in done.stdout
    assert f"faster since {here[SLOW - 1][:9]}" in done.stdout, "measured backwards, it became faster"


def test_a_shallow_clone_says_what_it_does_not_know(bench: Callable, here: list[str], tmp_path: Path) -> None:
    histories.git(tmp_path, "clone", "-q", "--depth", "3", f"file://{tmp_path}", "clone")
    shutil.rmtree(tmp_path / ".git")
    shutil.move(tmp_path / "clone" / ".git", tmp_path / ".git")
    done = bench("trend", "ex07")
    assert "17 of 20 runs are of commits that this repository lacks: they stand by their time." in done.stdout
    assert "`git fetch --unshallow`" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ex7"], 5, "no exercise is called 'ex7'"),
        (["ex08"], 5, "no run in results has the time of ex08; `bench run ex08` makes one"),
        (["ex07.z"], 5, "no run of ex07.z among the 20 that have ex07 in results"),
        (["ex07", "--since", "2027-01-01"], 5, "no run of ex07 since 2027-01-01 among the 20"),
        (["ex07", "--profile", "smoke"], 5, "the runs of ex07 in results are of profile quick: name it with --profile"),
        (["ex07", "-o", "nowhere"], 5, "no run in nowhere has the time of ex07"),
        (["ex07", "-o", "f"], 2, "f cannot be looked into (Not a directory)"),
        (["ex07", "--since", "soon"], 2, "--since 'soon' is no date"),
        (["ex07", "--confirm", "--by", "torch"], 2, "--confirm measures two commits' times"),
        (["ex07", "--page", "f/x.html"], 2, "f/x.html cannot be written"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], code: int, words: str, bench: Callable, here: list[str]) -> None:
    done = bench("trend", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert words in done.stderr


def test_without_ruptures_one_line_says_what_to_install(
    bench: Callable, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ruptures", None)
    done = bench("trend", "ex07")
    assert done.returncode == 3
    assert done.stderr == 'bench: `bench trend` needs ruptures: pip install "dl-exercise-bench[trend]"\n'
