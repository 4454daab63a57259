"""One run of a side: a process with the code of that side, and what becomes of it."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from bench.ab import sides
from bench.ab.pairs import OutOfTime
from bench.ab.readings import WHOLE
from bench.ab.room import OutOfRoom
from bench.ab.sides import Side, search_path
from bench.errors import BenchError, UsageError
from bench.results import store
from tests.ab.test_readings import record, run
from tests.full_disk import refusing


def side(tmp_path: Path, script: str) -> Side:
    """One whose interpreter is a shell script: ``$OUT`` is where its run goes."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nfor OUT; do :; done\nmkdir -p "$OUT/r"\n{script}\n')
    python.chmod(0o755)
    return Side(label="old", python=str(python), path=("/first", "/second"))


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    (tmp_path / "stored").mkdir()
    return store.write(run(record()), tmp_path / "stored")


def test_a_run_is_read_and_kept(tmp_path: Path, stored: Path) -> None:
    made = side(tmp_path, f'cp {stored} "$OUT/r/run.json"; echo "$@" > {tmp_path}/words; exit 1')
    keep = tmp_path / "deep" / "001-A.json"
    found = sides.measure(made, ["ex60", "ex61"], ["--profile", "smoke"], keep=keep, seconds=60)
    assert list(found.times.values()) == [pytest.approx(2e-3)]
    assert found.code == 1
    assert keep.read_bytes() == stored.read_bytes()
    assert (tmp_path / "words").read_text().startswith("-m bench run ex60 ex61 --profile smoke -o /")


def test_the_last_line_is_the_reason_of_a_side_without_a_run(tmp_path: Path) -> None:
    made = side(tmp_path, "echo 'looking at the exercises' >&2; echo 'bench: no exercise \033[31mex60' >&2; exit 5")
    found = sides.measure(made, ["ex60"], [], keep=tmp_path / "k.json", seconds=60)
    assert found.broken == {WHOLE: "no exercise �[31mex60"}
    assert found.code == 5
    assert not (tmp_path / "k.json").exists()


def test_a_long_complaint_is_cut(tmp_path: Path) -> None:
    made = side(tmp_path, "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1")
    found = sides.measure(made, ["ex60"], [], keep=tmp_path / "k.json", seconds=60)
    assert found.broken[WHOLE] == "x" * 200


def test_a_side_that_dies_says_of_what(tmp_path: Path) -> None:
    found = sides.measure(side(tmp_path, "kill -SEGV $$"), ["ex60"], [], keep=tmp_path / "k.json", seconds=60)
    assert found.broken == {WHOLE: f"it died of signal {signal.SIGSEGV}"}


@pytest.mark.parametrize(
    ("content", "words"),
    [('{"schema": 99}', "written by schema 99"), ("{", "not whole"), ("[]", "not ours")],
)
def test_a_run_that_cannot_be_read_is_a_side_without_one(tmp_path: Path, content: str, words: str) -> None:
    made = side(tmp_path, f"printf '%s' '{content}' > \"$OUT/r/run.json\"")
    found = sides.measure(made, ["ex60"], [], keep=tmp_path / "k.json", seconds=60)
    assert words in found.broken[WHOLE]


def test_half_a_run_is_none(tmp_path: Path) -> None:
    (tmp_path / "stored").mkdir()
    half = store.write(run(record(), finished=False), tmp_path / "stored")
    found = sides.measure(
        side(tmp_path, f'cp {half} "$OUT/r/run.json"'), ["ex60"], [], keep=tmp_path / "k.json", seconds=60
    )
    assert found.broken == {WHOLE: "it was interrupted"}


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "PATIENCE", 0.05)
    made = side(tmp_path, f"trap '' INT; sleep 60 & echo $! > {tmp_path}/child; wait; wait")
    with pytest.raises(OutOfTime):
        sides.measure(made, ["ex60"], [], keep=tmp_path / "k.json", seconds=0.2)
    child = int((tmp_path / "child").read_text())
    status = Path(f"/proc/{child}/status")
    assert not status.exists() or "(zombie)" in status.read_text()


