"""Real runs on paper: how many pages, whether anything is cut by an edge, and contents that know their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.report import printed
from tests.report.page import windows
from tests.report.page.windows import audit, opened

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = windows.MARKS

Draw = Callable[..., dict[str, str]]
HANDOUT, SHEET = 12, 100
"""Pages of ex10, and of the whole sheet."""
PAPER = {"width": 672, "height": 998}
"""Pixels of A4 without its margins."""
PAGE = re.compile(rb"/Type /Page\b")
SPLIT = """(most) => [...document.querySelectorAll("figure, tr, math[display=block], .alarm")]
    .filter((one) => one.checkVisibility())
    .filter((one) => getComputedStyle(one).breakInside !== "avoid" || one.getBoundingClientRect().height > most)
    .map((one) => `${one.localName} ${one.id} ${one.getBoundingClientRect().height}`)"""


def file(address: str) -> Path:
    return Path(address.removeprefix("file://"))


def on_paper(browser: Any, address: str, scheme: str) -> dict[str, list[str]]:
    """What is amiss. What must not be split asks for it, and is no higher than a page: then it is not."""
    with opened(browser, address, color_scheme=scheme) as (page, _):
        page.emulate_media(media="print", color_scheme=scheme)
        page.set_viewport_size(PAPER)
        split, stumbled = page.evaluate(SPLIT, PAPER["height"]), audit(page)[1]
        return stumbled | ({"split": split} if split else {})


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["dark"])
def test_a_handout_is_whole(browser: Any, drawn: Draw, scheme: str) -> None:
    assert on_paper(browser, drawn("ex10")["ex10"], scheme) == {}


@pytest.mark.slow
def test_a_handout_is_short_and_its_contents_know_their_pages(drawn: Draw) -> None:
    path = file(drawn("ex10")["ex10"])
    (pdf,) = printed.write([path])
    content = pdf.read_bytes()
    pages, numbers = len(PAGE.findall(content)), printed.page_numbers(content)
    assert pages <= HANDOUT
    listed = re.findall(r'<li><a href="#(ex10-question-[^"]+)" title', path.read_text())
    places = [numbers[name] for name in listed]
    assert len(places) >= 5
    assert places == sorted(places)
    assert places[-1] <= pages


@pytest.mark.slow
@pytest.mark.timeout(1200)  # the whole sheet is drawn and printed
def test_the_sheet_on_paper(browser: Any, drawn: Draw) -> None:
    addresses = drawn("sheet")
    seen = {name: on_paper(browser, address, "light") for name, address in addresses.items()}
    assert {name: stumbled for name, stumbled in seen.items() if stumbled} == {}
    made = printed.write([file(address) for address in addresses.values()])
    assert sum(len(PAGE.findall(pdf.read_bytes())) for pdf in made) <= SHEET


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ex01", "ex07"])
def test_other_handouts_are_whole(browser: Any, drawn: Draw, name: str) -> None:
    for address in drawn(name).values():
        for scheme in ("light", "dark"):
            assert on_paper(browser, address, scheme) == {}
