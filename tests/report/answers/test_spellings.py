"""Which names a source spells."""

from __future__ import annotations

import pytest

from bench.report.answers import spellings

SOURCE = """
NAMES = ("sgd, batch", "train cost")
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
        ("sdg, batch 1: jump of train cost", False),
        ("anything: else", False),
    ],
)
def test_texts_are_spelt_and_f_strings_with_gaps(name: str, spelt: bool) -> None:
    assert (name in spellings.of([SOURCE])) == spelt


def test_what_is_no_python_spells_nothing() -> None:
    assert spellings.of(["def (", "\0"]).patterns == ()
