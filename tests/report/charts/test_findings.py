"""What titles say is what the numbers say."""

from __future__ import annotations

import pytest

from bench.analysis import quantities
from bench.report.charts import findings
from bench.report.charts.model import Line, Panel


def cells(*verdicts: tuple[float, str | None]) -> list[findings.Cell]:
    return [(f"batch {i}", ratio, verdict) for i, (ratio, verdict) in enumerate(verdicts)]


FAST, GREY, SLOW = (2.0, "faster"), (1.1, None), (0.5, "slower")


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (
            {"by hand": [(1.6, "faster"), (8.5, "faster")]},
            "by hand is 1.6 to 8.5 × faster than plain at every batch size",
        ),
        ({"a": [FAST, GREY], "b": [GREY, GREY]}, "a is 2 × faster than plain at 1 of 2 settings"),
        ({"a": [SLOW, SLOW], "b": [SLOW, SLOW]}, "every variant is slower than plain at every batch size"),
        ({"a": [SLOW, GREY], "b": [GREY, GREY]}, "none is faster than plain; slower: a"),
        ({"a": [GREY, (3.0, "maybe chance")]}, "no difference from plain was detected"),
        ({"a": [FAST]}, "a is 2 × faster than plain"),
        ({}, ""),
    ],
)
def test_ratios_say_what_verdicts_hold(rows: dict[str, list[tuple[float, str | None]]], title: str) -> None:
    assert findings.ratios({name: cells(*each) for name, each in rows.items()}, "plain", "batch") == title


def test_noise_follows_the_number_in_the_labels_or_names_both_ends() -> None:
    assert findings.noise({"batch 1": 0.9, "batch 8": 0.4, "batch 50": 0.1}) == (
        "the smaller the batch, the noisier: band 0.9 at 1, 0.1 at 50"
    )
    assert findings.noise({"k=1": 0.1, "k=2": 0.4}) == "the larger the k, the noisier: band 0.1 at 1, 0.4 at 2"
    assert findings.noise({"batch 1": 0.4, "batch 8": 0.9, "batch 50": 0.1}) == (
        "noisiest: batch 8, a band of 0.9; calmest: batch 50, 0.1"
    )
    assert findings.noise({"": 0.5}) == "a band 0.5 high"


def line(label: str, *y: float, x: tuple[float, ...] = ()) -> Line:
    return Line(label=label, x=x or tuple(map(float, range(len(y)))), y=y)


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([line("A", 3, 1), line("B", 3, 2)], "A ends at 1, B at 2"),
        ([line("A", 3, 1), line("B", 3, 1)], "A and B end at 1"),
        ([line("A", 3, 1), line("B", 3, 1), line("C", 3, 1)], "all end at 1"),
        ([line("A", 3, 0.1), line("B", 3, 0.1016)], "A ends at 0.1, B at 0.102"),
        ([line("A", 3, 2.30261), line("B", 3, 2.30262)], "A and B end at 2.303, the same to four digits"),
        ([line("A", 3, 0), line("B", 3, 0), line("C", 3, 1)], "A and B end lowest, at 0; C highest, at 1"),
        ([line("A", 3, 0), line("B", 3, 2), line("C", 3, 1)], "A ends lowest, at 0; B highest, at 2"),
        ([line("", 3, 3)], "stays at 3"),
        ([line("", 3, 1)], "from 3 to 1"),
        ([line("A", 3, 1, 1), line("B", 3, 2, x=(0.0, 1.0))], "A ends at 1, B at 2 (B earlier)"),
        (
            [line("A", 3, 1, 1), line("B of a name that is too long", 3, 2, x=(0.0, 1.0))],
            "A ends at 1, B of a name that is too long at 2 (one earlier)",
        ),
        (
            [line("A", 3, 1, 1), line("B", 3, 2, x=(0.0, 1.0)), line("C", 3, 0.5, x=(0.0, 1.0)), line("D", 9, 1, 1)],
            "C ends lowest, at 0.5; B highest, at 2 (some earlier)",
        ),
        ([line("A", 3, 1, 1), line("B = C", 3, 0, 0), line("D", 3, 4, 4)], "B and C end lowest, at 0; D highest, at 4"),
        ([line("A", 3, 1), line("A", 3, 2)], "A: ends at 1 to 2"),
        ([line("A", 3, 3), line("A", 3, 3)], "A: stays at 3"),
        ([line("A", 3)], ""),
        ([line("A", 1, 2, x=(1.0, 0.0)), line("B", 1, 3, x=(1.0, 0.0))], "A ends at 2, B at 3"),
        ([], ""),
    ],
)
def test_courses_say_where_they_end(lines: list[Line], title: str) -> None:
    assert findings.ends(lines) == title


