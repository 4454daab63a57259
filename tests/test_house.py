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
    "bench/report/__init__.py": "two imports; tests/report/page/test_html.py registers what they give",
    "bench/report/charts/__init__.py": "a docstring",
    # Rooms that are being worked in.
    "bench/__init__.py": "in work",
    "bench/__main__.py": "in work",
    "bench/catalogue.py": "in work",
    "bench/cli/__init__.py": "in work",
    "bench/cli/completion.py": "in work",
    "bench/cli/exits.py": "in work",
    "bench/cli/output.py": "in work",
    "bench/cli/progress.py": "in work",
    "bench/cli/reporting.py": "in work",
    "bench/cli/verbs/check.py": "in work",
    "bench/cli/verbs/data.py": "in work",
    "bench/cli/verbs/doctor.py": "in work",
    "bench/cli/verbs/list.py": "in work",
    "bench/cli/verbs/new.py": "in work",
    "bench/cli/verbs/report.py": "in work",
    "bench/cli/verbs/run.py": "in work",
    "bench/cli/verbs/show.py": "in work",
    "bench/execute/child/checks.py": "in work",
    "bench/execute/child/main.py": "in work",
    "bench/execute/child/sources.py": "in work",
    "bench/execute/executors/base.py": "in work",
    "bench/execute/executors/forkserver.py": "in work",
    "bench/execute/executors/preload.py": "in work",
    "bench/execute/executors/server.py": "in work",
    "bench/execute/messages.py": "in work",
    "bench/execute/outcomes.py": "in work",
    "bench/plugins.py": "in work",
    "bench/testing/__init__.py": "in work",
    "bench/testing/plugin.py": "in work",
}


def home(module: str) -> Path:
    """Where the tests of a module belong."""
    path = Path(module).relative_to("bench")
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
