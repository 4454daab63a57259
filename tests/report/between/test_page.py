"""The page of a comparison: complete, safe, without a request."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.analysis.compared import Comparison, compare
from bench.report.between import page
from bench.results.store import StoreError
from tests.two_runs import case, found, pair, run, timed, weighed


@pytest.fixture(autouse=True)
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a forest plot is drawn is tested with the charts."""
    monkeypatch.setattr(
        "bench.report.charts.interactive.drawn", lambda _: '<svg width="9" height="9"><g id="a"/></svg>'
    )


def whole() -> Comparison:
    base = run(
        "base", timed(), found({"error": 0.5, "gone": 0.5}, {"m": 1.0}), weighed_as(2, 2**20), timed(of=case(n=3))
    )
    new = run("new", timed(1.1), found({"error": 2.0}, {"m": 2.0}), weighed_as(2, 2**21), timed(of=case(n=4)))
    return compare((base, new), warnings=[("another system: x and y",)])


def weighed_as(n: int, size: int) -> object:
    return replace(weighed((0,), size), case=case(n=n))


def test_every_time_claim_case_peak_and_metric_stands_on_it() -> None:
    text = re.sub(r"\s+", " ", page.html(whole(), ("bench", "compare", "a", "b c")))
    for said in (
        "<h1>1 of 2 times is slower, 1 claim is lost</h1>",
        "bench compare a &#39;b c&#39;",
        "ex01.a.speed n=1: mine",
        "error: 2 &gt; 1, was 0.5 (bound 1)",
        "gone: is not made any more",
        "1 new case",
        "1 case of the base that the new run was not asked for",
        "another system: x and y",
        "2 MiB",
        "+100 %",
        "two moments of a machine",
        "Noise floor: base ± 0.4 %",
        "29 November 2026, 01:02 UTC",
    ):
        assert said in text, said


def test_nothing_is_fetched_and_only_our_script_runs() -> None:
    text = page.html(whole())
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert "default-src 'none'" in text
    assert len(re.findall(r"<script", text)) == 1
    assert text.count("<svg") == 2


def test_a_page_without_times_has_no_plot() -> None:
    study = found({"x": 0.5})
    text = page.html(compare((run("a", study), run("b", study))))
    assert "<svg" not in text
    assert "No claim and no case is lost" in text


def test_text_of_others_is_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>"
    base, new = (
        run(evil + id, timed(of=case(evil)), found({evil: value}, {evil: value}), place={"cpu": evil})
        for id, value in (("a", 0.5), ("b", 2.0))
    )
    assert "<img" not in page.html(compare((base, new), warnings=[(evil,)]), (evil,))


def test_a_page_of_many_cases_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST", 3)
    base, new = (run(id, *(timed(of=case(n=n)) for n in range(5))) for id in "ab")
    text = page.html(compare((base, new)))
    assert "and 2 more times, in" in text


def test_page_and_document_are_written(tmp_path: Path) -> None:
    written = page.write_page(whole(), tmp_path, exit_code=3)
    assert [path.name for path in written] == ["compare.html", "compare.json"]
    assert json.loads(written[1].read_text("utf-8"))["exit_code"] == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compare.html", "compare.json"]


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"compare\.html cannot be written"):
        page.write_page(compare(pair(1.0)), tmp_path / "nowhere", exit_code=0)


def test_what_differs_is_marked() -> None:
    base, new = pair(1.0, place={"torch": "2.12.0"})
    rows = {name: (ours, theirs, differs) for name, ours, theirs, differs in page.differing(base, new)}
    assert rows["PyTorch"] == ("2.11.0", "2.12.0", True)
    assert rows["Python"] == ("3.11.7", "3.11.7", False)
    assert "run" not in rows
