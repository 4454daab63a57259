"""ex13, the classic mistakes: every one is another computation, and fails the claim that it names."""

from bench.testing import lab, run_part
from bench_exercises.ex13_early_stopping import exercise


def test_every_mistake_fails_its_claim():
    found = run_part(exercise, "a", lab(3))
    (table,) = [table for table in found.tables if table.name == "Break it"]
    assert 5 <= len(table.rows) <= 10
    assert len({row[0] for row in table.rows}) == len(table.rows)
    (claim,) = [claim for claim in found.claims if claim.name.startswith("break it")]
    assert claim.passed
