"""Imports point one way, and starting the command line costs no heavy library."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

import bench
from tests import house

ROOT = Path(__file__).parents[1]
NOUNS = {
    "bench.errors",
    "bench.masking",
    "bench.texts",
    "bench.model",
    "bench.hookspecs",
    "bench.thinning",
    "bench.cache",
    "bench.cgroup",
    "bench.plain_file",
    "bench.ctrl_c",
}
TOOLS = NOUNS | {
    "bench.measure",
    "bench.results",
    "bench.lab",
    "bench.catalogue",
    "bench.plugins",
    "bench.with_files",
}
MAY_SEE = {
    "bench": NOUNS | {"bench.lab", "bench.mistakes", "bench.formats.loading"},
    "bench.errors": set(),
    "bench.masking": set(),
    "bench.texts": set(),
    "bench.model": {"bench.errors", "bench.texts"},
    "bench.hookspecs": {"bench.errors", "bench.model"},
    "bench.thinning": set(),
    "bench.cache": {"bench.plain_file"},
    "bench.cgroup": set(),
    "bench.plain_file": set(),
    "bench.ctrl_c": set(),
    "bench.tensor_file": {"bench.plain_file"},
    "bench.shared": {"bench.tensor_file"},
    "bench.recordable": NOUNS,
    "bench.lab": NOUNS | {"bench.measure", "bench.recordable", "bench.shared"},
    "bench.mistakes": NOUNS | {"bench.lab"},
    "bench.outlines": NOUNS,
    "bench.catalogue": NOUNS | {"bench.outlines"},
    "bench.with_files": NOUNS,
    "bench.plugins": NOUNS | {"bench.with_files"},
    "bench.measure": NOUNS,
    "bench.results": NOUNS,
    "bench.analysis": NOUNS,
    "bench.execute": TOOLS | {"bench.analysis", "bench.tensor_file"},
    "bench.testing": NOUNS | {"bench.lab", "bench.measure", "bench.results", "bench.execute"},
    "bench.report": NOUNS | {"bench.results", "bench.analysis"},
    "bench.formats": NOUNS | {"bench.results", "bench.analysis"},
    "bench.selftest": TOOLS | {"bench.analysis", "bench.execute", "bench.report"},
    "bench.ab": TOOLS | {"bench.analysis", "bench.execute"},
    "bench.cluster": TOOLS | {"bench.analysis", "bench.execute"},
    "bench.cli": TOOLS
    | {
        "bench.analysis",
        "bench.execute",
        "bench.report",
        "bench.formats",
        "bench.selftest",
        "bench.ab",
        "bench.cluster",
        "bench.kit.data.fetch",
    },
    "bench.__main__": {"bench.cli"},
    "bench.kit": {"bench.errors", "bench.plain_file", "bench.tensor_file"},
    "bench_exercises": {"bench", "bench.errors", "bench.kit"},
}
"""Every package of the harness, and what it may import besides itself."""

HEAVY = {
    "torch",
    "torchvision",
    "numpy",
    "numba",
    "matplotlib",
    "cv2",
    "pandas",
    "scipy",
    "sklearn",
    "altair",
    "mlxtend",
    "ruptures",
}
SLOW = {"rich", "rich_click", "importlib.metadata", "email", "difflib", "bench.model"}
"""What takes milliseconds that neither the help nor the list needs, once the exercises are known."""


def sources() -> Iterator[tuple[str, Path]]:
    """Module names and files of the harness and of the exercises."""
    for top in (ROOT / "bench", ROOT / "plugins" / "bench_exercises"):
        for path in sorted(top.rglob("*.py")):
            parts = path.relative_to(top.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """The modules that a source imports when it runs: what stands under ``if TYPE_CHECKING`` does not count."""
    for node in house.at_run_time(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.fixture(scope="module", autouse=True)
def parsed_once() -> Iterator[None]:
    """Every file is parsed for all tests here, and then forgotten: garbage collection would visit millions of nodes."""
    yield
    house.tree.cache_clear()


def called(name: str) -> str:
    """A name of the facade counts as ``bench`` itself."""
    return "bench" if name.removeprefix("bench.") in bench.__all__ else name


def within(name: str, package: str) -> bool:
    return name == package or (package != "bench" and name.startswith(package + "."))


@pytest.mark.parametrize(("module", "path"), [pytest.param(*source, id=source[0]) for source in sources()])
def test_imports_point_one_way(module: str, path: Path) -> None:
    mine = max((package for package in MAY_SEE if within(module, package)), key=len, default="")
    assert mine, f"{module} has no place among the packages above: give it one"
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    ours = {called(name) for name in imports(house.tree(path), package) if name.startswith("bench")}
    wrong = sorted(name for name in ours if not any(within(name, seen) for seen in {mine, *MAY_SEE[mine]}))
    assert not wrong, f"{module} may import from {', '.join(sorted(MAY_SEE[mine])) or 'nothing of ours'} only"


@pytest.mark.parametrize("top", [ROOT / "bench", ROOT / "plugins" / "bench_exercises"], ids=lambda top: top.name)
def test_no_module_imports_itself_by_way_of_others(top: Path) -> None:
    assert house.circles(house.graph(top)) == []


def loaded(*arguments: str) -> set[str]:
    """The modules that a call of ``bench`` leaves behind. It succeeds and prints something."""
    program = (
        "import sys; from bench.cli import main; sys.argv[0] = 'bench'\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('loaded', *sorted(set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    modules = set(done.stderr.splitlines()[-1].split())
    assert "bench.cli" in modules
    assert done.stdout
    return modules


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["list", "--json"], ["--version"], ["run", "--help"]])
def test_starting_imports_nothing_heavy(arguments: list[str]) -> None:
    assert not loaded(*arguments) & HEAVY


@pytest.mark.parametrize("arguments", [["--help"], ["list"]])
def test_the_help_and_the_list_import_nothing_that_costs_time(arguments: list[str]) -> None:
    loaded("list")
    assert not loaded(*arguments) & SLOW


def test_the_help_imports_no_verb() -> None:
    ours = {name for name in loaded("--help") if name.startswith("bench.cli.")}
    assert ours == {"bench.cli.interrupts", "bench.cli.output"}
