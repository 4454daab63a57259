"""What a command finds around it: closed and full streams, poor terminals, no home, no folder. `bench list` prints a
line an exercise, and imports what every verb does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TITLE = "ex07  IRIS"


def listed(tmp_path: Path, before: str = "", after: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """`bench list` in a shell, ``before`` it and ``after`` it, and its exit code as the last line of stdout."""
    script = f'{before}\n"{sys.executable}" -P -m bench list {after}\necho "=${{PIPESTATUS[0]}}" >&3'
    here = {name: value for name, value in os.environ.items() if not name.startswith(("BENCH_", "LC_", "LANG"))}
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        ["bash", "-c", f"exec 3>&1\n{script}"],
        cwd=tmp_path,
        env=here | {"PYTHONPATH": paths, "HOME": str(tmp_path)} | variables,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize(
    "before",
    [
        "export LC_ALL=C",
        "export LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0",
        "export PYTHONIOENCODING=ascii",
        "export TERM=dumb",
        "unset TERM HOME USER LOGNAME",
        "export HOME=/dev/null/home",
        "export HOME=/dev/full",
        "export COLUMNS=0",
        "export COLUMNS=-1",
        "export COLUMNS=1",
        "export COLUMNS=wide",
        "export COLUMNS=1000000000",
        "export TMPDIR=/dev/null/nowhere",
        "export BENCH_CACHE=/dev/full BENCH_LOCKS=/dev/full",
        "mkdir gone && cd gone && rmdir ../gone",
        "umask 0777",
        "exec 0<&-",
    ],
)
def test_it_lists_all_the_same(tmp_path: Path, before: str) -> None:
    done = listed(tmp_path, before)
    assert done.stdout.endswith("=0\n")
    assert TITLE in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("after", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full", "| head -1", "| true"])
def test_who_does_not_listen_is_no_failure(tmp_path: Path, after: str) -> None:
    done = listed(tmp_path, after=after)
    assert done.stdout.endswith("=0\n")
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize(("after", "lines"), [(">/dev/full", 1), (">/dev/full 2>/dev/full", 0), (">/dev/full 2>&-", 0)])
def test_a_result_that_finds_no_room_is_told_where_it_can_be(tmp_path: Path, after: str, lines: int) -> None:
    done = listed(tmp_path, after=after)
    assert done.stdout == "=2\n"
    assert done.stderr.count("\n") == lines


@pytest.mark.parametrize("number", [6, 9, 12])
def test_few_files_are_enough_for_it(tmp_path: Path, number: int) -> None:
    done = listed(tmp_path, f"ulimit -n {number}")
    assert (done.stdout[-3:], done.stderr) == ("=0\n", "")


@pytest.mark.parametrize("after", ["2>/dev/full", "2> >(true)", "2>&1 | true", "2>&-"])
def test_a_complaint_that_nobody_takes_changes_no_exit_code(tmp_path: Path, after: str) -> None:
    done = listed(tmp_path, after=f"nothing-is-called-so {after}")
    assert (done.stdout, done.stderr) == ("=2\n", "")
