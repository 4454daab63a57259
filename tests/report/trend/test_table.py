"""A history in the terminal."""

from functools import partial
from io import StringIO

from rich.console import Console

from bench.analysis.trend import Confirmation, of_history
from bench.model.history import Unread
from bench.report.trend import table
from bench.report.trend.words import Telling
from tests import histories
from tests.counting import calls_of


def printed(telling: Telling, **more: object) -> str:
    out = StringIO()
    table.show(telling, Console(file=out, width=80, **more))
    return out.getvalue()


def test_a_line_a_case_and_below_it_what_may_be_said() -> None:
    trend = histories.told(histories.stepped(30, 20, 1.2), histories.noisy(30, seed=1))
    text = printed(Telling(trend=trend, notes=("A note.",), unread=(Unread("run-x", "cut"),)))
    lines = text.splitlines()
    assert lines[0] == "ex07  time, 30 runs from 2026-10-01 to 2026-10-30, in the order of commits"
    assert lines[2] == "ex07.b.speed on cpu EPYC, torch 2.14.1"
    assert lines[3].startswith("  a  ▂▁▁▂")
    assert "1.2 ms  21 ± 4 % slower since 000001500" in lines[3]
    assert "no change in 30 runs" in lines[4]
    assert lines[-2:] == ["A note.", "left out 1 run: run-x: cut"]


def test_only_the_newest_surroundings_have_a_line_and_others_are_marked() -> None:
    runs = [histories.past(number, torch="2.15" if number else "2.14") for number in range(3)]
    history = histories.history([1.0, 2.0, 2.0], runs=runs)
    ours = of_history(history, histories.question(), lambda run: True)
    text = printed(Telling(trend=ours))
    assert text.count("too few to see a change") == 1
    assert "other surroundings from 000000200 (2026-10-02) on: torch 2.14 → 2.15" in text


def test_nothing_is_red_that_was_not_confirmed() -> None:
    trend = histories.told(histories.stepped(30, 20, 1.2))
    red = "\x1b[1;31m"
    assert red not in printed(Telling(trend=trend), force_terminal=True)
    again = Confirmation(before=trend.visits[19].run, after=trend.visits[20].run, worse=True, words="")
    assert red in printed(Telling(trend=trend, confirmations=(again,)), force_terminal=True)


def test_texts_of_others_cannot_move_the_cursor() -> None:
    trend = histories.told([1.0], quantity="time")
    text = printed(Telling(trend=trend, notes=("a\x1b[2Jb [bold]c",)))
    assert "a�[2Jb [bold]c" in text


def of_cases(count: int, *changed: int) -> Telling:
    """So many lines of cases, of which some have become slower."""
    columns = [histories.stepped(20, 10, 1.5) if number in changed else [1.0, 1.0] for number in range(count)]
    cases = [histories.case(part=f"p{number:04}") for number in range(count)]
    runs = [histories.past(number) for number in range(20)]
    history = histories.history(*columns, runs=runs, cases=cases)
    return Telling(trend=of_history(history, histories.question(), lambda run: True))


def test_of_very_many_cases_the_first_have_a_line_and_what_changed_before_all_others() -> None:
    text = printed(of_cases(table.MOST + 3, table.MOST + 2))
    assert text.count("too few to see a change") == table.MOST - 1
    assert "slower since" in text
    assert f"p{table.MOST - 1:04}" not in text
    assert "and 3 more cases: the page has them all" in text
    whole = printed(of_cases(table.MOST))
    assert whole.count("too few to see a change") == table.MOST
    assert "more case" not in whole


def test_a_case_costs_the_same_calls_among_twice_as_many() -> None:
    printed(of_cases(5))
    one, few, many = (calls_of(partial(printed, of_cases(count))) for count in (20, 100, 180))
    assert many - few < 1.05 * (few - one)
