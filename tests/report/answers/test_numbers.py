"""Live numbers of a run in a terminal."""

from dataclasses import replace

from bench.model import Run
from bench.report.answers.numbers import resolver
from bench.report.answers.pieces import Reference

RATIO = Reference("ratio", ("a.speed", "by hand"), (("batch", 8),))
CLAIM = Reference("claim", ("variance falls as 1/B",))


def test_numbers_are_those_of_the_run(run: Run) -> None:
    resolve = resolver(run, "ex10")
    assert resolve(CLAIM).text == "-0.997 ≥ -1.1"
    assert "times faster" in resolve(RATIO).text


def test_in_smoke_nothing_is_faster(run: Run) -> None:
    resolve = resolver(replace(run, profile="smoke"), "ex10")
    assert resolve(CLAIM).measured
    assert resolve(CLAIM).ok is None, "smoke decides nothing"
    assert not resolve(RATIO).measured
