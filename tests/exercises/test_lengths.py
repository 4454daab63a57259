"""No answer is longer than a reader's patience: words of its source, a live number counted as one."""

import re

import pytest

from bench import catalogue

MOST = {"ex10": 3500}
"""Fewer than ``ALL``, where the sheet asks most."""
ALL = 4000
LISTED = {listing.id: listing for listing in catalogue.listings()}


def words(answer: str) -> int:
    return len(re.sub(r"\{\{.*?\}\}", "N", answer, flags=re.DOTALL).split())


@pytest.mark.parametrize("exercise", LISTED)
def test_an_answer_ends_in_time(exercise: str) -> None:
    assert words(LISTED[exercise].answer) <= MOST.get(exercise, ALL)
