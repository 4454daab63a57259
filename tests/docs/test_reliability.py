"""What docs/reliability.md counts of the tests is what they have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import hostile, test_safety
from tests.bad_input import files, laid
from tests.bad_input.kinds import KINDS, share
from tests.faults import expected

ROOT = Path(__file__).parents[2]
PAGE = " ".join((ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").split())
PLUGINS = len(list((ROOT / "tests" / "faults" / "faulty_exercises").glob("f*.py")))
BY_DEFAULT = 5
"""Times four thousand inputs, under ``-m slow``."""


def inputs(kinds: set[str]) -> int:
    return sum(share(kind, BY_DEFAULT) for kind in kinds)


@pytest.mark.parametrize(
    "words",
    [
        f"{PLUGINS} plugins with {len(expected.FAILED)} cases that fail, {len(expected.BROKEN)} exercises that "
        f"cannot be loaded and {len(expected.SOUND)} sound cases",
        f"{len(KINDS)} kinds are tried from one seed, {inputs(set(KINDS)):,} inputs",
        f"{len(files.FILES)} readers of files have {inputs(set(files.FILES)):,}",
        f"{len(laid.KINDS)} things are laid",
        f"{len(laid.CHANGES)} times it becomes another",
        f"{len(files.FILES) * (len(laid.KINDS) + len(laid.CHANGES)) - len(files.MEANT)} cases",
        f"{len(hostile.NAMES)} harmful names",
        f"at {len(test_safety.ALLOWED)} listed places",
    ],
)
def test_its_counts_are_those_of_the_tests(words: str) -> None:
    assert words in PAGE


def test_the_tests_that_it_names_are_there() -> None:
    named = set(re.findall(r"tests/[\w/]+(?:\.py)?", PAGE))
    assert len(named) >= 5
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
