"""A history in the terminal."""

from io import StringIO

from rich.console import Console

from bench.analysis.trend import Confirmation, of_history
from bench.model.history import Unread
from bench.report.trend import table
from bench.report.trend.words import Telling
from tests import histories


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
