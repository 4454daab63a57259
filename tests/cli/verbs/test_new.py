"""``bench new``: an exercise that works at once."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.cli.verbs import new


def test_it_writes_an_exercise_that_works(bench: Callable, one_line: Callable, install: Callable) -> None:
    package = install("more")
    (package.parent / "pyproject.toml").write_text("")
    title = 'A "quoted" \\ title.\n"""'
    done = bench("new", "ex99", "--title", title, "--into", str(package))
    assert done.returncode == 0, done.stderr
    assert "A 'quoted' / title" in bench("list").stdout
    assert bench("check", "ex99").returncode == 0
    assert "taken" in one_line(bench("new", "ex99", "--title", "x", "--into", str(package)), 2)
    tests = ["-m", "pytest", "-q", "-n", "0", "--import-mode=importlib", "-p", "no:cacheprovider"]
    tested = subprocess.run(
        [sys.executable, *tests, str(package.parent / "tests")], cwd=package.parent, capture_output=True, text=True
    )
    assert tested.returncode == 0, tested.stdout
    assert "5 passed" in tested.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["99", "--title", "x"], "is not an id"),
        (["ex99", "--title", " "], "--title"),
        (["ex99", "--title", "x", "--into", "."], "is not the folder of a package"),
        (["ex99"], "--title"),
    ],
)
def test_it_refuses_what_cannot_be(bench: Callable, one_line: Callable, arguments: list[str], says: str) -> None:
    assert says in one_line(bench("new", *arguments), 2)


def test_nothing_is_overwritten(bench: Callable, one_line: Callable, install: Callable) -> None:
    package = install("more")
    there = package.parent / "tests" / "exercises" / "test_ex99.py"
    (package.parent / "pyproject.toml").write_text("")
    there.parent.mkdir(parents=True)
    there.write_text("mine")
    done = bench("new", "ex99", "--title", "x", "--into", str(package))
    assert done.returncode == 2
    assert done.stderr == f"bench: {there} is there already; move it away first\n"
    assert there.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_one_line(bench: Callable, install: Callable) -> None:
    package = install("more")
    (package / "ex99_x").write_text("a file where the folder should be")
    done = bench("new", "ex99", "--title", "x", "--into", str(package))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("One step", "one_step"),
        ("Why is a GPU so much faster?", "why_is_a_gpu"),
        ("Ünïcode — only", "n_code_only"),
        ("…", "exercise"),
    ],
)
def test_a_module_is_called_by_the_first_words_of_its_title(title: str, name: str) -> None:
    assert new.slug(title) == name


def test_a_title_cannot_end_its_docstring() -> None:
    assert new.one_line('a\\n """b"""\n c.\'') == "a/n '''b''' c"


def test_the_test_goes_where_the_checkout_has_its_own(tmp_path: Path) -> None:
    package = tmp_path / "checkout" / "plugins" / "exercises"
    package.mkdir(parents=True)
    assert new.tests_for(package, "ex99") == package.parent / "tests" / "exercises" / "test_ex99.py"
    (tmp_path / "checkout" / "pyproject.toml").touch()
    assert new.tests_for(package, "ex99") == tmp_path / "checkout" / "tests" / "exercises" / "test_ex99.py"
