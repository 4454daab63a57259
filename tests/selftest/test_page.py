"""The page of a selftest: complete, safe, without a request."""

import re

from bench.selftest import page
from tests.selftest.planting import BUSY, QUIET, reading, report, sound


def test_every_check_and_every_ratio_stands_on_it() -> None:
    given = report()
    text = page.html(given)
    plain = re.sub(r"\s+", " ", text)
    assert all(check.measured in plain and check.goal in plain for check in given.checks)
    assert text.count("<circle") == len(given.readings)
    assert "What is measured here holds" in text
    assert "bench selftest" in text


def test_nothing_is_fetched_and_only_our_script_runs() -> None:
    text = page.html(report())
    assert not re.search(r"https?://", text)
    assert "default-src 'none'" in text
    assert len(re.findall(r"<script", text)) == 1


def test_text_is_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>"
    text = page.html(report([*sound(), reading(case=evil, low=0.01, high=0.02)]))
    assert "<img" not in text
    assert "<b>processor" not in text


def test_the_headline_says_what_may_be_said() -> None:
    wide = [reading(work="real", half=0.03)]
    assert page.headline(report([*sound(), *wide * 300])) == "What is measured here does not hold"
    assert page.headline(report([*sound(), *wide * 300], BUSY)) == "What could be judged here holds"
    assert page.headline(report(surroundings=QUIET)) == "What is measured here holds"


def test_alarms_and_misses_are_listed() -> None:
    assert "None: nothing was said" in page.html(report())
    assert 'class="wrong"' in page.html(report([*sound(), reading(low=0.01, high=0.02)]))
