"""What lies beside the pages of a run: linked to and shown where it is there, and nothing where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.analysis import knee, largest
from bench.analysis.largest import Attempt, Largest
from bench.report import swept
from bench.report.page import beside, html
from bench.report.page.beside import NOTHING, Line
from bench.report.swept import Swept
from tests import drawing_once
from tests.report.test_swept import SOUND, ran

MOST = Largest(value=40, beyond=Attempt(value=41, outcome="oom"), last=128)
FITS = "the largest n that fits into 2GB is 40; 41 does not"
RUN = ran(*SOUND)


def document(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"largest": {"own [b]": MOST}, "into": "2GB"}
    return swept.document(Swept(run=RUN, parameter="n", **given | more))


@pytest.fixture
def swept_folder(tmp_path: Path) -> Path:
    (tmp_path / "sweep.json").write_text(json.dumps(document()))
    return tmp_path


def test_what_was_printed_of_a_sweep_is_read(swept_folder: Path) -> None:
    found = beside.of(swept_folder, RUN)
    assert found.sweep
    (line,) = found.sweep.variants
    assert line == Line("own [b]", Swept(run=RUN, parameter="n").variants[0].knee_in_words, FITS)
    assert found.sweep.methods == (knee.METHOD, largest.METHOD)
    assert (found.compared, found.files) == ("", ("sweep.json",))


def test_where_nothing_was_searched_nothing_is_said_of_a_search(tmp_path: Path) -> None:
    (tmp_path / "sweep.json").write_text(json.dumps(document(largest={}, into="")))
    found = beside.of(tmp_path, RUN).sweep
    assert found
    assert found.methods == (knee.METHOD,)
    text = html.index(RUN, [], [], beside.of(tmp_path, RUN))
    assert ("no knee up to n 32" in text, "Memory</th>" in text) == (True, False)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"run": "run", "parameter": "n"}', json.dumps(document() | {"run": "another"})],
    ids=["cut", "a list", "of an earlier bench", "of another run"],
)
def test_a_document_that_is_not_this_run_s_is_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "sweep.json").write_text(text)
    assert beside.of(tmp_path, RUN).sweep is None


def test_an_empty_folder_has_nothing_and_nothing_is_linked_to(tmp_path: Path) -> None:
    assert beside.of(tmp_path, RUN) == NOTHING
    text = html.index(RUN, [], [], beside.of(tmp_path, RUN))
    assert "compare.html" not in text
    assert 'id="sweep"' not in text


def test_the_index_links_to_a_comparison_that_is_there(tmp_path: Path) -> None:
    for name in ("compare.html", "compare.json"):
        (tmp_path / name).write_text("{}")
    text = html.index(RUN, [], [], beside.of(tmp_path, RUN))
    assert '<a href="compare.html">' in text
    assert '<a href="compare.json">' in text


def test_the_sweep_stands_on_the_index_and_on_the_page_of_its_exercise(
    swept_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing_once.sketch(monkeypatch)
    html.bench_report(RUN, swept_folder)
    for page in ("index.html", "ex99.html"):
        text = (swept_folder / page).read_text("utf-8")
        assert text.count(FITS) == 1, page
        assert "no knee up to n 32" in text
        assert "Welch" in text


def test_of_very_many_variants_a_page_shows_the_first_and_of_a_huge_document_nothing(tmp_path: Path) -> None:
    lines = [{"variant": "v", "knee_in_words": "k", "largest_in_words": "l"}] * (beside.ROWS + 5)
    text = json.dumps(document() | {"variants": lines})
    (tmp_path / "sweep.json").write_text(text)
    found = beside.of(tmp_path, RUN).sweep
    assert found
    assert len(found.variants) == beside.ROWS + 1
    assert found.variants[-1].variant == "… and 5 more in sweep.json"
    (tmp_path / "sweep.json").write_text(text + " " * beside.MOST)
    assert beside.of(tmp_path, RUN).sweep is None
