"""Pages in a browser with the network off, and what a reader would stumble over on them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt install chromium"),
]
AUDIT = Path(__file__).with_name("audit.js").read_text(encoding="utf-8").partition("\n")[2]
FINDINGS = ("sideways", "cut", "outside", "crossed", "bare", "beyond", "broken", "wide", "pale")


@contextmanager
def opened(browser: Any, address: str, width: int = 1280, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page, and what went wrong on it: requests, errors, dialogues."""
    context = browser.new_context(offline=True, **{"viewport": {"width": width, "height": 900}, **options})
    page, wrong = context.new_page(), list[str]()

    def requested(request: Any) -> None:
        # Pictures inside the page are no requests to anywhere.
        if request.url.split("#")[0] != address.split("#")[0] and not request.url.startswith(("data:", "blob:")):
            wrong.append(f"request {request.url[:80]}")

    def asked(dialog: Any) -> None:
        wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("request", requested)
    page.on("console", lambda message: wrong.append(f"console {message.type} {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on("dialog", asked)
    page.goto(address)
    yield page, wrong
    context.close()


def draw_all(page: Any) -> int:
    """Scroll every open chart into view and wait until it lives; how many there are."""
    unfold(page)
    charts = page.locator("figure.chart:visible")
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
        charts.nth(number).locator(".living svg").wait_for()
    return int(charts.count())


def unfold(page: Any) -> None:
    """What phones fold."""
    page.evaluate("document.querySelectorAll('.unfold input').forEach((box) => { box.checked = true; })")


def open_folds(page: Any) -> None:
    unfold(page)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")


def audit(page: Any) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Sizes in pixels, and what is wrong by its kind."""
    # Charts beside a text move along with the reader.
    page.evaluate("scrollTo(0, 0)")
    seen = page.evaluate(AUDIT)
    return seen["sizes"], {kind: seen[kind] for kind in FINDINGS if seen[kind]}
