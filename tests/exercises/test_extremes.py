"""No claim takes Python's ``max`` or ``min`` of what was computed: they pass over a NaN that does not come first."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

EXERCISES = Path(__file__).parents[2] / "plugins" / "bench_exercises"
FILES = sorted(EXERCISES.rglob("*.py"))


def is_extreme(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min")


def claimed(tree: ast.AST) -> Iterator[ast.AST]:
    """The values of claims; and what is carried from one turn of a loop to the next, as the worst so far is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "claim":
            yield from node.args[1:2]
        elif isinstance(node, ast.Assign) and is_extreme(node.value):
            names = {name.id for name in ast.walk(node.value) if isinstance(name, ast.Name)}
            if names & {target.id for target in node.targets if isinstance(target, ast.Name)}:
                yield node.value


NEVER_NAN = {
    "smallest = min(smallest, step)",
    "largest = max(largest, logits[n, k])",
    'sum(r["rank of the fit"] != min(int(r["n"]), 6) for r in rows),',
}
"""A step of differences, what Numba compiles for a variant, and a count."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(EXERCISES).as_posix())
def test_a_nan_is_not_lost_on_the_way_to_a_claim(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lost = {node.lineno for value in claimed(tree) for node in ast.walk(value) if is_extreme(node)}  # type: ignore[attr-defined]
    lines = path.read_text(encoding="utf-8").splitlines()
    lost = {n for n in lost if lines[n - 1].strip() not in NEVER_NAN}
    assert not lost, f"largest and smallest of bench.kit.compare keep a NaN: lines {sorted(lost)}"


def test_what_is_looked_for_is_found() -> None:
    text = 'worst = max(worst, gap)\nlab.claim("x", max(gaps) / 2, at_most=max(a, b))\nn = max(rows, 1)'
    lost = [ast.unparse(node) for value in claimed(ast.parse(text)) for node in ast.walk(value) if is_extreme(node)]
    assert lost == ["max(worst, gap)", "max(gaps)"]
