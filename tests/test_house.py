"""Every module of the harness has a test file of its name in the same place, or a reason to have none."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "bench").rglob("*.py") if path.stat().st_size)
"""An empty ``__init__.py`` is no module."""

WITHOUT = {
    "bench/errors.py": "classes with an exit code each; tests/docs/test_cli.py holds them against the manual",
    "bench/hookspecs.py": "signatures without a body; tests/docs/test_hooks.py holds them against the manual",
    "bench/kit/byhand/__init__.py": "re-exports; tests/kit/byhand/test_layers.py takes every layer from here",
    "bench/kit/data/__init__.py": "re-exports",
    "bench/kit/training/__init__.py": "re-exports",
    "bench/model/__init__.py": "re-exports",
    "bench/model/portrait.py": "values without a body",
    "bench/report/__init__.py": "two imports; tests/report/page/test_html.py registers what they give",
    "bench/report/answers/pieces.py": "values without a body",
    "bench/report/charts/__init__.py": "a docstring",
    "bench/report/matrix/__init__.py": "a docstring",
    "bench/report/matrix/console.py": "tests/report/matrix/test_page.py holds all four forms against each other",
    "bench/report/matrix/document.py": "tests/report/matrix/test_page.py",
    "bench/report/matrix/markdown.py": "tests/report/matrix/test_page.py",
    "bench/report/readme/__main__.py": "one call; tests/report/readme/test_writing.py starts it",
    "bench/__init__.py": "re-exports on first use; tests/test_imports.py takes them, every exercise imports from here",
    "bench/__main__.py": "one call; tests/cli/conftest.py starts bench by it",
    "bench/execute/executors/base.py": "a protocol without a body",
    "bench/testing/plugin.py": "one fixture; tests/testing/test_testing.py asks for it",
}


def home(module: str) -> Path:
    """Where the tests of a module belong: those of a room itself are called after it."""
    path = Path(module).relative_to("bench")
    if path.name == "__init__.py":
        path = path.with_name(f"{path.parent.name}.py")
    return ROOT / "tests" / path.with_name(f"test_{path.name}")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_a_test_file_of_its_name_or_a_reason_to_have_none(module: str) -> None:
    name = home(module).relative_to(ROOT)
    if module in WITHOUT:
        assert not home(module).exists(), f"{name} is there: {module} needs no reason any more"
    else:
        assert home(module).exists(), f"{module} has neither {name} nor a reason in WITHOUT"


def test_reasons_are_given_for_modules_that_are_there() -> None:
    assert not set(WITHOUT) - set(MODULES)
    assert all(WITHOUT.values())
