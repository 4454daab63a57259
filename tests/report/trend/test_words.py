"""What is said of a history: changes with their size, and nothing that it does not show."""

from dataclasses import replace

import pytest

from bench.analysis.trend import Confirmation
from bench.model.history import Unread
from bench.report.trend import words
from bench.report.trend.words import Telling
from tests import histories

SLOWER = histories.told(histories.stepped(30, 20, 1.2))
STEADY = histories.told(histories.noisy(30))


def confirmation(worse: bool | None, said: str = "") -> Confirmation:
    return Confirmation(before=histories.past(19), after=histories.past(20), worse=worse, words=said)


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [(1.234e-3, "time", "1.23 ms"), (0.99996e-3, "time", "1 ms"), (2**20, "memory", "1 MiB")],
)
def test_a_value_has_its_unit(value: float, quantity: str, text: str) -> None:
    assert words.value(value, quantity) == text


def test_a_change_says_how_much_since_when_and_in_how_many_runs() -> None:
    (series,) = SLOWER.series
    assert words.of_series(series, SLOWER) == (
        "21 ± 4 % slower since 000001500 (2026-10-21), in 10 runs: 992 µs → 1.2 ms"
    )
    faster = histories.told(histories.stepped(30, 20, 0.8))
    assert words.of_series(faster.series[0], faster).startswith("20 ± 3 % faster since")


def test_memory_is_more_or_less() -> None:
    ours = histories.told([1e6] * 20 + [2e6] * 5, quantity="memory")
    assert words.of_series(ours.series[0], ours).startswith("100 % more memory since 000001500")


def test_earlier_changes_are_counted() -> None:
    values = [value * (1.5 if 10 <= at < 20 else 1) for at, value in enumerate(histories.noisy(30))]
    ours = histories.told(values)
    assert words.of_series(ours.series[0], ours).endswith("; 1 change before")


def test_without_a_change_the_noise_is_told_and_of_few_runs_nothing() -> None:
    assert words.of_series(STEADY.series[0], STEADY) == "no change in 30 runs (± 2.9 % from run to run)"
    alike = histories.told([1.0] * 12)
    assert words.of_series(alike.series[0], alike) == "no change in 12 runs (less than 0.1 % from run to run)"
    few = histories.told([1.0])
    assert words.of_series(few.series[0], few) == "1 run: too few to see a change, which takes 10"


def test_nothing_is_confirmed_by_history() -> None:
    assert words.judged(Telling(trend=STEADY)) == "No change for the worse stands."
    assert words.judged(Telling(trend=SLOWER)).startswith(
        "Suspected, not confirmed: 000001400 (2026-10-20) to 000001500 (2026-10-21). History shows when, not why"
    )
    assert "000001e00 (2026-10-30), cannot be judged from history alone" in words.newest(SLOWER)
    assert not Telling(trend=SLOWER).is_confirmed


def test_what_a_commit_says_of_itself_is_quoted_and_cut() -> None:
    ours = replace(SLOWER, subjects={histories.commit(20): "Speed " * 20})
    assert f"“{('Speed ' * 20)[:60]}…”" in words.judged(Telling(trend=ours))


def test_along_versions_nothing_is_suspected_of_a_commit() -> None:
    ours = histories.told(histories.stepped(30, 20, 1.2), by="torch")
    assert words.judged(Telling(trend=ours)) == ""
    assert words.newest(ours) == "A change is seen when at least 2 runs show it."


def test_what_was_measured_again_is_told_as_it_went() -> None:
    each = [confirmation(True, "side by side: slower"), confirmation(False), confirmation(None, "no commit is known")]
    told = Telling(trend=SLOWER, confirmations=tuple(each))
    assert told.is_confirmed
    pair = "000001400 (2026-10-20) to 000001500 (2026-10-21)"
    assert words.judged(told).split("; ") == [
        f"{pair}: confirmed, side by side: slower",
        f"{pair}: not confirmed",
        f"{pair}: open, no commit is known",
    ]


def test_runs_that_are_left_out_are_named() -> None:
    unread = [Unread(f"run-{number}", "cut") for number in range(5)]
    assert words.skipped(Telling(trend=STEADY)) == ""
    assert words.skipped(Telling(trend=STEADY, unread=tuple(unread[:1]))) == "left out 1 run: run-0: cut"
    assert words.skipped(Telling(trend=STEADY, unread=tuple(unread))).endswith("run-2: cut; and 2 more")


def test_scope_group_and_setting() -> None:
    assert words.scope(STEADY) == "30 runs from 2026-10-01 to 2026-10-30, in the order of commits"
    assert words.scope(histories.told([1.0])) == "1 run of 2026-10-01, in the order of commits"
    assert words.group(histories.case(parameters={"n": 2, "batch": 8})) == "ex07.b.speed batch=8 n=2 on cpu"
    assert words.setting(STEADY.series[0]) == "EPYC, torch 2.14.1"
