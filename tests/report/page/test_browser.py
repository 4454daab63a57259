"""The pages in a browser with the network off: budgets, links, folds, keys, themes, paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.model import Case, Curve, Findings, Record
from bench.report.page import html
from tests.report.page import windows
from tests.report.page.windows import draw_all, open_folds, opened, unfold

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = windows.MARKS
PLACED = """
## 10a — How noisy?

::: answer
It is noisy.
:::

{{ chart("a", "Training loss", beside=True) }}

Text beside it.
"""


def written(samples: Any, folder: Path, **changes: Any) -> dict[str, str]:
    """The addresses of the pages of the hostile run by their names."""
    run = replace(samples.build(hostile=True, devices=("cpu", "cuda")), **changes)
    return {
        path.stem: path.as_uri()
        for path in html.bench_report(run, samples.give_pictures(folder))
        if path.suffix == ".html"
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, samples: Any) -> dict[str, str]:
    return written(samples, tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def address(pages: dict[str, str]) -> str:
    return pages["ex10"]


def test_charts_come_alive_without_a_request_or_an_error(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, wrong):
        assert draw_all(page) >= 3
        assert page.locator("figure.is-living .static").first.is_hidden()
        assert wrong == []


HEIGHTS = (
    "[...document.querySelectorAll('.drawing')].filter((one) => one.checkVisibility()).map((one) => one.offsetHeight)"
)
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".drawing > :not(.living) svg text")]
    .filter((text) => text.checkVisibility({ visibilityProperty: true }))
    .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d))"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_charts_come_alive(browser: Any, address: str, width: int) -> None:
    with opened(browser, address, width, java_script_enabled=False) as (page, _):
        unfold(page)
        still = page.evaluate(HEIGHTS)
        assert page.evaluate(SMALLEST) > 8.5
    with opened(browser, address, width) as (page, wrong):
        draw_all(page)
        assert page.evaluate(HEIGHTS) == pytest.approx(still, abs=1)
        assert wrong == []


def test_single_values_are_shown_on_demand(browser: Any, samples: Any, tmp_path: Path) -> None:
    ys = tuple(1.0 + (7 * i % 11) for i in range(100))
    curve = Curve(name="cost", x=tuple(map(float, range(100))), y=ys, series="all", kind="noise")
    case = Case(exercise="ex01", part="a", device="cpu", seed=0)
    record = Record(case=case, outcome="ok", findings=Findings(curves=(curve,)))
    run = replace(samples.build(hostile=False), exercises=(), records=(record,))
    (_, path, *_) = html.bench_report(run, tmp_path)
    with opened(browser, path.as_uri()) as (page, wrong):
        draw_all(page)
        switch = page.locator("[data-raw]:visible").first
        marks = switch.locator("xpath=ancestor::figure").locator(".living path")
        before = marks.count()
        switch.click()
        assert switch.get_attribute("aria-pressed") == "true"
        assert marks.count() > before
        assert wrong == []


def test_hostile_texts_do_nothing(browser: Any, pages: dict[str, str]) -> None:
    for name, least in (("ex10", 20), ("index", 3)):
        with opened(browser, pages[name]) as (page, wrong):
            open_folds(page)
            assert page.locator("img[onerror], script:not([id]):has-text('alert(1)')").count() == 0
            assert page.locator("body").inner_text().count("<script>alert(1)</script>") > least
            assert wrong == []


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


def test_without_javascript_everything_is_there(browser: Any, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as (page, wrong):
        drawings = page.locator("figure.chart .static svg:visible")
        assert drawings.count() >= 3
        box = drawings.first.bounding_box()
        assert box is not None
        assert box["width"] > 400
        assert page.locator(".needs-js:visible").count() == 0
        page.locator(".evidence > summary").last.click()
        assert page.locator(".alarm li").count() == 6
        assert wrong == []


HEIGHT = "document.documentElement.scrollHeight"
FIRST = "document.querySelector('figure.chart').getBoundingClientRect().top + scrollY"
MASTHEAD = "document.querySelector('.masthead').getBoundingClientRect().height"
OPEN = """Math.max(...[...document.querySelectorAll('.question')].map((question) =>
    [...question.querySelectorAll('figure.chart')].filter((chart) => chart.checkVisibility()).length))"""


def test_budgets_hold(browser: Any, pages: dict[str, str], tmp_path: Path, samples: Any) -> None:
    with opened(browser, pages["index"]) as (page, _):
        assert page.evaluate(HEIGHT) <= 3000
    sound = samples.build(hostile=False)
    sound = replace(sound, records=tuple(record for record in sound.records if record.outcome == "ok"))
    (_, path, *_) = html.bench_report(sound, samples.give_pictures(tmp_path))
    assert path.stat().st_size <= 2_000_000
    with opened(browser, path.as_uri()) as (page, _):
        assert page.evaluate(HEIGHT) <= 12_000
        assert page.evaluate(FIRST) <= 800
        assert page.evaluate(MASTHEAD) <= 160
        assert page.evaluate(OPEN) <= 3


FOLD = "document.querySelectorAll('details').forEach((fold) => { fold.open = fold.hasAttribute('data-came-open'); })"
NOTE = "document.querySelectorAll('details[open]').forEach((fold) => fold.setAttribute('data-came-open', ''))"


@pytest.mark.parametrize("name", ["index", "ex10"])
def test_nothing_scrolls_sideways(browser: Any, pages: dict[str, str], name: str) -> None:
    """Folded, as it comes, and unfolded, in a window that becomes wider."""
    with opened(browser, pages[name], 390) as (page, _):
        page.evaluate(NOTE)
        for width in (390, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(FOLD)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            open_folds(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_went_wrong_is_named_at_the_top_and_unfolds_its_place(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, wrong):
        links = page.locator(".alarm a")
        assert links.count() == 6
        for link in links.all():
            target = page.locator(str(link.get_attribute("href")))
            box = link.bounding_box()
            assert box is not None
            assert box["y"] < 800
            page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = false; })")
            link.evaluate("link => link.click()")
            target.wait_for(state="visible")
            page.evaluate("scrollTo(0, 0)")
        assert wrong == []


def test_a_hash_opens_the_folds_around_its_target(browser: Any, address: str) -> None:
    with opened(browser, f"{address}#ex10-a-claim-0") as (page, _):
        assert page.locator("#ex10-a-claim-0").is_visible()


def test_what_is_placed_stands_once(browser: Any, samples: Any, tmp_path: Path) -> None:
    run = samples.build(hostile=False)
    told = replace(run, exercises=(replace(run.exercises[0], answer=PLACED),))
    (_, path, *_) = html.bench_report(told, samples.give_pictures(tmp_path))
    with opened(browser, path.as_uri()) as (page, _):
        open_folds(page)
        texts = [text for text in page.locator("figure.chart figcaption").all_inner_texts() if "raining loss" in text]
        assert len(texts) == 1
        beside, prose = page.locator(".paired > .beside").first, page.locator(".paired > .prose").first
        assert beside.locator("figure.chart").count() == 1
        left, right = prose.bounding_box(), beside.bounding_box()
        assert left is not None
        assert right is not None
        assert right["x"] > left["x"] + left["width"]
        page.set_viewport_size({"width": 900, "height": 900})
        left, right = prose.bounding_box(), beside.bounding_box()
        assert left is not None
        assert right is not None
        assert right["y"] >= left["y"] + left["height"]


def test_smoke_says_so_and_compares_nothing(browser: Any, samples: Any, tmp_path: Path) -> None:
    for address in written(samples, tmp_path, profile="smoke").values():
        with opened(browser, address) as (page, _):
            open_folds(page)
            text = page.locator("body").inner_text()
            assert "smoke: numbers are no results" in text
            assert "faster" not in text
            assert "slower" not in text
            band = page.locator(".band").bounding_box()
            assert band is not None
            assert band["width"] == 1280


def ground(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def ink(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('figure.chart svg text')).fill"))


@pytest.mark.slow
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


CONTRAST = """() => {
  const light = (text) => {
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255);
    const [r, g, b] = parts.map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const under = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|^transparent$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const low = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true }) || element.closest("svg, script, style")) continue;
    const [a, b] = [getComputedStyle(element).color, under(element)].map(light).sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...low];
}"""


@pytest.mark.parametrize("name", ["index", "ex10"])
def test_text_can_be_read(browser: Any, pages: dict[str, str], name: str) -> None:
    """In both themes, of which the second comes while the page is open."""
    with opened(browser, pages[name], color_scheme="light") as (page, _):
        open_folds(page)
        grounds = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            grounds.append(ground(page))
            assert page.evaluate(CONTRAST) == []
        assert grounds[0] != grounds[1]


def test_paper_is_dark_on_white_and_keeps_folds_closed(browser: Any, address: str) -> None:
    with opened(browser, address, color_scheme="dark") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 672, "height": 950})  # A4 less its margins
        assert ground(page) == "rgb(255, 255, 255)"
        assert page.locator("figure.chart .living:visible").count() == 0
        assert page.locator("figure.chart .static:visible").count() >= 3
        assert page.locator("#theme, #find, #project").locator("visible=true").count() == 0
        right = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right))"
        )
        assert right <= 673


def test_the_command_can_be_copied(browser: Any, address: str) -> None:
    with opened(browser, address, permissions=["clipboard-read", "clipboard-write"]) as (page, _):
        page.locator("#copy").click()
        page.wait_for_function("document.getElementById('copy').textContent === 'Copied'")
        assert str(page.evaluate("navigator.clipboard.readText()")).startswith("bench run ex10 --seeds 3")


def test_contents_lead_to_their_questions_and_follow_the_reader(browser: Any, address: str) -> None:
    current = ".questions a[aria-current=location]"
    with opened(browser, address) as (page, wrong):
        for link in page.locator(".contents a").all():
            target = str(link.get_attribute("href"))
            assert page.locator(target).count() == 1, target
        for number in (2, 0):
            target = page.locator(".questions > li > a").nth(number).get_attribute("href")
            page.evaluate("place => document.querySelector(place).scrollIntoView()", target)
            page.wait_for_selector(f"{current}[href='{target}']")
            assert page.locator(current).count() == 1
        assert wrong == []


def test_a_slash_finds_questions_charts_and_claims(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, wrong):
        page.keyboard.press("/")
        page.keyboard.type("variance falls")
        page.locator("#matches a", has_text="claim: variance falls as 1/B").wait_for()
        page.keyboard.press("Enter")
        page.locator("#ex10-a-claim-0").wait_for(state="visible")
        page.keyboard.press("/")
        page.keyboard.type("no such thing")
        page.locator("#matches", has_text="nothing of that name").wait_for()
        page.keyboard.press("Escape")
        assert page.locator("#matches").is_hidden()
        assert wrong == []


SLIDE = """() => {
    const seen = (one) => one.checkVisibility({ visibilityProperty: true });
    const question = document.querySelector(".question.shown");
    const boxes = [...question.querySelectorAll("figure")].filter(seen).map((one) => one.getBoundingClientRect());
    const svgs = [...question.querySelectorAll(".drawing svg")].filter((svg) => seen(svg) && !svg.closest("svg svg"));
    const letters = svgs.flatMap((svg) => [...svg.querySelectorAll("text")])
        .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d);
    return {
        question: question.id,
        figures: boxes.length,
        drawings: svgs.length,
        outside: boxes.filter(
            (box) => box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight).length,
        spilt: question.scrollHeight - question.clientHeight,
        tall: svgs.some((svg) => svg.viewBox.baseVal.height > 320),
        smallest: Math.min(...letters),
    };
}"""
"""What a room sees: of small multiples in several rows the letters are as large as their place allows."""


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_a_slide_holds_one_figure_of_one_question_inside_the_window(
    browser: Any, address: str, size: tuple[int, int]
) -> None:
    window = {"width": size[0], "height": size[1]}
    with opened(browser, address, viewport=window) as (page, wrong):
        draw_all(page)  # alive, as they are when somebody has read the page
        page.evaluate("scrollTo(0, 0)")
        page.keyboard.press("p")
        told, slides = [], page.evaluate(SLIDE)
        while slides not in told:
            assert page.locator(".question:visible").count() == 1
            assert slides["figures"] <= 1
            assert slides["drawings"] <= 1
            assert slides["outside"] == 0
            assert slides["spilt"] <= 0
            assert slides["smallest"] is None or slides["tall"] or slides["smallest"] >= 24
            told.append(slides)
            page.keyboard.press("ArrowRight")
            slides = page.evaluate(SLIDE)
        assert sum(slide["drawings"] for slide in told) >= 2
        page.keyboard.press("Escape")
        assert page.locator(".question:visible").count() > 1
        assert wrong == []


def test_the_arrows_turn_slides(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, _):
        page.keyboard.press("p")
        titles = []
        for key in ("PageDown", "ArrowLeft", "Escape"):
            titles.append(page.locator(".shown >> visible=true").evaluate_all("all => all.map((one) => one.id).join()"))
            page.keyboard.press(key)
        assert titles[0] == titles[2] != titles[1]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "begin"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"")])
def test_a_chart_is_saved_by_a_button(browser: Any, address: str, kind: str, begin: bytes) -> None:
    with opened(browser, address, accept_downloads=True) as (page, wrong):
        draw_all(page)
        with page.expect_download() as given:
            page.locator(f"figure.chart [data-save={kind}]").first.click()
        content = Path(given.value.path()).read_bytes()
        assert given.value.suggested_filename.endswith(f".{kind}")
        assert content.startswith(begin)
        assert len(content) > 300
        assert wrong == []


def test_mathematics_is_native(browser: Any, address: str) -> None:
    with opened(browser, address) as (page, _):
        open_folds(page)
        height = page.evaluate("document.querySelector('.prose math[display=block]').getBoundingClientRect().height")
        assert height > 25, "a fraction is taller than a line"
