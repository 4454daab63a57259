"""No answer is longer than a reader's patience: words of its source, a live number or a formula counted as one."""

import re

import pytest

from bench import catalogue

MOST = {"ex10": 3500}
"""Fewer than ``ALL``, where the sheet asks most."""
ALL = 4000
LISTED = {listing.id: listing for listing in catalogue.listings()}


def words(answer: str) -> int:
    """Those before the references; marks of tables are none."""
    text = re.sub(r"\{\{.*?\}\}|\$\$.*?\$\$|\$[^$]*\$", " 1 ", answer.partition("\n## References")[0], flags=re.DOTALL)
    return sum(any(c.isalnum() for c in word) for word in text.split())


@pytest.mark.parametrize("exercise", LISTED)
def test_an_answer_ends_in_time(exercise: str) -> None:
    assert words(LISTED[exercise].answer) <= MOST.get(exercise, ALL)
