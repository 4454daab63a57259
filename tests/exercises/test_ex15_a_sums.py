"""ex15: all claims hold, for more seeds than one."""

import pytest

from bench.mistakes import TABLE
from bench.testing import failed, lab, run_part
from bench_exercises.ex15_conv1d_backward import exercise


@pytest.mark.parametrize(("part", "seed"), [("a", 1), ("b", 7), ("c", 7)])
def test_every_claim_holds(part, seed):
    found = run_part(exercise, part, lab(seed))
    assert len(found.claims) >= 7
    assert failed(found) == {}


def test_thirteen_mistakes_are_seen_by_four_claims():
    (table,) = (table for table in run_part(exercise, "a").tables if table.name == TABLE)
    assert len(table.rows) == 13
    assert len({row[1] for row in table.rows}) == 4
