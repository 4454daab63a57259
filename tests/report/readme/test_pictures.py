"""Charts for GitHub: for both themes, legible in each."""

from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.model import Run
from bench.report.readme.pictures import THEMES, chart, draw, element, files


def test_a_chart_is_drawn_in_the_colours_of_each_theme(run: Run, tmp_path: Path) -> None:
    paths = files(tmp_path / "pictures", "ex10", "svg")
    assert [path.name for path in paths] == ["ex10-light.svg", "ex10-dark.svg"]
    of_run = chart(run, "ex10", "a.speed", "ratio")
    draw(of_run, paths)
    for theme, path in zip(THEMES, paths, strict=True):
        text = path.read_text()
        assert text.startswith("<svg")
        assert theme.ink in text
        assert not [colour for colour in ("#fff", 'fill="black"', 'fill="#000"', "#888", "#ddd") if colour in text]
        # Every letter has a colour of the theme.
        assert text.count("<text ") == text.count(f'fill="{theme.ink}"')
    before = [path.read_bytes() for path in paths]
    draw(of_run, paths)
    assert [path.read_bytes() for path in paths] == before


def test_an_unknown_chart_is_answered_with_those_that_are_there(run: Run) -> None:
    with pytest.raises(BenchError, match=r"no chart 'raito' of ex10.a.speed; it has .*ratio"):
        chart(run, "ex10", "a.speed", "raito")


def test_both_are_named_from_the_page_and_words_are_escaped(tmp_path: Path) -> None:
    html = element(tmp_path / "docs" / "a.md", files(tmp_path / "docs" / "pictures", "x", "png"), 'a "b" <c>\nd')
    assert 'media="(prefers-color-scheme: dark)" srcset="pictures/x-dark.png"' in html
    assert 'alt="a &quot;b&quot; &lt;c&gt; d" src="pictures/x-light.png"' in html
