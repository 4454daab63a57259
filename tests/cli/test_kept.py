"""A result that took long is neither lost for a full disk nor for a reader that has gone."""

import pytest

from bench.cli import kept
from bench.results.store import StoreError


def refuse() -> None:
    raise StoreError("no space left")


def test_it_is_written_before_it_is_shown() -> None:
    steps: list[str] = []
    with kept.written(lambda: steps.append("written")):
        steps.append("shown")
    assert steps == ["written", "shown"]


def test_what_cannot_be_written_is_shown_first() -> None:
    shown: list[str] = []
    with pytest.raises(StoreError, match="no space left"), kept.written(refuse):
        shown.append("all of it")
    assert shown == ["all of it"]


def test_it_is_said_too_where_nobody_reads_on() -> None:
    with pytest.raises(StoreError, match="no space left"), kept.written(refuse):
        raise BrokenPipeError
