"""The README looks like the product: pictures first, the two commands between them, and its example says what it shows.

That it is what ``python -m bench.report.readme`` writes is held by ``tests/report/readme/test_writing.py``.
"""

import re
from pathlib import Path

import pytest

from bench.report.readme import tries
from bench.report.readme.marks import marks

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "examples"
LINE = 100
"""Characters of a line of text on GitHub."""


def test_it_begins_with_the_page_the_forest_plot_three_lines_and_the_commands() -> None:
    places = [
        TEXT.index(piece)
        for piece in (
            "# bench\n\n**",
            "<!-- bench page ex10 -->",
            "<!-- bench chart ex10.a.speed ratio -->",
            "<!-- bench live ex10\n",
            '```\npip install -e ".[test]" && bench run ex10\npytest\n```',
            "\n## ",
        )
    ]
    assert places == sorted(places)
    assert places[0] == 0


def test_what_it_answers_is_three_lines() -> None:
    (answers,) = re.findall(r"<!-- bench live .*?-->\n(.*?)<!-- end -->", TEXT, re.DOTALL)
    lines = answers.strip().splitlines()
    assert len(lines) == 3
    assert all(line.startswith("- **") and len(line.replace("*", "")[2:]) <= LINE for line in lines)


def test_no_picture_and_no_output_is_typed() -> None:
    typed = re.sub(r"<!-- bench .*?<!-- end -->", "", TEXT, flags=re.DOTALL)
    assert not re.search(r"<img|!\[|```console|^[✓✗]|\d ± \d|\d ×", typed, re.MULTILINE)


def rounded(text: str) -> str:
    """Without what another processor rounds otherwise: digits of decimals after the third, an error within bounds."""
    text = re.sub(r"error \S+ ≤", "error … ≤", " ".join(text.split()))
    return re.sub(r"\d+\.\d+", lambda found: f"{float(found[0]):.3g}", text)


@pytest.mark.slow
@pytest.mark.parametrize("words", [mark.words for mark in marks(TEXT) if mark.kind == "try"])
def test_the_example_is_judged_as_it_is_shown(words: tuple[str, ...]) -> None:
    shown = tries.kept(EXAMPLES, words).read_text(encoding="utf-8")
    assert rounded(tries.asked(EXAMPLES, words)) == rounded(shown)
