"""One comparison in three forms."""

import json
import math
from dataclasses import replace

import pytest

from bench.ab import readings, telling
from bench.ab.pairs import Comparison
from bench.ab.readings import Pair, Rule, judge
from bench.analysis.sequential import Bounds
from tests.ab.planting import case, pair, pairs, reading


def comparison(listed: list[Pair], **more: object) -> Comparison:
    made = Comparison(a="old", b="new", findings=judge(listed, Rule()), rule=Rule(), seconds=90.0, ended="decided")
    return replace(made, **more)  # type: ignore[arg-type]


SLOWER = comparison(pairs(1.2))


def test_the_text_ends_with_the_verdict() -> None:
    lines = [line.text for line in telling.text(SLOWER)]
    assert lines[:2] == ["A  old", "B  new"]
    assert lines[-1] == "B is slower in 1 of 1 case (6 pairs in 1.5 min)"
    (row,) = [line for line in telling.text(SLOWER) if "plain" in line.text]
    assert row.state == "slower"
    assert row.text.startswith("✗ ex60.a.speed on cpu: plain  1,000 µs  1.2 ms  +19.9 % (+18.8 to ")


@pytest.mark.parametrize(
    ("ratio", "many", "words"),
    [
        (1.0, 6, "B takes as long as A, within 3 %, in its 1 case"),
        (0.8, 6, "B is faster in 1 of 1 case, and slower in none"),
        (1.0, 2, "undecided in 1 of 1 case; nothing is known to be slower"),
    ],
)
def test_the_headline(ratio: float, many: int, words: str) -> None:
    assert telling.headline(comparison(pairs(ratio, many))) == words


def test_more_time_is_said_to_help_where_it_was_up() -> None:
    few, some = (telling.effort(comparison(pairs(1.0, many), ended="time")) for many in (2, 4))
    assert some == "4 pairs in 1.5 min; the time was up, more by --budget"
    assert few == (
        "2 pairs in 1.5 min; the time was up, three pairs are the least that can tell: "
        "name fewer parts, or give more time by --budget"
    )


def test_breakages_are_told_with_their_reasons() -> None:
    wrong, other = reading(broken={"ex60": "no *such* module"}), reading(broken={"ex60": "another"})
    sound = reading({"plain": 1.0})
    assert telling.headline(comparison([Pair(sound, wrong)])) == "B is broken in 1 place where A is sound"
    text = [telling.broken_in_words(each) for each in judge([Pair(sound, wrong)], Rule()).broken]
    assert text == ["ex60 is broken on side B alone: no *such* module"]
    (both,) = judge([Pair(other, wrong)], Rule()).broken
    assert telling.broken_in_words(both) == "ex60 is broken on both sides: another; on B no *such* module"
    assert telling.headline(comparison([Pair(wrong, sound)])) == "B is sound where A is broken"
    assert (
        telling.headline(comparison([Pair(sound, readings.lost("", 1))])) == "B is broken in 1 place where A is sound"
    )
    gone = readings.lost("", 1)
    assert telling.headline(comparison([Pair(gone, gone)])) == "B does not run"


def test_many_breakages_are_counted() -> None:
    wrong = reading(broken={f"ex{i}": "no" for i in range(20)})
    lines = [line.text for line in telling.text(comparison([Pair(reading({"plain": 1.0}), wrong)]))]
    assert "✗ and 8 more that are broken on a side" in lines
    assert "- ✗ and 8 more that are broken on a side" in telling.markdown(comparison([Pair(reading(), wrong)]))


def test_of_many_cases_only_those_that_changed_are_listed() -> None:
    names = [f"v{i:02}" for i in range(20)]
    listed = [
        pair(dict.fromkeys(names, 1.0), {name: 1.5 if name == "v07" else 1.0 + i * 1e-9 for name in names})
        for i in range(5)
    ]
    text = [line.text for line in telling.text(comparison(listed))]
    assert sum("ex60" in line for line in text) == 1
    assert "✓ 19 more are equivalent within 3 %" in text
    assert "19 more are equivalent within 3 %." in telling.markdown(comparison(listed))


def test_of_many_undecided_cases_those_that_differ_most_are_listed() -> None:
    names = [f"v{i:02}" for i in range(20)]
    listed = [pair(dict.fromkeys(names, 1.0), {name: 1.0 + i / 100 for i, name in enumerate(names)})]
    text = [line.text for line in telling.text(comparison(listed))]
    assert sum("ex60" in line for line in text) == 12
    assert "– 8 more are undecided, and differ less" in text
    assert "v19" in text[3]


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(0.01, -0.02, 0.04, 5), "+1.0 % (−2.0 to +4.1 %)"),
        (Bounds(0.0, -1e-5, 1e-5, 5), "0.0 % (0.0 to 0.0 %)"),
        (Bounds(1.1, 0.9, 1.3, 5), "3 times (2.5 to 3.7)"),
        (Bounds(0.1, -9.0, 9.0, 3), "about +10.5 %"),
        (Bounds(0.05, -math.inf, math.inf, 2), "about +5.1 %"),
    ],
)
def test_changes_in_words(bounds: Bounds, words: str) -> None:
    assert telling.change(bounds) == words


def test_markdown_has_a_row_a_case() -> None:
    text = telling.markdown(SLOWER)
    assert text.startswith("### B is slower in 1 of 1 case\n")
    assert "| case | A | B | B against A | verdict |" in text
    assert "| **slower** |" in text


def test_markdown_takes_nothing_for_markup() -> None:
    hostile = "<img src=x> | [a](http://b) @all `c` *d*"
    text = telling.markdown(replace(SLOWER, a=hostile))
    line = next(line for line in text.splitlines() if line.startswith("- **A**"))
    assert line == r"- **A** &lt;img src=x&gt; \| \[a\](http:​//b) @​all \`c\` \*d\*"


def test_json_is_json_with_nulls_for_what_is_not_known() -> None:
    document = json.loads(json.dumps(telling.document(comparison(pairs(1.2, 2))), allow_nan=False))
    assert document["verdict"] == "undecided"
    (only,) = document["cases"]
    assert only["ratio"]["low"] is None
    assert only["pairs"] == 2
    assert only["key"] == dict(case().key)
    known = telling.document(SLOWER)["cases"][0]["ratio"]
    assert 1.1 < known["low"] < known["centre"] < known["high"] < 1.3


def test_what_one_side_alone_has_is_noted() -> None:
    listed = [pair({"plain": 1.0, **dict.fromkeys("abcde", 1.0)}, {"plain": 1.0})]
    (line,) = telling.notes(comparison(listed))
    assert line.startswith("only on side A: ex60.a.speed on cpu: a; ")
    assert line.endswith("; ex60.a.speed on cpu: c and 2 more")
