"""Answers of ``bench try`` that a page shows are kept beside the example files."""

import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.report.readme import tries

SAYS = """#!/bin/sh
echo "ex07.b.speed  A title   "
echo "✓ mine (alice.py)  $4 columns=$COLUMNS"
echo
echo "all agree"
exit 1
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in for Python, which would import torch."""
    path = tmp_path / "python"
    path.write_text(SAYS, encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(path))
    return path


@pytest.mark.usefixtures("program")
def test_the_rows_are_kept_and_shown_below_their_command(tmp_path: Path) -> None:
    words = ("ex07.b", "alice.py", "bob.py")
    tries.keep(tmp_path, words)
    assert (tmp_path / "ex07.b.txt").read_text(encoding="utf-8").splitlines() == [
        "ex07.b.speed  A title",
        "✓ mine (alice.py)  ex07.b columns=100",
    ]
    block = tries.block(tmp_path, words).splitlines()
    assert block[:3] == ["```console", "$ bench try ex07.b alice.py bob.py", "ex07.b.speed  A title"]
    assert block[-1] == "```"


def test_what_gives_no_answer_is_a_line(program: Path, tmp_path: Path) -> None:
    program.write_text("#!/bin/sh\necho 'no part is called ex07.z' >&2; exit 5\n")
    with pytest.raises(BenchError, match=r"bench try ex07.z a.py gave no answer: no part is called ex07.z"):
        tries.keep(tmp_path, ("ex07.z", "a.py"))
    program.unlink()
    with pytest.raises(BenchError, match="gave no answer"):
        tries.keep(tmp_path, ("ex07.b", "a.py"))


def test_a_mark_without_files_and_an_answer_that_is_not_kept_are_lines(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="names a part and example files"):
        tries.block(tmp_path, ("ex07.b",))
    with pytest.raises(BenchError, match=r"ex07.b.txt cannot be read"):
        tries.block(tmp_path, ("ex07.b", "a.py"))
    (tmp_path / "ex07.b.txt").write_text("```\n")
    assert tries.block(tmp_path, ("ex07.b", "a.py")).count("```") == 2
