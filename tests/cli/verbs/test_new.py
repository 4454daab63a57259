"""``bench new``: an exercise that works at once."""

import errno
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.cli.verbs import new

EDITS = {
    '"""ex98: First."""': '"""ex98: Another title."""',
    "gradient by hand = autograd": "they are the same",
    "steps=(1e-3, 3e-4, 1e-4, 3e-5)": "steps=(1e-3, 1e-4)",
    'exercise.study("a"': 'exercise.study("b"',
    "batch=(1, 64, 1024)": "size=(2, 4)",
    "def speed(lab: Lab, batch: int)": "def speed(lab: Lab, size: int)",
    "problem(lab, batch)": "problem(lab, size)",
    "problem(": "drawn(",
}
"""What its author may change in an exercise, and its test should not mind."""


def edited(text: str) -> str:
    for old, new_text in EDITS.items():
        assert old in text
        text = text.replace(old, new_text)
    return text


def test_it_writes_an_exercise_that_works_and_whose_test_survives_edits(
    bench: Callable, one_line: Callable, install: Callable
) -> None:
    """One of two is edited; their tests run together, as it takes longest to start."""
    package = install("more")
    (package.parent / "pyproject.toml").write_text("")
    title = 'A "quoted" \\ title.\n"""'
    done = bench("new", "ex99", "--title", title, "--into", str(package))
    assert done.returncode == 0, done.stderr
    assert bench("new", "ex98", "--title", "First", "--into", str(package)).returncode == 0
    path = package / "ex98_first" / "__init__.py"
    path.write_text(edited(path.read_text()))
    assert "A 'quoted' / title" in bench("list").stdout
    assert bench("check", "ex99").returncode == 0
    assert "taken" in one_line(bench("new", "ex99", "--title", "x", "--into", str(package)), 2)
    assert passed(package.parent / "tests") == {"ex98": 4, "ex99": 4}
    checked = bench("check", "ex98").stdout
    assert "answer.md:3: the heading names question a" not in checked
    assert 'claim("gradient by hand = autograd"): no study has a claim of this name' in checked


def passed(folder: Path) -> Counter[str]:
    """How many tests of each exercise pass; none may fail."""
    words = ["-m", "pytest", "-v", "-n", "0", "--import-mode=importlib", "-p", "no:cacheprovider"]
    tested = subprocess.run([sys.executable, *words, str(folder)], cwd=folder.parent, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout
    return Counter(re.findall(r"test_(ex\d\d)\S*::.* PASSED", tested.stdout))


def test_a_package_that_is_not_installed_says_what_is_to_be_done(
    bench: Callable, one_line: Callable, tmp_path: Path
) -> None:
    package, project = tmp_path / "mine", tmp_path / "pyproject.toml"

    def said() -> str:
        return str(one_line(bench("new", "ex99", "--title", "x", "--into", str(package)), 2)).partition("exercises: ")[
            2
        ]

    install = f"then pip install -e {tmp_path}"
    assert said().startswith(f"make {package / '__init__.py'}, which may be empty; write [build-system] requires = ")
    assert f'[project] name = "mine" version = "0.1" into {project}, a line each' in said()
    package.mkdir()
    (package / "__init__.py").touch()
    project.write_text('[project]\nname = "mine"\nversion = "0.1"\n')
    assert said() == f'add [project.entry-points."bench.exercises"] mine = "mine" to {project}; {install}'
    project.write_text(project.read_text() + '[project.entry-points."bench.exercises"]\nmine = "mine"\n')
    assert said() == f"install it first, by pip install -e {tmp_path}"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["99", "--title", "x"], "is not an id"),
        (["ex99", "--title", " "], "--title"),
        (["ex99", "--title", "x", "--into", "."], "is not an installed package"),
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


@pytest.mark.parametrize("file", ["__init__.py", "answer.md", "test_ex99.py"])
def test_a_full_disk_leaves_nothing_of_an_exercise(
    bench: Callable, install: Callable, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """What is left of it would be in the way of the next try, and broken for `bench list`."""
    package = install("more")
    (package.parent / "pyproject.toml").write_text("")
    before = contents(package.parent)
    real = Path.open

    def full(path: Path, mode: str = "r", **more: Any) -> Any:
        opened: Any = real(path, mode, **more)
        if (path.name, mode) == (file, "x"):
            opened.write = refuse
        return opened

    monkeypatch.setattr(Path, "open", full)
    done = bench("new", "ex99", "--title", "x", "--into", str(package))
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written: No space left on device" in done.stderr
    assert contents(package.parent) == before


def refuse(text: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def contents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)
