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

from bench.results import store
from tests import histories
from tests.ab.conftest import toy_history  # noqa: F401 - a fixture
from tests.full_disk import FULL, refusing
from tests.two_runs import run, timed

pytestmark = pytest.mark.skipif(not Path(FULL).exists(), reason="only Linux has /dev/full")

Bench = Callable[..., "CompletedProcess[str]"]
OLD, NEW = "20261128T010203Z-ex01-cpu", "20261129T010203Z-ex01-cpu"
FORGOTTEN = ("cache", "home")
"""Folders in which nothing has to be: a command goes on without."""
WORDS = ("free some", "set ")
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
QUICK = ("set", "rm", "export", "trend")
NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@pytest.mark.parametrize("verb", QUICK)
def test_whatever_is_refused_is_one_line(place: Place, verb: str) -> None:
    writes, code = place.writes(VERBS[verb])
    assert code == 0
    assert len(writes) >= 4
    for at in range(1, len(writes) + 1):
        place.refuse(VERBS[verb], at)
