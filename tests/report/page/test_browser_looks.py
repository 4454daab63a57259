"""Real runs as a reader sees them: nothing cut, crossed, pale or wide, at every width and in both themes.

One page at the two ends of the widths is seen in every run of the tests; the others are `slow`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.model import Findings, Run
from bench.report.page import html
from tests.report.page import windows
from tests.report.page.windows import audit, draw_all, open_folds, opened

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = windows.MARKS

Draw = Callable[..., dict[str, str]]
WIDTHS, SCHEMES = (1280, 1920, 390), ("light", "dark")
FIRST, MASTHEAD, OPEN, EXERCISE, INDEX, BYTES = 800, 160, 3, 12_000, 3_000, 2_000_000
"""Budgets: pixels at 1280 with folds closed, charts, pixels, bytes of a file."""


def hold_budgets(sizes: dict[str, float], name: str) -> None:
    assert sizes["masthead"] <= MASTHEAD, name
    assert sizes["height"] <= (INDEX if name == "index" else EXERCISE), name
    assert sizes["first"] <= FIRST, name
    assert sizes["open"] <= OPEN, name


def look(
    browser: Any, address: str, width: int, scheme: str, unfolded: bool = False
) -> tuple[dict[str, float], dict[str, list[str]]]:
    """The sizes of a page, folded as it comes or with every fold open, and what a reader would stumble over."""
    with opened(browser, address, width, color_scheme=scheme) as (page, wrong):
        if unfolded:
            open_folds(page)
        draw_all(page)
        sizes, stumbled = audit(page)
        said = list(wrong)
    return sizes, stumbled | ({"wrong": said} if said else {})


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_real_page_can_be_read(browser: Any, drawn: Draw, width: int, scheme: str) -> None:
    sizes, stumbled = look(browser, drawn("ex10")["ex10"], width, scheme)
    assert stumbled == {}
    assert sizes["charts"] >= 8
    if width > 1000:
        hold_budgets(sizes, "ex10")


@pytest.mark.slow
@pytest.mark.timeout(1200)  # the whole sheet is drawn first
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["ex01", "ex07", "ex10", "sheet"])
def test_every_real_page_can_be_read(browser: Any, drawn: Draw, name: str, width: int, scheme: str) -> None:
    seen = {page: look(browser, address, width, scheme) for page, address in drawn(name).items()}
    assert {page: stumbled for page, (_, stumbled) in seen.items() if stumbled} == {}
    for page, address in drawn(name).items():
        if width == 1280:
            hold_budgets(seen[page][0], page)
        assert Path(address.removeprefix("file://")).stat().st_size <= BYTES


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", ["ex01", "ex07", "ex10", "sheet"])
def test_every_real_page_can_be_read_unfolded(browser: Any, drawn: Draw, name: str, width: int, scheme: str) -> None:
    seen = {page: look(browser, address, width, scheme, True)[1] for page, address in drawn(name).items()}
    assert {page: stumbled for page, stumbled in seen.items() if stumbled} == {}


def test_a_real_page_says_everything_without_javascript(browser: Any, drawn: Draw) -> None:
    with opened(browser, drawn("ex10")["ex10"], java_script_enabled=False) as (page, wrong):
        stands = page.locator("figure.chart .static svg:visible").count()
        assert stands == page.locator("figure.chart:visible").count() >= 6
        assert page.locator(".needs-js:visible").count() == 0
        assert wrong == []


def test_what_is_placed_stands_once_and_every_link_leads_somewhere(browser: Any, drawn: Draw) -> None:
    for address in drawn("ex10").values():
        with opened(browser, address) as (page, _):
            ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
            assert len(set(ids)) == len(ids)
            links = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.hash.slice(1))")
            assert set(links) <= set(ids)
            shown = page.locator("figure.chart").evaluate_all("charts => charts.map((chart) => chart.dataset.chart)")
            assert len(set(shown)) == len(shown)


SAID = """() => [...document.querySelectorAll(
    ".live, figcaption, table.compared, .race, .against, .facts, .note, summary .of, .alarm, svg text")]
    .map((element) => element.textContent).join(" ")"""


@pytest.mark.slow
def test_in_smoke_the_page_says_of_nothing_that_it_is_faster(browser: Any, drawn: Draw) -> None:
    """What the page says itself, and what is live in a text; how an author has worded an answer is his own."""
    for address in drawn("ex10", "smoke").values():
        with opened(browser, address) as (page, _):
            open_folds(page)
            draw_all(page)
            said = page.evaluate(SAID)
            assert "faster" not in said
            assert "slower" not in said
            assert page.locator(".yes, .no").evaluate_all(
                "signs => signs.map((sign) => [sign, sign.parentElement].map((one) => getComputedStyle(one).color))"
                ".every(([own, around]) => own === around)"
            )


def test_values_that_are_swept_are_never_called_seeds(browser: Any, kept: Callable[[str], Run], tmp_path: Path) -> None:
    run = kept("ex10")
    (study,) = (record for record in run.records if record.case.part == "a.noise")
    swept = tuple(replace(study, case=replace(study.case, parameters={"epochs": epochs})) for epochs in (50, 100))
    _, path, *_ = html.bench_report(replace(run, records=swept), tmp_path)
    with opened(browser, path.as_uri()) as (page, _):
        open_folds(page)
        text = page.locator("body").text_content()
        assert "2 seeds" not in text
        for epochs in (50, 100):
            assert f"epochs={epochs}" in text or f"epochs {epochs}" in text


def test_many_failures_keep_their_number_and_the_first_names_on_top(
    browser: Any, kept: Callable[[str], Run], tmp_path: Path
) -> None:
    """The list scrolls inside itself; every failure is linked from it."""
    run = kept("ex10")
    failed = tuple(
        replace(record, outcome="failed", reason=f"ValueError: number {number}", samples=(), findings=Findings())
        for number, record in enumerate(run.records)
    )
    for path in html.bench_report(replace(run, records=failed), tmp_path)[:2]:
        with opened(browser, path.as_uri()) as (page, _):
            assert page.locator(".alarm a").count() == len(failed)
            heading, first = page.locator(".alarm h2"), page.locator(".alarm a").first
            assert str(len(failed)) in heading.inner_text()
            for element in (heading, first, page.locator(".alarm ul")):
                box = element.bounding_box()
                assert box is not None
                assert box["y"] + min(box["height"], 40) < 800
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280
