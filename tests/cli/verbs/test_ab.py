"""``bench ab``: a verdict, and an exit code; what is asked wrongly is one line."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.ab import environments, readings, sides
from bench.ab.readings import Reading
from bench.ab.room import OutOfRoom
from bench.ab.sides import Side
from bench.cli.verbs import ab
from bench.errors import UsageError
from tests.ab.conftest import git_in, toy_history  # noqa: F401 - a fixture
from tests.ab.planting import reading

IDS = {"ex60", "extra"}


@pytest.fixture
def toy(bench: Callable, toy_history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """The repository of one exercise is where one is; a run takes a side as long as its factor says."""
    root = Path(shutil.copytree(toy_history, tmp_path / "repo"))
    monkeypatch.chdir(root)
    monkeypatch.syspath_prepend(root)

    def measure(side: Side, names: Sequence[str], options: Sequence[str], *, keep: Path, seconds: float) -> Reading:
        factor = (Path(side.path[0]) / "toy_exercises" / "factor.txt").read_text().strip()
        return reading({"plain": float(factor)}) if factor.isdigit() else readings.lost("no number", 4)

    monkeypatch.setattr(sides, "measure", measure)
    return root


def test_not_slower_is_0(bench: Callable, toy: Path) -> None:
    done = bench("ab", "HEAD~4", "HEAD~3", "ex60")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("A  HEAD~4 (")
    assert lines[-2].startswith("B takes as long as A, within 3 %, in its 1 case (3 pairs in ")
    assert re.fullmatch(r"kept      results/\S+-ab-ex60-auto", lines[-1])
    assert done.stderr.splitlines() == [f"pair {n}: {int(n == 3)} of 1 case decided" for n in (1, 2, 3)]


def test_slower_is_1_as_json_too(bench: Callable, toy: Path) -> None:
    done = bench("ab", "HEAD~3", "HEAD~2", "ex60", "--json")
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert document["verdict"] == "slower"
    (kept,) = toy.glob("results/*/ab.json")
    assert json.loads(kept.read_text()) == document


def test_faster_is_0_as_markdown_too(bench: Callable, toy: Path) -> None:
    done = bench("ab", "HEAD~2", "HEAD~3", "ex60", "--markdown")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("### B is faster in 1 of 1 case")


def test_broken_on_b_is_1_and_on_a_is_0(bench: Callable, toy: Path) -> None:
    done = bench("ab", "HEAD~1", "HEAD", "ex60")
    assert done.returncode == 1
    assert "✗ the run is broken on side B alone: no number" in done.stdout
    assert bench("ab", "HEAD", "HEAD~1", "ex60").returncode == 0


def test_head_against_the_working_tree_and_the_margin(bench: Callable, toy: Path) -> None:
    (toy / "toy_exercises" / "factor.txt").write_text("42")
    done = bench("ab", "HEAD~1", "ex60")
    assert done.returncode == 1, done.stderr
    assert "B  the working tree, 1 file differs from HEAD" in done.stdout
    assert bench("ab", "HEAD~1", "ex60", "--margin", "6").returncode == 0


def test_without_a_name_the_exercises_that_differ(bench: Callable, one_line: Callable, toy: Path) -> None:
    assert "no file of an exercise differs" in one_line(bench("ab", "HEAD~4", "HEAD~3"), 2)


def test_github_is_told_and_marks_what_is_slower_or_broken(bench: Callable, toy: Path) -> None:
    summary = toy.parent / "summary.md"
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    slower = bench("ab", "HEAD~3", "HEAD~2", "ex60", **actions)
    assert re.search(
        r"^::error title=bench ab%3A slower::ex60\.a\.speed on cpu: plain: 10 times", slower.stderr, re.MULTILINE
    )
    assert summary.read_text().startswith("### B is slower in 1 of 1 case")
    assert "::error title=bench ab%3A broken::" in bench("ab", "HEAD~1", "HEAD", "ex60", **actions).stderr
    assert "::error" not in bench("ab", "HEAD~4", "HEAD~3", "ex60", **actions).stderr


def test_bisect_names_the_first_slower_commit(bench: Callable, toy: Path) -> None:
    done = bench("ab", "HEAD~4", "HEAD~1", "ex60", "--bisect")
    assert done.returncode == 1, done.stderr
    assert re.fullmatch(r"the first slower commit is \w{10}: slow", done.stdout.splitlines()[-2])
    document = json.loads(bench("ab", "HEAD~4", "HEAD~1", "ex60", "--bisect", "--json").stdout)
    assert [each["subject"] for each in document["bisect"]["suspects"]] == ["slow"]


def test_bisect_of_what_is_not_slower_walks_nowhere(bench: Callable, toy: Path) -> None:
    done = bench("ab", "HEAD~4", "HEAD~3", "ex60", "--bisect")
    assert done.returncode == 0
    assert "the first slower" not in done.stdout


def test_nothing_is_left_in_the_repository(bench: Callable, toy: Path) -> None:
    git = git_in(toy)
    bench("ab", "HEAD~4", "HEAD~3", "ex60", "-o", "../out")
    assert git("status", "--porcelain") == ""
    assert git("worktree", "list").count("\n") == 0


def test_two_environments(bench: Callable, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "make", lambda words, say: "python")
    done = bench("ab", "ex60", "HEAD", "--env", "a==1", "--env", "a==2")
    assert done.returncode == 2
    done = bench("ab", "HEAD~1", "ex60", "--env", "a==1", "--env", "a==2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("A  a==1, HEAD~1 (")
    assert bench("ab", "ex60", "--env", "a==1", "--env", "a==2").returncode == 4  # the code as it is crashes on both


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere", "ex60"), 2, "has no revision 'nowhere'"),
        (("ex60", "HEAD"), 2, "'HEAD' is no exercise; revisions come before the exercises"),
        (("HEAD", "HEAD", "HEAD"), 2, "'HEAD' is no exercise, and two revisions"),
        (("HEAD", "ex60", "--bisect"), 2, "--bisect walks the commits between two revisions"),
        (("ex60", "--env", "torch==2.11"), 2, "--env is given twice"),
        (("--env", "a", "--env", "b"), 2, "both sides have the same code"),
        (("HEAD", "HEAD", "ex60", "--env", "a", "--env", "b"), 2, "name one revision"),
        (("ex60", "--env", "-e .", "--env", "b"), 2, "'-e' is no requirement"),
        (("ex60", "--json", "--markdown"), 2, "give one of them"),
        (("ex60", "--budget", "0"), 2, "--budget"),
        (("ex60", "--margin", "nan"), 2, "--margin"),
        (("HEAD", "HEAD~1", "ex60", "--bisect"), 2, "is not among the first parents"),
    ],
)
def test_what_cannot_be_is_one_line(
    bench: Callable, one_line: Callable, toy: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in one_line(bench("ab", *words), code)
    assert not (toy / "results").exists()


def test_no_repository_no_git_no_uv(
    bench: Callable, one_line: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    assert "lies in no git repository" in one_line(bench("ab", "ex14"), 2)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not here" in one_line(bench("ab", "ex14"), 3)
    assert "uv is not here" in bench("ab", "ex14", "--env", "a==1", "--env", "a==2").stderr


@pytest.mark.parametrize(
    ("words", "revisions", "names"),
    [
        ((), (), ()),
        (("HEAD~1",), ("HEAD~1",), ()),
        (("HEAD~1", "HEAD", "ex60"), ("HEAD~1", "HEAD"), ("ex60",)),
        (("main", "ex99.a.speed", "ex60"), ("main",), ("ex99.a.speed", "ex60")),
        (("extra",), (), ("extra",)),
        (("v1.2", "explain"), ("v1.2", "explain"), ()),
    ],
)
def test_revisions_come_first(words: tuple[str, ...], revisions: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert ab.told_apart(words, IDS) == (revisions, names)
    with pytest.raises(UsageError):
        ab.told_apart(("ex60", *words, "main"), IDS)


def test_a_folder_that_cannot_be_written_is_one_line(bench: Callable, one_line: Callable, toy: Path) -> None:
    (toy / "file").write_text("")
    assert "is not a folder" in one_line(bench("ab", "HEAD~4", "HEAD~3", "ex60", "-o", "file"), 2)
    with pytest.raises(Exception, match="cannot be written"):
        ab.write({}, toy / "file" / "ab.json")


def test_a_disk_that_fills_up_is_2_and_what_was_measured_is_shown(
    bench: Callable, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = iter(range(5))

    def measure(*_: object, **__: object) -> Reading:
        if next(measured) == 4:
            raise OutOfRoom("no space left on the disk of x: free some, then measure again")
        return reading({"plain": 1.0})

    monkeypatch.setattr(sides, "measure", measure)
    done = bench("ab", "HEAD~4", "HEAD~3", "ex60")
    assert done.returncode == 2
    assert "2 pairs in " in done.stdout
    assert "there was no room on the disk for more" in done.stdout
    assert done.stderr.splitlines()[-1] == "bench: no space left on the disk of x: free some, then measure again"
    (kept,) = toy.glob("results/*/ab.json")
    assert json.loads(kept.read_text())["ended"] == "room"
