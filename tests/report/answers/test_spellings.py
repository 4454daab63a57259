"""Which names a source spells."""

from __future__ import annotations

import pytest

from bench.report.answers import spellings

SOURCE = """
lab.claim("after all epochs", 1)
lab.metric(f"{label}: jump of {what}", 2)
lab.metric(f"{label}: {x}", 2)
"""


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("after all epochs", True),
        ("after all epoch", False),
        ("sgd, batch 1: jump of train cost", True),
        ("sgd, batch 1: jmp of train cost", False),
        ("anything: else", False),
    ],
)
def test_texts_are_spelt_and_f_strings_with_gaps(name: str, spelt: bool) -> None:
    assert any(pattern.fullmatch(name) for pattern in spellings.patterns([SOURCE])) == spelt


def test_what_is_no_python_spells_nothing() -> None:
    assert spellings.patterns(["def (", "\0"]) == ()
