"""What GitHub's Actions are told: nothing of others gets out of its line, its cell or its size."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bench.analysis.compared import compare
from bench.model import Broken
from bench.report import actions
from bench.report.actions import Red
from tests.two_runs import case, found, pair, run, timed

EVIL = "a|b\n::error::x\r\n# <img src=x> [x](http://e.vil) @somebody `c` 50%, \x1b[31mred"


def test_a_command_is_escaped_as_github_wants_it() -> None:
    (line,) = actions.commands([Red("bench: slower, 5%", "a: b, 50% slower")])
    assert line == "::error title=bench%3A slower%2C 5%25::a: b, 50%25 slower"


def test_a_command_is_one_line_whatever_it_quotes() -> None:
    (line,) = actions.commands([Red(EVIL, EVIL)])
    assert line.isprintable()
    assert re.match(r"::error title=[^:,]*::", line)
    assert line.count("\n") == 0


def test_long_texts_and_many_commands_are_cut() -> None:
    lines = list(actions.commands(Red("t" * 999, "x" * 9999) for _ in range(25)))
    assert len(lines) == actions.MOST
    assert all(len(line) < 1200 for line in lines)
    assert lines[-1] == "::error title=bench::and 16 more: the summary of the job has all"
    assert len(list(actions.commands([Red("a", "b")] * actions.MOST))) == actions.MOST
    assert not list(actions.commands([]))


@pytest.mark.parametrize("most", [80, 100, 1000, 10_000])
def test_a_summary_is_cut_between_lines(most: int) -> None:
    text = "".join(f"| строка {number} |\n" for number in range(1000))
    cut = actions.bounded(text, most)
    assert len(cut.encode()) <= most
    kept, _, note = cut.partition("\n\n_cut here")
    assert text.startswith(f"{kept}\n")
    assert note
    assert actions.bounded("short\n", most) == "short\n"


def test_a_fold_that_is_cut_is_closed() -> None:
    text = "<details><summary>many</summary>\n" + "a row\n" * 100 + "</details>\n"
    cut = actions.bounded(text, 300)
    assert len(cut.encode()) <= 300
    assert cut.index("a row") < cut.index("</details>") < cut.index("_cut here")
    assert "</details>" not in actions.bounded("a row\n" * 100, 300)


def test_without_room_there_is_nothing() -> None:
    assert actions.bounded("a line that is long\n", 10) == ""
    assert actions.bounded("a line that is long\n", -5) == ""


def test_a_run_is_a_verdict_and_a_row_a_part() -> None:
    rows = actions.of_run(run("one", timed(of=case("theirs")), timed(2.0), found({"error": 0.5}))).splitlines()
    assert rows[0] == "### ✓ bench run: 1 of 1 claims hold"
    assert "one · cpu · EPYC · torch 2.11.0 · b481930" in rows
    assert "| ✓ ex01.a | A study | 1 claim |" in rows
    assert "| ✓ ex01.a.speed | Speed | 1 variant agrees with theirs |" in rows
    assert any(re.fullmatch(r"\|  \| mine \| 2\.0+ × slower \(.*\) \|", row) for row in rows)
    assert "what went wrong" not in "".join(rows)


def test_what_failed_comes_before_the_parts() -> None:
    failing = run(
        "one", found({"error": 2.0}), replace(timed(), outcome="failed", reason=EVIL), broken=(Broken("ex99", "no"),)
    )
    text = actions.of_run(failing)
    assert text.startswith("### ✗ bench run: 0 of 1 claims hold, 1 of 2 cases went wrong; 1 broken plugin\n")
    assert text.index("| ex01.a | error: 2 &gt; 1 (cpu, seed 0; 0 of 1 hold) |") < text.index("| part | question |")
    for bad in ("<img", "http://", "@somebody", "\x1b", "\n::", "\n# "):
        assert bad not in text
    assert [red.title for red in actions.red_of_run(failing)] == ["bench: claim", "bench: broken", "bench: case"]


def test_what_was_left_out_is_not_red_and_smoke_has_no_marks() -> None:
    skipped = replace(timed(), outcome="skipped", reason="needs two")
    assert not actions.red_of_run(run("one", skipped))
    assert actions.red_of_run(run("one", replace(skipped, missing=True)))
    assert "✓" not in actions.of_run(run("one", timed(), profile="smoke"))


def test_of_a_comparison_what_is_worse_is_red() -> None:
    base = run("base", timed(), found({"error": 0.5}), timed(of=case("gone")))
    new = run("new", timed(1.5), found({"error": 2.0}))
    told = actions.red_of_comparison(compare((base, new)))
    assert [red.title for red in told] == ["bench: slower", "bench: claim lost", "bench: case lost"]
    assert told[0].text.startswith("ex01.a.speed n=1: mine: +50.0 % (+4")
    assert told[0].text.endswith("1 ms to 1.5 ms, against base")
    assert not actions.red_of_comparison(compare(pair(0.5)))


def test_what_is_inconclusive_is_red_where_that_is_strict() -> None:
    comparison = compare((run("base", timed(), width=None), run("new", timed(1.5), width=None)))
    assert not actions.red_of_comparison(comparison)
    (red,) = actions.red_of_comparison(comparison, strict=True)
    assert (red.title, "no noise floor is known" in red.text) == ("bench: inconclusive", True)
