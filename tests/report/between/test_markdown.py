"""A comparison as Markdown: nothing of others can break out of its cell."""

from __future__ import annotations

from bench.analysis.compared import compare
from bench.report.between import markdown
from tests.two_runs import case, found, pair, run, timed


def test_the_headline_the_table_and_what_to_mind() -> None:
    text = markdown.markdown(compare(pair(1.1, place={"platform": "Linux 6.2"}), warnings=[("another system",)]))
    lines = text.splitlines()
    assert lines[0] == "### ✗ 1 time is slower"
    assert "| case | base | new | change of time | verdict |" in lines
    assert next(line for line in lines if "slower |" in line).startswith(
        "| ex01.a.speed n=1: mine | 1 ms | 1.1 ms | +10"
    )
    assert "- another system" in lines


def test_text_of_others_stays_text() -> None:
    evil = "a|b\n# <img src=x> [x](http://e.vil) @somebody `c` **d**"
    base, new = (run(id, timed(of=case(evil)), found({evil: value})) for id, value in (("a", 0.5), ("b", 2.0)))
    text = markdown.markdown(compare((base, new)))
    assert "<img" not in text
    assert "](" not in text.replace("\\](", "")
    assert "http://" not in text
    assert "@somebody" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") - line.count("\\|") for line in rows} == {6, 4}


def test_many_times_of_which_nothing_is_known_are_folded_and_what_changed_is_not() -> None:
    count = 2 * markdown.FEW
    base, new = (
        run(id, timed(f), *(timed(of=case(n=2 + n)) for n in range(count))) for id, f in (("a", 1.0), ("b", 9.0))
    )
    lines = markdown.markdown(compare((base, new))).splitlines()
    fold = lines.index(f"<details><summary>{count} times of which no change is known</summary>")
    assert [line for line in lines[:fold] if line.endswith("| slower |")]
    assert lines[fold + 1] == ""  # without it GitHub takes the table for HTML
    assert len([line for line in lines[fold : lines.index("</details>")] if "| ex01" in line]) == count


def test_a_long_table_is_cut() -> None:
    rows = [(str(n),) for n in range(markdown.MOST + 5)]
    lines = list(markdown.table(("a",), rows))
    assert lines[-1] == "and 5 more"
    assert len(lines) == markdown.MOST + 5
    assert not list(markdown.table(("a",), []))
