"""The page on writing an exercise, done as it says: its blocks become files, its commands are run in order.

Only ``pip install -e .`` is stood in for: the entry points that the page declares are put on ``PYTHONPATH``.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "writing-an-exercise.md"
BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def files(page: str) -> dict[str, str]:
    """What the titled blocks say, by title; blocks of one title follow one another."""
    written: dict[str, list[str]] = defaultdict(list)
    for _, title, text in BLOCK.findall(page):
        if title:
            written[title].append(text)
    return {title: "\n\n".join(texts) for title, texts in written.items()}


def commands(page: str) -> list[str]:
    """The lines after the prompts of the console blocks."""
    consoles = [text for language, _, text in BLOCK.findall(page) if language == "console"]
    return [line[2:] for text in consoles for line in text.splitlines() if line.startswith("$ ")]


def install(project: str, site: Path) -> None:
    """Make a distribution's entry points known, as an editable install does."""
    told = tomllib.loads(project)["project"]
    folder = site / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    folder.mkdir(parents=True)
    folder.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
    groups = told["entry-points"].items()
    lines = [f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in one.items()) for group, one in groups]
    folder.joinpath("entry_points.txt").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder in which everything was done, and what each command said."""
    page, home = PAGE.read_text(encoding="utf-8"), tmp_path_factory.mktemp("author")
    for title, text in files(page).items():
        home.joinpath(title).parent.mkdir(parents=True, exist_ok=True)
        home.joinpath(title).write_text(text, encoding="utf-8")
    install(home.joinpath("pyproject.toml").read_text(), home)
    paths = os.pathsep.join([str(home), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    surroundings = os.environ | {"PYTHONPATH": paths, "BENCH_LOCKS": str(home / "locks")}
    return home, {line: run(line, home, surroundings) for line in commands(page)}


def run(line: str, home: Path, surroundings: dict[str, str]) -> str:
    program, *arguments = shlex.split(line)
    assert program == "bench"
    command = [sys.executable, "-m", "bench", *arguments]
    done = subprocess.run(command, cwd=home, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, f"{line}: {done.stdout}\n{done.stderr}"
    return done.stdout


def runs(home: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(home.glob("results/*/run.json"))]


def test_every_command_ends_well(said: tuple[Path, dict[str, str]]) -> None:
    _, answers = said
    assert [line.split()[1] for line in answers] == ["list", "check", "check", "new", "try", "run", "check"]
    assert "ex42" in answers["bench list"]
    assert "✗" not in answers["bench check ex42"] + answers["bench check ex44"] + answers["bench check ex45"]
    assert "✓ mine (mine.py)  error " in answers["bench try ex42.b mine.py"]


def test_the_exercise_finds_what_the_page_says(said: tuple[Path, dict[str, str]]) -> None:
    (first,) = runs(said[0])
    claims = [claim["name"] for record in first["records"] for claim in record["findings"]["claims"]]
    assert "the gradient by hand is that of autograd" in claims
    naive = first["records"][0]["findings"]["tables"][0]["rows"]
    assert [row[1] for row in naive] == [True, True, True, False]
    variants = {record["case"]["variant"] for record in first["records"]}
    assert variants == {None, "autograd", "by hand", "softmax", "mine"}


def test_every_live_number_of_the_answer_was_measured(said: tuple[Path, dict[str, str]]) -> None:
    (page,) = said[0].glob("results/*/ex*.html")
    report = page.read_text(encoding="utf-8")
    assert "no exponent is positive" in report
    assert "not measured" not in report
    assert "{{" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", report, flags=re.DOTALL)


def test_a_variant_from_outside_is_measured_like_ours(said: tuple[Path, dict[str, str]]) -> None:
    mine = [record for record in runs(said[0])[0]["records"] if record["case"]["variant"] == "mine"]
    assert mine
    assert all(record["outcome"] == "ok" and record["samples"] and record["memory"] for record in mine)
