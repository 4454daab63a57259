"""The page in a browser with the network off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.report.page import html

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt install chromium"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, samples: Any) -> str:
    folder = samples.give_pictures(tmp_path_factory.mktemp("run"))
    (path,) = html.bench_report(samples.build(hostile=True, devices=("cpu", "cuda")), folder)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@contextmanager
def opened(browser: Any, address: str, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page, and what went wrong on it: requests, errors, dialogues."""
    context = browser.new_context(offline=True, **{"viewport": {"width": 1200, "height": 800}, **options})
    page, wrong = context.new_page(), []
    page.on("request", lambda request: request.url in (address,) or wrong.append(f"request {request.url[:80]}"))
    page.on("console", lambda message: wrong.append(f"console {message.type} {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(address)
    yield page, wrong
    context.close()


def draw_all(page: Any) -> int:
    """Scroll every chart into view and wait until it lives; how many there are."""
    charts = page.locator("figure.chart")
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
        page.wait_for_function(
            "n => document.querySelectorAll('figure.chart')[n].querySelector('.living svg')", arg=number
        )
    return int(charts.count())


def real(wrong: list[str]) -> list[str]:
    """Pictures inside the page are no requests to anywhere."""
    return [line for line in wrong if not line.startswith("request data:")]


def test_charts_come_alive_without_a_request_or_an_error(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, wrong):
        assert draw_all(page) == 6
        assert page.locator("figure.is-living .static").first.is_hidden()
        assert page.locator(".living path").count() > 20
        assert real(wrong) == []


def test_hostile_texts_do_nothing(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, wrong):
        draw_all(page)
        page.locator(".living .mark-line path, .living .mark-symbol path").first.hover(force=True)
        assert page.locator("img[onerror], script:not([id]):has-text('alert')").count() == 0
        assert page.locator("body").inner_text().count("<script>alert(1)</script>") > 20
        assert real(wrong) == []


def test_the_policy_stops_a_script_that_escaping_missed(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, _):
        page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.owned = 1";
                document.body.append(script);
            }"""
        )
        assert page.evaluate("window.owned") is None


def test_without_javascript_the_drawings_stand_still(browser: Any, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as (page, wrong):
        drawings = page.locator("figure.chart .static svg")
        assert drawings.count() == 6
        for number in range(drawings.count()):
            assert drawings.nth(number).is_visible()
            box = drawings.nth(number).bounding_box()
            assert box is not None
            assert box["width"] > 400
        assert page.locator("#theme").is_hidden()
        assert page.locator("#copy").is_hidden()
        assert real(wrong) == []


def ground(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def ink(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('figure.chart svg text')).fill"))


def test_both_themes_and_a_toggle_that_is_remembered(browser: Any, address: str) -> None:
    grounds, inks = [], []
    for scheme in ("light", "dark"):
        with opened(browser, address, color_scheme=scheme) as (page, _):
            grounds.append(ground(page))
            inks.append(ink(page))
            page.locator("#theme").click()
            assert ground(page) != grounds[-1]
            turned = ground(page)
            page.reload()
            assert ground(page) == turned
    assert grounds[0] != grounds[1]
    assert inks[0] != inks[1]


def test_print_is_light_opens_what_is_folded_and_cuts_nothing(browser: Any, address: str) -> None:
    with opened(browser, address, color_scheme="dark") as (page, _):
        draw_all(page)
        folded = page.locator("details:not([open])").count()
        assert folded > 0
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 672, "height": 950})  # A4 less its margins
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert ground(page) == "rgb(255, 255, 255)"
        assert page.locator("details:not([open])").count() == 0
        assert page.locator("figure.chart .living:visible").count() == 0
        assert page.locator("figure.chart .static:visible").count() == 6
        right = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right))"
        )
        assert right <= 672
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details:not([open])").count() == folded


def test_the_toggle_and_the_scheme_agree(browser: Any, address: str) -> None:
    with opened(browser, address, color_scheme="light") as (page, _):
        page.locator("#theme").click()
        by_toggle = ground(page)
    with opened(browser, address, color_scheme="dark") as (page, _):
        assert ground(page) == by_toggle


@pytest.mark.parametrize("widths", [(1200, 700), (360, 420)])
def test_nothing_is_wider_than_the_window(browser: Any, address: str, widths: tuple[int, ...]) -> None:
    """Opened at the first width, and resized to the others."""
    with opened(browser, address, viewport={"width": widths[0], "height": 800}) as (page, _):
        draw_all(page)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_it_is_dark_on_white(browser: Any, address: str) -> None:
    with opened(browser, address, color_scheme="dark") as (page, _):
        draw_all(page)
        page.emulate_media(media="print")
        assert ground(page) == "rgb(255, 255, 255)"
        assert page.locator("figure.chart .static").first.is_visible()
        assert page.locator("#theme").is_hidden()


def test_the_command_can_be_copied(browser: Any, address: str) -> None:
    with opened(browser, address, permissions=["clipboard-read", "clipboard-write"]) as (page, _):
        page.locator("#copy").click()
        page.wait_for_function("document.getElementById('copy').textContent === 'Copied'")
        assert str(page.evaluate("navigator.clipboard.readText()")).startswith("bench run ex10 --seeds 3")


def test_contents_lead_to_their_parts(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, _):
        for link in page.locator(".contents a").all():
            target = str(link.get_attribute("href"))
            assert page.locator(target).count() == 1, target


def test_contents_follow_the_reader(browser: Any, address: str) -> None:
    current = ".contents a[aria-current=location]"
    with opened(browser, address) as (page, wrong):
        assert page.locator(current).count() == 0
        links = page.locator(".contents a")
        for number in (links.count() - 1, 1):
            target = links.nth(number).get_attribute("href")
            page.evaluate("place => document.querySelector(place).scrollIntoView()", target)
            page.wait_for_selector(f"{current}[href='{target}']")
            assert page.locator(current).count() == 1
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_selector(current, state="detached")
        assert not real(wrong)


def test_mathematics_is_native(browser: Any, address: str, tmp_path: Path) -> None:
    with opened(browser, address) as (page, _):
        height = page.evaluate("document.querySelector('.answer math[display=block]').getBoundingClientRect().height")
        assert height > 25, "a fraction is taller than a line"