def test_the_others_name_their_numbers() -> None:
    assert findings.least({"a": 2e-3, "b": 1e-3}, "time", quantities.SECONDS) == "least time: b, 1 ms"
    assert findings.growth("a", "batch", (1, 1.0), (50, 11.0), 4.1) == (
        "a: 11 × the time for 50 × the batch; it hardly grows below batch 4.1"
    )
    assert findings.growth("a", "shift", (-1, 1.0), (1, 2.0), None) == ""


def test_the_front_names_both_ends() -> None:
    assert findings.front(["a, b"]) == "least time and least memory: a, b"
    assert findings.front(["a", "b, c", "d"]) == "least time: a; least memory: d; in between: b, c"
    assert findings.front([]) == ""


def test_different_numbers_never_look_the_same() -> None:
    assert findings.ratios({"a": cells((1.03, "faster"), (1.12, "faster"))}, "plain", "").startswith(
        "a is 1.03 to 1.12"
    )
    assert findings.least({"a": 2.04, "b": 2.01}, "time", quantities.SECONDS) == "least time: b, 2.01 s"
    alike = {"a": 2.0001, "b": 2.0002, "c": 3.0}
    assert findings.least(alike, "time", quantities.SECONDS) == "least time: a and b, 2 s"
    assert findings.least({"a": 2.0001, "b": 2.0002}, "time", quantities.SECONDS) == "about the same time for all: 2 s"


def test_noise_of_train_and_test_says_what_holds_for_both() -> None:
    jumps = {"train, batch 1": 0.9, "train, batch 50": 0.1, "test, batch 1": 0.8, "test, batch 50": 0.2}
    assert findings.noise(jumps) == "the smaller the batch, the noisier: band 0.9 at 1, 0.1 at 50 (train)"
    assert not findings.split_noise(jumps | {"test, batch 50": 0.9}), "of test it does not hold"


def powers(*lines: Line, log: bool = True) -> list[Panel]:
    return [Panel(lines=lines, x_label="batch size B", y_label="variance", log_x=log, log_y=log)]


def test_a_law_is_named_by_its_power() -> None:
    xs = (1.0, 10.0, 100.0)
    measured, claimed = line("measured", 5, 0.5, 0.05, x=xs), line("∝ 1/B", 4, 0.4, 0.04, x=xs)
    assert findings.law(powers(measured)) == "variance falls as B^-1.00"
    assert findings.law(powers(measured, claimed)) == "variance falls as B^-1.00 (∝ 1/B: B^-1.00)"
    assert not findings.law(powers(line("bent", 1, 5, 1, x=xs))), "no power fits"
    assert not findings.law(powers(measured, line("other", 1, 2, 4, x=xs))), "of two lines, which?"
    assert not findings.law(powers(measured, log=False))


@pytest.mark.parametrize(("label", "said"), [("epoch", True), ("", True), ("recall", False), ("batch size B", False)])
def test_only_what_goes_on_ends(label: str, said: bool) -> None:
    assert findings.passes(label) is said


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({0.0: "memory"}, "memory is the limit"),
        ({1.0: "memory", 8.0: "memory"}, "memory is the limit at every batch size"),
        ({1.0: "memory", 8.0: "arithmetic", 64.0: "arithmetic"}, "memory is the limit below batch 8, arithmetic from"),
        ({1.0: "memory", 8.0: "arithmetic", 64.0: "memory"}, "memory is the limit at 2 of 3 settings"),
    ],
)
def test_a_roofline_says_which_limit_is_where(limits: dict[float, str], said: str) -> None:
    reached = [findings.Reached("a", at, 0.1 + at / 1000, beyond=False) for at in limits]
    title = findings.roof(reached, limits, "batch")
    assert said in title
    assert title.startswith("nearest to the roof: a, ")
