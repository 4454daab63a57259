"""Pages on paper: which Chromium is taken, what is said where there is none, and what is open."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bench.errors import BenchError, Missing
from bench.report import printed

PAGE = (
    '<p>a</p><details class="fold"><summary>x</summary></details><details open>y</details><details id="o">z</details>'
)
PRINTS = """#!/bin/sh
for word; do case $word in --print-to-pdf=*) target=${word#*=};; file://*) page=${word#file://};; esac; done
cp "$page" "$target"
"""


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_without_a_chromium_it_is_one_line_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    with pytest.raises(Missing, match="none of chromium, chromium-browser, google-chrome is on the PATH"):
        printed.chromium()
    monkeypatch.setenv("BENCH_CHROMIUM", "/no/such")
    with pytest.raises(Missing, match="BENCH_CHROMIUM=/no/such is no program"):
        printed.chromium()


def test_the_one_that_is_named_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "chromium", PRINTS)
    own = program(tmp_path / "own", PRINTS)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    assert printed.chromium() == str(tmp_path / "chromium")
    monkeypatch.setenv("BENCH_CHROMIUM", str(own))
    assert printed.chromium() == str(own)


def test_a_pdf_stands_beside_its_page_and_full_opens_every_fold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BENCH_CHROMIUM", str(program(tmp_path / "own", PRINTS)))
    page = tmp_path / "ex10.html"
    page.write_text(PAGE)
    assert printed.write([page]) == (tmp_path / "ex10.pdf",)
    assert (tmp_path / "ex10.pdf").read_text() == PAGE
    printed.write([page], full=True)
    assert (tmp_path / "ex10.pdf").read_text().count(" open>") == 3
    assert page.read_text() == PAGE


def test_a_chromium_that_makes_none_is_an_error_with_what_it_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BENCH_CHROMIUM", str(program(tmp_path / "own", "#!/bin/sh\necho no display >&2; exit 7\n")))
    page = tmp_path / "ex10.html"
    page.write_text(PAGE)
    with pytest.raises(BenchError, match=r"made no PDF of ex10.html \(exit code 7\): no display"):
        printed.write([page])


TREE = b"""50 0 obj
<</Type /Pages
/Count 2
/Kids [7 0 R 3 0 R]
/Parent 51 0 R>>
endobj
51 0 obj
<</Type /Pages
/Count 3
/Kids [50 0 R 9 0 R]>>
endobj
52 0 obj
<</ex10-question-a [3 0 R /XYZ 0 700 0]
/environment [9 0 R /XYZ 0 20 0]
/elsewhere [99 0 R /XYZ 0 0 0]>>
endobj
"""


def test_page_numbers_are_those_of_the_tree_of_pages() -> None:
    assert printed.page_numbers(TREE) == {"ex10-question-a": 2, "environment": 3}
    assert printed.page_numbers(b"no PDF") == {}


def test_a_tree_that_bites_its_tail_ends() -> None:
    assert printed.page_numbers(TREE.replace(b"[7 0 R 3 0 R]", b"[51 0 R]")) == {}


def test_contents_learn_their_pages() -> None:
    html = '<li><a href="#a" title="x">a</a></li><li><a href="#b">b</a></li><p><a href="#a">a</a></p>'
    assert printed.numbered(html, {"a": 4}) == html.replace('"#a" title', '"#a" data-page="4" title')


def test_a_page_is_printed_again_with_its_numbers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    twice = PRINTS + "\ncat $0.tree >> $target\n"
    own = program(tmp_path / "own", twice)
    (tmp_path / "own.tree").write_bytes(TREE)
    monkeypatch.setenv("BENCH_CHROMIUM", str(own))
    page = tmp_path / "ex10.html"
    page.write_text('<ul><li><a href="#ex10-question-a">a</a></li></ul>')
    (pdf,) = printed.write([page])
    assert 'data-page="2"' in pdf.read_text()
    assert "data-page" not in page.read_text()