def test_an_interruption_ends_the_run_by_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wait = subprocess.Popen.wait
    asked = iter([True])

    def interrupted(process: subprocess.Popen, timeout: float | None = None) -> int:
        if next(asked, False):
            while not (tmp_path / "ready").exists():
                pass
            raise KeyboardInterrupt
        return wait(process, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    made = side(
        tmp_path,
        f"trap 'echo ended > {tmp_path}/ended; exit 130' INT; touch {tmp_path}/ready; while :; do sleep 0.01; done",
    )
    # Where these tests run in the background, Ctrl-C is ignored, by every process that they start too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            sides.measure(made, ["ex60"], [], keep=tmp_path / "k.json", seconds=60)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "ended").exists()


def test_an_interpreter_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="cannot be started: No such file"):
        sides.measure(
            Side(label="", python=str(tmp_path / "no"), path=()), ["ex60"], [], keep=tmp_path / "k", seconds=1
        )


def test_a_side_finds_its_own_modules_and_no_repository_of_a_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/elsewhere/summary.md")
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    monkeypatch.setenv("BENCH_DATA", "data")
    monkeypatch.delenv("BENCH_LOCKS", raising=False)
    variables = sides.surroundings(Side(label="", python="", path=("/a", "/b")))
    assert variables["PYTHONPATH"] == f"/a{os.pathsep}/b"
    assert not {"GIT_DIR", "PYTHONHOME", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"} & variables.keys()
    assert variables["PATH"] == os.environ["PATH"]
    assert variables["BENCH_DATA"] == str(Path.cwd() / "data")
    assert "BENCH_LOCKS" not in variables


def test_places_inside_the_repository_move_into_the_worktree(tmp_path: Path) -> None:
    root, outside, place = (tmp_path / name for name in ("root", "outside", "place"))
    for folder in (root / "plugins", root / "ignored", outside, place / "plugins"):
        folder.mkdir(parents=True)
    given = [root, outside, root / "plugins", root / "ignored", sysconfig.get_path("purelib"), tmp_path / "no"]
    assert search_path(root, place, map(str, given)) == (str(place), str(place / "plugins"), str(outside))


def test_a_repository_that_nothing_is_imported_from_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(UsageError, match="nothing that Python imports lies in"):
        search_path(tmp_path, place, [sysconfig.get_path("purelib"), str(Path(__file__).parent)])
    with pytest.raises(UsageError, match="nothing that Python imports lies in"):
        search_path(tmp_path, place, [str(tmp_path / ".venv" / "bin")])


def test_an_environment_inside_the_repository_is_none_of_its_files() -> None:
    packages = Path(sysconfig.get_path("purelib"))
    assert sides.is_pythons(packages / "deep")
    assert sides.is_pythons(Path(sys.executable).parent)
    assert sides.is_pythons(Path(os.__file__).parent / "lib-dynload")
    assert not sides.is_pythons(Path(__file__).parent)
    assert sides.added([str(packages), str(Path(__file__).parent)]) == (Path(__file__).parent,)


@pytest.mark.parametrize(
    "script",
    [
        "echo 'bench: no space left on the disk of /x: free some, then start again' >&2; exit 2",
        'cp {failed} "$OUT/r/run.json"; exit 1',
    ],
)
def test_a_side_that_found_no_room_is_not_broken(tmp_path: Path, script: str) -> None:
    (tmp_path / "failed").mkdir()
    reason = "OSError: [Errno 28] No space left on device"
    failed = store.write(run(record(outcome="failed", reason=reason, samples=())), tmp_path / "failed")
    with pytest.raises(OutOfRoom, match="no space left for what is measured"):
        sides.measure(side(tmp_path, script.format(failed=failed)), ["x"], [], keep=tmp_path / "k.json", seconds=60)


def test_a_run_that_cannot_be_kept_leaves_no_half(tmp_path: Path, stored: Path) -> None:
    made, keep = side(tmp_path, f'cp {stored} "$OUT/r/run.json"'), tmp_path / "kept" / "001-A.json"
    for at in (1, 2, 3, 4, 5):  # the folder, the file, its content, the sync, the name
        with refusing(tmp_path / "kept", at) as disk, pytest.raises(OutOfRoom, match=f"the disk of {keep}: free some"):
            sides.measure(made, ["ex60"], [], keep=keep, seconds=60)
        assert len(disk.writes) == at
        assert list(tmp_path.glob("kept/*")) == []
        shutil.rmtree(tmp_path / "kept", ignore_errors=True)
