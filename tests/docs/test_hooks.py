"""The manual of the hooks says what the specifications say: the same hooks, with the same arguments."""

import inspect
import re
from pathlib import Path

import pytest

from bench import hookspecs

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (bench_\w+\(.*?\))\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
SPECS = {
    name: list(inspect.signature(function).parameters)
    for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
    if name.startswith("bench_")
}


def test_every_hook_has_a_section_with_its_arguments() -> None:
    assert sorted(SECTIONS) == sorted(f"{name}({', '.join(arguments)})" for name, arguments in SPECS.items())


@pytest.mark.parametrize("name", SPECS)
def test_a_section_explains_every_argument_and_keeps_the_form(name: str) -> None:
    section = next(text for title, text in SECTIONS.items() if title.startswith(f"{name}("))
    assert re.findall(r"^- `(\w+)`: \S", section, re.MULTILINE) == SPECS[name]
    rows = re.findall(r"^\| (\w[\w ]*) \| \S", section, re.MULTILINE)
    assert rows == ["when", "how often", "where", "may", "returns", "if it raises"]


@pytest.mark.parametrize("name", SPECS)
def test_the_specification_is_a_contract_itself(name: str) -> None:
    contract = inspect.getdoc(getattr(hookspecs, name)) or ""
    assert "Called " in contract
    assert re.findall(r":param (\w+):", contract) == SPECS[name]
