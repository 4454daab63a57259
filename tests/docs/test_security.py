"""Each promise of SECURITY.md is held by tests that are there, and what it says of secrets and networks is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bench import masking

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "`tests/" in line]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[-2][:40])
def test_a_promise_is_held_by_tests_that_are_there(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", row[-1])
    assert named
    for name in named:
        functions = [node.name for node in ast.walk(ast.parse((ROOT / name).read_bytes())) if hasattr(node, "name")]
        assert [each for each in functions if each.startswith("test_")], f"{name} tests nothing"


def test_there_are_promises_of_everything_that_is_not_ours() -> None:
    assert {row[0] for row in ROWS} >= {"stored runs", "pages", "children", "files", "locks", "secrets", "data"}


def test_names_of_secrets_are_those_of_the_page() -> None:
    said = PAGE.partition("**Secrets.**")[2].partition("The task gets")[0]
    names, others = said.partition("(`--param")[0], said.partition("not `")[2]
    assert all(masking.is_secret(name) for name in re.findall(r"`(\w+)`", names))
    assert not any(masking.is_secret(name) for name in re.findall(r"`?(\w+)`", others.partition("alone")[0]))
    assert f"fewer than {masking.LEAST} letters" in PAGE


def test_who_uses_a_network_is_named() -> None:
    """Modules that open a connection to elsewhere, or start a program that does."""
    talks = re.compile(r"urlopen|http\.client|requests\.|urllib\.request|\"uv\"|distributed\.Client|\"sbatch\"")
    found = {
        path.relative_to(ROOT / "bench").parts[0]
        for path in (ROOT / "bench").rglob("*.py")
        if talks.search(path.read_text("utf-8"))
    }
    assert found <= {"kit", "ab", "cluster", "cli"}
    assert all(f"`{name}`" in PAGE for name in ("bench data fetch", "--on"))


def test_the_manual_and_the_readme_lead_here() -> None:
    assert "](SECURITY.md)" in (ROOT / "README.md").read_text("utf-8")
