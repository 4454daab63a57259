"""The house in figures: ``python -m tests.house [FOLDER]...`` prints a table with one column a package.

What is counted: lines of functions and of files; comments in 100 lines; how deep imports go, and the largest circle of
them (late imports count, those for types alone do not); values built from five or more positional arguments; modules
that only one other imports; lines of tests for one of code; names that point instead of naming.
"""

from __future__ import annotations

import ast
import sys
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

VAGUE = {"found", "seen", "one", "told", "said", "kept"}
Graph = dict[str, set[str]]


def files(top: Path) -> list[Path]:
    return sorted(path for path in top.rglob("*.py") if "tests" not in path.relative_to(top).parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def nodes(top: Path) -> Iterator[ast.AST]:
    for path in files(top):
        yield from ast.walk(tree(path))


def spread(values: list[int]) -> str:
    return f"{median(values):.0f}/{quantiles(values, n=10)[-1]:.0f}/{max(values)}"


def function_lines(top: Path) -> str:
    functions = [node for node in nodes(top) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return spread([(node.end_lineno or 0) - node.lineno + 1 for node in functions])


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def file_lines(top: Path) -> str:
    return spread([lines(path) for path in files(top)])


def comments(top: Path) -> str:
    count = 0
    for path in files(top):
        with path.open("rb") as file:
            count += sum(token.type == tokenize.COMMENT for token in tokenize.tokenize(file.readline))
    return f"{100 * count / sum(map(lines, files(top))):.1f}"


def graph(top: Path) -> Graph:
    """Which module imports which, inside one package."""
    names = {module_name(path, top): path for path in files(top)}
    return {
        name: {target for target in map(nearest(names), imported(path, name)) if target and target != name}
        for name, path in names.items()
    }


def module_name(path: Path, top: Path) -> str:
    parts = path.relative_to(top.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def nearest(names: dict[str, Path]) -> Callable[[str], str]:
    def find(name: str) -> str:
        while name and name not in names:
            name = name.rpartition(".")[0]
        return name

    return find


def imported(path: Path, name: str) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in at_run_time(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
"""Where a statement holds statements. Expressions, nine nodes in ten, hold none."""


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All statements in order, but for those under ``if TYPE_CHECKING``."""
    for child in chain.from_iterable(getattr(node, block, ()) for block in BLOCKS):
        if not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield child
            yield from at_run_time(child)


def reachable(start: str, modules: Graph) -> set[str]:
    open, reached = [start], set[str]()
    while open:
        for target in modules[open.pop()] - reached:
            reached.add(target)
            open.append(target)
    return reached


def circles(modules: Graph) -> list[set[str]]:
    """Modules that import each other, by whatever way."""
    within = {name: reachable(name, modules) for name in modules}
    return [
        {name} | {other for other in within[name] if name in within[other]} for name in modules if name in within[name]
    ]


def depth(modules: Graph) -> int:
    """The longest chain of imports; a circle counts as one step."""

    @cache
    def below(name: str, above: frozenset[str] = frozenset()) -> int:
        return max((1 + below(target) for target in modules[name] - above - {name}), default=0)

    return max(below(name) for name in modules) if not circles(modules) else -1


def imports(top: Path) -> str:
    modules = graph(top)
    largest = max(map(len, circles(modules)), default=0)
    return f"{depth(modules) if not largest else '?'}/{largest or '–'}"


def positional(top: Path) -> str:
    """Calls of classes with five or more positional arguments, and the longest."""
    calls = [
        len(node.args)
        for node in nodes(top)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id[:1].isupper()
    ]
    long = [count for count in calls if count > 4]
    return f"{len(long)} ({max(long)})" if long else "0"


def single_importers(top: Path) -> str:
    modules = graph(top)
    counts = [sum(name in targets for targets in modules.values()) for name in modules]
    return f"{100 * counts.count(1) / len(counts):.0f}"


def vague(top: Path) -> str:
    names = [node.id for node in nodes(top) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names += [node.arg for node in nodes(top) if isinstance(node, ast.arg)]
    return f"{100 * sum(name in VAGUE for name in names) / len(names):.1f}"


ROWS: dict[str, Callable[[Path], str]] = {
    "function lines, median / p90 / max": function_lines,
    "file lines, median / p90 / max": file_lines,
    "comments per 100 lines": comments,
    "import depth / largest circle": imports,
    "values from ≥ 5 positional arguments (longest)": positional,
    "modules with a single importer, %": single_importers,
    "names that point instead of naming, %": vague,
}


def main(tops: list[Path]) -> None:
    print(f"| | {' | '.join(top.name for top in tops)} |")  # noqa: T201 - what the script is for
    print(f"| --- {'| --- ' * len(tops)}|")  # noqa: T201
    for name, count in ROWS.items():
        print(f"| {name} | {' | '.join(count(top) for top in tops)} |")  # noqa: T201


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [Path("bench"), Path("plugins/bench_exercises")])
