"""Pages of a run with harmful names in every text, in a browser: no script of theirs runs, and nothing is asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.analysis.compared import compare
from bench.analysis.trend import Trend, of_history
from bench.report.between import page as between_page
from bench.report.page import html
from bench.report.trend import page as trend_page
from bench.report.trend.words import Telling
from tests import histories, hostile
from tests.report.page import windows
from tests.report.page.windows import open_folds, opened

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = windows.MARKS
KINDS = (
    "tags",
    "attribute",
    "end of script",
    "end of style",
    "script in JSON",
    "link",
    "template",
    "entity",
    "bidi",
    "C1",
)
POISON = " ".join(hostile.NAMES[kind] for kind in KINDS)
TURNS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STRANGE = """() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]
    .filter((each) => /^on/.test(each.name) ||
        (!/^xmlns/.test(each.name) && /^\\s*(javascript|https?):/i.test(each.value)))
    .map((each) => `${one.tagName} ${each.name}=${each.value.slice(0, 60)}`))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, samples: Any) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hostile")
    run = replace(hostile.poisoned(samples.build(hostile=False, seeds=(0, 1)), POISON), id="run")
    run = replace(run, exercises=tuple(replace(each, answer="") for each in run.exercises))
    files = [*html.bench_report(run, samples.give_pictures(folder))]
    comparison = compare((run, replace(run, id=f"other {POISON}")))
    (folder / "compare").mkdir()
    files += between_page.write_page(comparison, folder / "compare", ("bench", POISON), exit_code=0)
    trend = Path(folder, "trend.html")
    trend.write_text(trend_page.html(Telling(trend=history(), command=("bench", POISON), notes=(POISON,))), "utf-8")
    return {path.stem: path.as_uri() for path in [*files, trend] if path.suffix == ".html"}


def history() -> Trend:
    runs = [histories.past(n, torch=POISON if n else "2", cpu=POISON if n else "") for n in range(3)]
    past = histories.history([1.0, 2.0, 2.0], runs=runs, cases=[histories.case(POISON, part=POISON)])
    asked = histories.question(exercise=POISON, subjects={histories.commit(1): POISON})
    return of_history(past, asked, lambda run: True)


@pytest.mark.parametrize("name", ["index", "ex10", "compare", "trend"])
def test_harmful_names_do_nothing_on_a_page(browser: Any, pages: dict[str, str], name: str) -> None:
    with opened(browser, pages[name]) as (page, wrong):
        open_folds(page)
        assert page.locator("base, iframe, object, embed, form, img[onerror], svg[onload]").count() == 0
        assert page.evaluate(STRANGE) == []
        shown = page.locator("body").inner_text()
        assert "<script>alert(1)</script>" in shown, "the name is not there"
        assert not TURNS.search(shown)
        assert wrong == []
