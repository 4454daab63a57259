"""Numbers that answers tell of kept runs are those that the runs hold, and none is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import catalogue
from bench.cli.verbs.keep import references
from bench.report.answers import kept
from bench.results import store

REFERENCE = Path(__file__).parents[2] / "results" / "reference"
ASKING = {listing.id: listing for listing in catalogue.listings() if references(listing)}


@pytest.mark.parametrize("exercise", ASKING)
def test_what_is_kept_is_what_the_runs_found(exercise: str) -> None:
    listing = ASKING[exercise]
    asked, content = references(listing), kept.read(listing.sources[kept.FILE])
    assert kept.missing(asked, content) == []
    for run in content.runs:
        parts = {record.case.part for record in run.records}
        stored = kept.stripped(store.read(REFERENCE / run.id), exercise, asked)
        assert run.records == tuple(record for record in stored.records if record.case.part in parts)
        assert run.environment == stored.environment
