"""docs/exercise-grammar.md: the exercises that follow it, module by module."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "exercise-grammar.md").read_text(encoding="utf-8")
SHARED = {"problem", "network", "by_hand", "reference", "checks", "solution", "figures"}
FOLLOWING = (
    "ex01_one_step_by_hand",
    "ex02_linear_networks",
    "ex03_pooling_gradients",
    "ex04_cifar10",
    "ex07_iris_by_hand",
    "ex08_normalisation",
    "ex09_vanishing_gradient",
    "ex10_batch_size",
    "ex11_image_filters",
    "ex12_alexnet_table",
    "ex14_cheap_convolutions",
)


def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def modules(exercise: str) -> list[Path]:
    return sorted((ROOT / "plugins" / "bench_exercises" / exercise).glob("*.py"))


def parts(exercise: str) -> list[ast.FunctionDef]:
    """The functions of ``__init__`` that are declared as parts."""
    functions = [node for node in tree_of(modules(exercise)[0]).body if isinstance(node, ast.FunctionDef)]
    return [f for f in functions if any(ast.unparse(d).startswith("exercise.") for d in f.decorator_list)]


def siblings(module: Path) -> set[str]:
    """The modules of its own exercise that a module imports, late or early."""
    names = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names |= {node.module} if node.module else {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("exercise", FOLLOWING)
def test_a_module_is_shared_or_begins_with_the_letter_of_a_question(exercise: str) -> None:
    letters = {part.decorator_list[0].args[0].value[0] for part in parts(exercise)}
    for name in {path.stem for path in modules(exercise)} - SHARED - {"__init__"}:
        assert name.partition("_")[0] in letters, name


@pytest.mark.parametrize("exercise", FOLLOWING)
def test_the_body_of_a_part_is_one_call(exercise: str) -> None:
    assert modules(exercise)[0].name == "__init__.py"
    assert parts(exercise)
    for part in parts(exercise):
        *before, statement = part.body
        assert all(isinstance(each, ast.ImportFrom) for each in before), part.name
        assert isinstance(statement.value, ast.Call), part.name
        assert statement.value.func.attr == ("variants" if isinstance(statement, ast.Return) else "study"), part.name


@pytest.mark.parametrize("exercise", FOLLOWING)
def test_what_serves_one_question_serves_no_other(exercise: str) -> None:
    for module in modules(exercise)[1:]:
        allowed = SHARED | {path.stem for path in modules(exercise) if path.stem.startswith(f"{module.stem[0]}_")}
        assert siblings(module) <= (SHARED if module.stem in SHARED else allowed), module.name


@pytest.mark.parametrize("exercise", FOLLOWING)
def test_no_call_counts_beyond_four(exercise: str) -> None:
    for module in modules(exercise):
        for node in ast.walk(tree_of(module)):
            # A list of layers is one thing, however many they are.
            if isinstance(node, ast.Call) and not ast.unparse(node.func).endswith("Sequential"):
                assert len(node.args) <= 4, f"{module.name}, line {node.lineno}"


def test_the_page_names_the_shared_modules_and_those_of_its_example() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert {*table} == SHARED | {"__init__"}
    example = re.findall(r"^  (\w+\.py) ", PAGE, re.MULTILINE)
    assert sorted(example) == [path.name for path in modules("ex07_iris_by_hand")]
