"""``bench list``: every exercise, none imported."""

import json
import shutil
from collections.abc import Callable


def test_every_exercise_is_shown_and_none_is_imported(process: Callable) -> None:
    done = process("list", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert rows["ex90"]["title"] == "Sums, done right"
    assert rows["ex90"]["tags"] == ["trial"]
    assert rows["ex90"]["distribution"] == "trial"
    assert rows["ex93"]["title"] == "Hangs when it is imported"
    assert rows["ex10"]["distribution"] == "dl-exercise-bench"


def test_it_is_one_line_an_exercise(bench: Callable) -> None:
    lines = bench("list", "--tag", "trial").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ex90", "ex95", "ex96", "ex97"]
    assert lines[0] == "ex90  Sums, done right  [trial]"


def test_a_tag_that_nothing_has_lists_nothing(bench: Callable) -> None:
    done = bench("list", "--tag", "nothing")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_new_file_is_found_at_once(bench: Callable, install: Callable) -> None:
    install("more", ex98_new='"""ex98: Only just written."""\n')
    assert "ex98  Only just written" in bench("list").stdout


def test_a_file_that_is_not_python_is_a_red_row(bench: Callable, install: Callable) -> None:
    install("more", ex98_new="def\n")
    lines = bench("list").stdout.splitlines()
    assert lines[-1] == "ex98  broken: SyntaxError: invalid syntax (line 1)"
    assert max(map(len, lines)) > 80


def test_an_id_that_stands_twice_is_a_red_row_that_names_both(
    bench: Callable, one_line: Callable, install: Callable
) -> None:
    install("more", ex10_again='"""ex10: Again."""\n')
    done = bench("list")
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("ex10"))
    assert done.returncode == 0
    assert "broken: two exercises are called ex10: " in line
    assert "ex10_again.py (more)" in line
    assert "(dl-exercise-bench)" in line
    assert "two exercises are called ex10" in one_line(bench("show", "ex10"), 4)
    assert bench("show", "ex90").returncode == 0


def test_a_package_that_is_registered_and_not_there_is_a_red_row(
    bench: Callable, one_line: Callable, install: Callable
) -> None:
    shutil.rmtree(install("old"))
    done = bench("list")
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("old"))
    assert "broken: old registers 'old_exercises' in the group bench.exercises, but that is not an installed" in line
    assert "ex90" in done.stdout
    assert bench("run", "ex90", "old_exercises", "--dry-run").returncode == 4
    assert bench("run", "ex90", "--dry-run").returncode == 0
