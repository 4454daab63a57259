"""The page of a history: whole, offline, and safe against what others have written."""

import re
from dataclasses import replace
from functools import partial

import pytest

from bench.analysis import trend
from bench.analysis.trend import Confirmation, Trend
from bench.report.trend import page
from bench.report.trend.words import Telling
from tests import drawing_once, histories
from tests.counting import calls_of

QUESTION = histories.question()
EVIL = "<script>alert(1)</script>"
SLOWER = histories.told(histories.stepped(30, 20, 1.2), histories.noisy(30, seed=1))


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing_once.sketch(monkeypatch)


def hostile() -> Trend:
    runs = [histories.past(n, torch=EVIL if n else "2", cpu=EVIL if n else "") for n in range(3)]
    history = histories.history([1.0, 2.0, 2.0], runs=runs, cases=[histories.case(EVIL, part=EVIL)])
    asked = histories.question(exercise=EVIL, subjects={histories.commit(1): EVIL})
    return trend.of_history(history, asked, lambda run: True)


@pytest.mark.usefixtures("sketched")
def test_it_says_what_was_seen_and_asks_the_network_for_nothing() -> None:
    text = page.html(Telling(trend=SLOWER, command=("bench", "trend", "ex07"), notes=("A note.",)))
    assert "<h1>ex07: 1 of 2 cases may be slower</h1>" in text
    assert "Suspected, not confirmed" in text
    assert "cannot be judged from history alone" in text
    assert "A note." in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!#)', text)
    assert text.count("<polyline") == 2


def test_texts_of_others_stay_texts() -> None:
    text = page.html(Telling(trend=hostile(), command=("bench", EVIL), notes=(EVIL,)))
    assert "<script>alert" not in text
    assert text.count("<script>") == 1
    assert "&lt;script&gt;alert" in text
    assert "In earlier surroundings" in text


@pytest.mark.usefixtures("sketched")
def test_red_is_what_was_confirmed() -> None:
    again = Confirmation(before=SLOWER.visits[19].run, after=SLOWER.visits[20].run, worse=True, words="")
    assert 'class="alarm"' not in page.html(Telling(trend=SLOWER))
    text = page.html(Telling(trend=SLOWER, confirmations=(again,)))
    assert 'class="alarm"' in text
    assert "a second measurement, side by side, confirms it" in text


@pytest.mark.parametrize(
    ("values", "quantity", "words"),
    [
        (histories.noisy(30), "time", "ex07: no change was seen"),
        (histories.stepped(30, 20, 0.8), "time", "ex07: 1 of 1 cases may be faster"),
        (histories.stepped(30, 20, 1.5), "memory", "ex07: 1 of 1 cases may need more memory"),
        (histories.stepped(30, 20, 0.5), "memory", "ex07: 1 of 1 cases may need less memory"),
    ],
)
def test_the_headline(values: list[float], quantity: str, words: str) -> None:
    assert page.headline(Telling(trend=histories.told(values, quantity=quantity))) == words


@pytest.mark.usefixtures("sketched")
def test_of_many_lines_of_cases_some_are_in_the_table_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_CHARTS", 1)
    cases = [histories.case(parameters={"n": n}) for n in (1, 2, 3)]
    history = histories.history([1.0], [1.0], [1.0], cases=cases)
    text = page.html(Telling(trend=trend.of_history(history, histories.question(), lambda run: True)))
    assert text.count("<figure") == 1
    assert "2 more lines of cases" in text


def test_what_stands_in_backticks_is_code_and_stays_escaped() -> None:
    assert page.coded("a `b <c>` d `e") == "a <code>b &lt;c&gt;</code> d `e"


def test_a_small_line_stays_inside_its_box() -> None:
    for values in ([1.0], [1.0, 100.0, 1.0], histories.noisy(500)):
        corners = [tuple(map(float, corner.split(","))) for corner in page.spark(values).split()]
        assert all(0 <= x <= 120 and 2 <= y <= 20 for x, y in corners)
        assert len(corners) <= 120


def test_runs_with_changes_that_no_commit_has_are_marked() -> None:
    visit = replace(SLOWER.visits[0], run=histories.past(0, dirty=True))
    ours = replace(SLOWER, visits=(visit, *SLOWER.visits[1:]))
    assert "<code>000000100+</code>" in page.html(Telling(trend=ours))


def of_cases(count: int) -> Telling:
    """So many lines of cases with two runs each."""
    cases = [histories.case(part=f"p{number:04}") for number in range(count)]
    return Telling(
        trend=trend.of_history(histories.history(*[[1.0, 1.0]] * count, cases=cases), QUESTION, lambda _: True)
    )


@pytest.mark.usefixtures("sketched")
def test_a_case_costs_the_same_calls_among_twice_as_many() -> None:
    page.html(of_cases(5))  # imports, and compiles the template
    one, few, many = (calls_of(partial(page.html, of_cases(count))) for count in (20, 120, 220))
    assert many - few < 1.05 * (few - one)


@pytest.mark.usefixtures("sketched")
def test_of_very_many_cases_the_first_stand_open_and_the_others_are_folded() -> None:
    text = page.html(of_cases(page.MOST_OPEN + 3))
    table, _, fold = text.partition("3 more, in which less has changed")
    assert table.count("<polyline") == page.MOST_OPEN
    assert fold.count("<polyline") == 3
    assert "in which less has changed</summary>" not in page.html(of_cases(page.MOST_OPEN))
