"""Data sets, and the exercise that has two ways to its pictures, leave heavy libraries alone.

Each is asked in a fork of one process that has imported torch and nothing else: torch takes the longest of all.
"""

import os
import subprocess
import sys
from functools import cache

import pytest

HEAVY = {"cv2", "matplotlib", "mlxtend", "pandas", "scipy", "sklearn", "torchvision"}
STATEMENTS = {
    "torch": "pass",
    "iris and mnist": "from bench.kit.data import iris, mnist; iris(); mnist()",
    "photo": "from bench.kit.data import photo; photo('flower')",
    "cifar10": "from bench.kit.data import cifar10; cifar10()",
    "ex11": "import bench_exercises.ex11_image_filters",
}
BEGIN = "import os, sys, torch\n"
FORK = """
if not os.fork():
    {statement}
    print({name!r}, *sorted({heavy!r} & set(sys.modules)), sep=",", flush=True)
    os._exit(0)
os.wait()
"""


@cache
def imported() -> dict[str, set[str]]:
    """What of the heavy libraries each statement has imported; without an entry it has failed."""
    program = BEGIN + "".join(FORK.format(name=n, statement=s, heavy=HEAVY) for n, s in STATEMENTS.items())
    surroundings = {name: value for name, value in os.environ.items() if name != "BENCH_DATA"} | {"HOME": "/nowhere"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=surroundings)
    lines = [line.split(",") for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == list(STATEMENTS), done.stderr
    return {name: set(modules) for name, *modules in lines}


@pytest.mark.parametrize(
    ("name", "unwanted"),
    [
        ("torch", HEAVY),
        ("iris and mnist", HEAVY - {"cv2"}),
        ("photo", HEAVY - {"mlxtend", "pandas"}),
        ("cifar10", {"torchvision"}),
        ("ex11", {"cv2"}),
    ],
)
def test_what_is_not_needed_is_not_imported(name: str, unwanted: set[str]) -> None:
    assert not imported()[name] & unwanted
