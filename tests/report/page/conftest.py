"""A browser a module, and the pages of compact real runs: `runs/shrink.py` made them."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from bench.model import Run
from bench.report.page import html
from bench.results import store
from tests.report.page import windows

RUNS = Path(__file__).with_name("runs")
Profile = Literal["smoke", "quick", "full"]
Draw = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=windows.CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A real run by the name of its file."""

    @cache
    def read(name: str) -> Run:
        file = tmp_path_factory.mktemp(name) / "run.json"
        file.write_bytes(lzma.decompress((RUNS / f"{name}.json.xz").read_bytes()))
        return store.read(file)

    return read


def lay_pictures(name: str, folder: Path) -> None:
    """Blank pictures, as large as those of the run: without them a page would be shorter than a reader's."""
    from PIL import Image

    for path, size in json.loads((RUNS / "pictures.json").read_text(encoding="utf-8")).get(name, {}).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", tuple(size), 235).save(file)


@pytest.fixture(scope="session")
def drawn(kept: Callable[[str], Run], tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """The addresses of the pages of a real run by their names, in a profile; drawn once."""

    @cache
    def draw(name: str, profile: Profile = "quick") -> dict[str, str]:
        folder = tmp_path_factory.mktemp(f"pages-{name}")
        lay_pictures(name, folder)
        run = replace(kept(name), profile=profile)
        pages = (path for path in html.bench_report(run, folder) if path.suffix == ".html")
        return {path.stem: path.as_uri() for path in pages}

    return draw
