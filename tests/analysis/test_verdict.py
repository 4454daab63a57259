"""What an interval that spans 1 says: of the variants, of the noise, or of the machine."""

import pytest

from bench.analysis import statistics
from bench.model import Case, Record, Sample

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0)


def record(seconds: tuple[float, ...], waited: float = 0.0) -> Record:
    samples = tuple(
        Sample(round=number, calls=1, seconds=each, laps=(each, each), waited=waited)
        for number, each in enumerate(seconds)
    )
    return Record(case=CASE, outcome="ok", samples=samples)


REFERENCE = (1.0, 1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("seconds", "waited", "verdict"),
    [
        ((1.0, 1.01, 0.99, 1.01, 0.99), 0.0, "no change detected"),
        ((1.0, 1.01, 0.99, 1.01, 0.99), 0.4, "no change detected"),
        ((1.0, 1.4, 0.7, 1.3, 0.8), 0.0, "unstable"),
        ((1.0, 1.4, 0.7, 1.3, 0.8), 0.4, "busy"),
        ((0.5, 0.51, 0.49, 0.5, 0.5), 0.4, "faster"),
        ((2.0, 2.01, 1.99, 2.0, 2.0), 0.0, "slower"),
    ],
)
def test_a_busy_machine_is_named_only_where_nothing_else_can_be_said(
    seconds: tuple[float, ...], waited: float, verdict: str
) -> None:
    ratio = statistics.ratio(record(seconds, waited), record(REFERENCE, waited))
    assert ratio is not None
    assert ratio.verdict == verdict
    assert ratio.taken.waited == pytest.approx(waited)


def test_it_is_said_with_the_share_that_others_had() -> None:
    ratio = statistics.ratio(record((1.0, 1.4, 0.7, 1.3, 0.8), 0.38), record(REFERENCE, 0.38))
    assert statistics.in_words(ratio) == "inconclusive: the machine was busy (others had 38 % of this core)"
