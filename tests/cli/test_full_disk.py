"""A disk that is full at each write of a verb: one line and exit code 2, what was there is whole, and it goes on."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bench.catalogue import Listing
from bench.cli.verbs import ab, attempt, keep, sweep
from bench.results import store
from bench.results.store import StoreError
from bench.selftest import report
from tests import histories
from tests.full_disk import FULL, refusing
from tests.selftest import planting
from tests.two_runs import run, timed

pytestmark = pytest.mark.skipif(not Path(FULL).exists(), reason="only Linux has /dev/full")

Bench = Callable[..., "CompletedProcess[str]"]
OLD, NEW = "20261128T010203Z-ex01-cpu", "20261129T010203Z-ex01-cpu"
FORGOTTEN = ("cache", "home")
"""Folders in which nothing has to be: a command goes on without."""
WORDS = ("free some", "set ", "change its permissions", "name a folder")
"""What to do about it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a verb is called, again and again as it was: ``home`` is laid out anew from ``before``."""

    bench: Bench
    before: Path
    home: Path

    def lay(self) -> dict[Path, bytes]:
        for path in self.home.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.before, self.home, dirs_exist_ok=True)
        return {path: path.read_bytes() for path in self.home.rglob("*") if path.is_file()}

    def writes(self, words: Sequence[str]) -> tuple[list[str], int]:
        """All of a call that finds room, and its exit code."""
        self.lay()
        with refusing(self.home) as disk:
            done = self.bench(*words)
        return disk.writes, done.returncode

    def refuse(self, words: Sequence[str], at: int, number: int = errno.ENOSPC) -> None:
        """Call it with one write refused, and again with room."""
        before = self.lay()
        with refusing(self.home, at, number) as disk:
            done = self.bench(*words)
        what = disk.writes[at - 1]
        if any(f"{self.home / each}" in what for each in FORGOTTEN):
            assert done.returncode in (0, 1), what
            assert "free some" not in done.stderr, what
        else:
            require_one_line(done, what)
        require_whole(before, what)
        assert not list(self.home.rglob(".*.part")), what
        assert self.bench(*words).returncode in (0, 1), what


def require_one_line(done: CompletedProcess[str], what: str) -> None:
    assert done.returncode == 2, (what, done.stderr)
    said = [line for line in done.stderr.splitlines() if line.startswith(("bench: ", "no page was written: "))]
    assert len(said) == 1, (what, done.stderr)
    assert "Traceback" not in done.stderr, what
    assert any(words in said[0] for words in WORDS), (what, said)


def require_whole(before: dict[Path, bytes], what: str) -> None:
    """Each file is the old one or the new one."""
    for path, data in before.items():
        now = path.read_bytes()
        if now == data:
            continue
        if path.suffix == ".json":
            json.loads(now)
        else:
            assert path.suffix == ".html", (what, path)
            assert now.rstrip().endswith(b"</html>"), (what, path)


@pytest.fixture
def place(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Two runs, of which one has a name, and a package of exercises."""
    before, home = tmp_path / "before", tmp_path / "home"
    home.mkdir()
    for name in (OLD, NEW):
        (before / "results" / name).mkdir(parents=True)
        store.write(run(name, timed()), before / "results" / name)
    histories.keep(before / "history", *(histories.run(n, histories.record(1e-3, "by hand")) for n in (1, 2, 3)))
    monkeypatch.chdir(before)
    for words in (("baseline", "set", "main", OLD), ("export", OLD, "--to", "csv", "-o", "out.csv")):
        assert bench(*words).returncode == 0
    monkeypatch.setenv("BENCH_CACHE", str(home / "cache"))
    monkeypatch.setenv("BENCH_LOCKS", str(tmp_path / "locks"))
    monkeypatch.chdir(home)
    return Place(bench, before, home)


VERBS = {
    "set": ("baseline", "set", "main", NEW),
    "rm": ("baseline", "rm", "main"),
    "export": ("export", NEW, "--to", "csv", "-o", "out.csv", "--force"),
    "trend": ("trend", "ex07", "-o", "history", "--profile", "quick"),
    "compare": ("compare", OLD, NEW),
    "report": ("report", NEW),
}
QUICK = ("set", "rm", "export")
NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


SLOW = pytest.mark.slow
TRIED = [
    pytest.param(verb, number, marks=[] if verb in QUICK and number == errno.ENOSPC else SLOW)
    for verb in VERBS
    for number in NUMBERS
]


@pytest.mark.parametrize(("verb", "number"), TRIED)
def test_whatever_is_refused_is_one_line(place: Place, verb: str, number: int) -> None:
    writes, code = place.writes(VERBS[verb])
    assert code == 0
    assert len(writes) >= 4
    for at in range(1, len(writes) + 1):
        place.refuse(VERBS[verb], at, number)


def test_an_exercise_is_written_or_nothing(bench: Bench, install: Callable[..., Path]) -> None:
    home = install("more").parent
    (home / "pyproject.toml").write_text("")
    before = tree(home)
    words = ("new", "ex99", "--title", "x", "--into", str(home / "more_exercises"))
    for at in range(1, 30):
        with refusing(home, at) as disk:
            done = bench(*words)
        if done.returncode == 0:
            break
        require_one_line(done, disk.writes[at - 1])
        assert tree(home) == before, disk.writes[at - 1]
    assert (at, done.returncode) == (len(disk.writes) + 1, 0)
    assert at >= 9


def tree(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path: path.read_bytes() for path in files}


def compared(folder: Path) -> None:
    ab.write({"new": 1}, folder / "ab.json")


def swept(folder: Path) -> None:
    sweep.write({"new": 1}, folder / "sweep.json")


def seen(folder: Path) -> None:
    attempt.draw(folder / "seen.html", run("x", timed()), {})


def examined(folder: Path) -> None:
    report.write(planting.report(), folder)


def kept(folder: Path) -> None:
    (folder / "kept.json").unlink(missing_ok=True)  # what is not ours is refused, and what is the same not written
    beside = Listing(id="ex01", title="", tags=(), module="m", path=folder / "__init__.py", distribution="d")
    keep.keep(beside, [], run("x", timed()))


@pytest.mark.parametrize("write", [compared, swept, seen, examined, kept])
def test_a_result_is_the_old_one_or_the_new_one(tmp_path: Path, write: Callable[[Path], None]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with refusing(home) as disk:
        write(home)
    names = sorted(home.iterdir())
    assert len(disk.writes) == 4 * len(names), "the file, its content, its sync, its name"
    for at in range(1, len(disk.writes) + 1):
        for path in names:
            path.write_text("old")
        with refusing(home, at), pytest.raises(StoreError, match=f"no space left on the disk of {home}/.*: free some"):
            write(home)
        here = sorted(home.iterdir())
        assert here == ([] if write is kept else names), "no half file takes room"
        texts = [path.read_text() for path in here]
        assert texts.count("old") == len(names) - (at - 1) // 4 or write is kept
        assert all(text == "old" or text.rstrip().endswith(("}", "</html>")) for text in texts)
