"""The page on tracking: its environments of tox are there, it plants one line, and what it runs in order goes well."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tracking.md").read_text(encoding="utf-8")
WORKFLOW = ROOT / "docs" / "ci" / "github-actions.yml"
LINES = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
(PLANT,) = (line for line in LINES if line.startswith("sed "))
PLANTED = Path(shlex.split(PLANT)[-1])


def tox() -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None)
    read.read(ROOT / "tox.ini")
    return read


def expanded(section: str) -> set[str]:
    """perf-{cpu,cuda} is perf-cpu and perf-cuda."""
    found = re.search(r"\{([\w,]+)\}", section)
    if not found:
        return {section}
    return {name for one in found[1].split(",") for name in expanded(section.replace(found[0], one, 1))}


@pytest.mark.parametrize(
    "page", ["docs/tracking.md", "docs/cluster.md", "CONTRIBUTING.md", "docs/ci/github-actions.yml"]
)
def test_the_environments_of_tox_that_a_page_names_are_there(page: str) -> None:
    here = {name for section in tox() if section.startswith("testenv:") for name in expanded(section[8:])}
    here |= {f"py{version}-{device}" for version in (311, 312, 313) for device in ("cpu", "cuda")}
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {name for names in re.findall(r"tox -e ([\w,-]+)", text) for name in names.split(",")}
    assert named <= here


def test_the_page_and_tox_agree_on_what_fails() -> None:
    (share,) = re.findall(r"the fastest of the three has become more than (\d+) % slower", " ".join(PAGE.split()))
    command = tox()["testenv:perf-{cpu,cuda}"]["commands"]
    assert f"--benchmark-compare-fail=min:{share}%" in command
    assert "--bench-processes=3" in command


def planted(root: Path) -> None:
    """What the page plants, in a copy."""
    subprocess.run(shlex.split(PLANT), cwd=root, check=True)


def test_what_the_page_plants_is_one_line(tmp_path: Path) -> None:
    copy = tmp_path / PLANTED
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / PLANTED, copy)
    planted(tmp_path)
    before, after = ((root / PLANTED).read_text(encoding="utf-8").splitlines() for root in (ROOT, tmp_path))
    differ = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert differ == [("    return dx", "    return dx.clone()")]
    assert f"git checkout {PLANTED}" in LINES


def test_every_action_of_the_workflow_has_a_version_and_no_text_of_others_reaches_a_shell() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", used) for used in re.findall(r"uses: (\S+)", text))
    blocks = re.findall(r"^( +)(?:- )?run: (.*(?:\n\1 +\S.*)*)", text, re.MULTILINE)
    assert blocks
    assert not any("${{" in script for _, script in blocks)


def test_actionlint_finds_nothing_where_it_is_installed() -> None:
    tool = shutil.which("actionlint")
    if tool is None:
        pytest.skip("actionlint is not here; tox -e lint holds the workflow against GitHub's schema")
    asked = [tool, "-no-color", "-ignore", 'label "gpu" is unknown', str(WORKFLOW)]
    done = subprocess.run(asked, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def bench(root: Path, line: str) -> int:
    """The exit code of a command of the page in a copy of the repository; what measures does so in ``smoke``."""
    words = shlex.split(line)[1:]
    smoke = ["--profile", "smoke"] if words[0] == "run" else []
    paths = os.pathsep.join((str(root), str(root / "plugins")))
    settings = {"PYTHONPATH": paths, "BENCH_CACHE": str(root / "cache"), "BENCH_LOCKS": str(root / "locks")}
    done = subprocess.run(
        [sys.executable, "-m", "bench", *words, *smoke],
        cwd=root,
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.mark.slow
def test_what_is_measured_compares_in_the_order_of_the_page(tmp_path: Path) -> None:
    for name in ("bench", "plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (measured,) = (line for line in LINES if line.startswith("bench run") and "--against" not in line)
    for _ in range(2):
        assert bench(tmp_path, measured) == 0
    assert bench(tmp_path, "bench compare latest~1 latest") == 0
    planted(tmp_path)
    assert bench(tmp_path, measured) == 0, "the answer is still right"
    assert bench(tmp_path, "bench compare latest~1 latest") == 0, "in smoke nothing is slower"
