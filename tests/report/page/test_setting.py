"""What templates may call: escaping, and strings of a style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.report.page import setting

EVIL = '"; } </style><script>alert(1)</script> \\ é'


def test_a_string_of_a_style_sheet_cannot_be_left() -> None:
    assert re.fullmatch(r'"(\\[0-9a-f]+ )*"', str(setting.css_string(EVIL)))
    assert str(setting.css_string("")) == '""'


def test_what_is_set_is_escaped() -> None:
    made = setting.environment().from_string("{{ text }} {{ text | powers }} {{ text | cell }}")
    assert "<script>" not in made.render(text=EVIL)


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "yes"), (False, "no"), (None, ""), (12700, "12,700"), (0.12345678, "0.1235"), ("a", "a")],
)
def test_a_cell_in_words(value: object, words: str) -> None:
    assert setting.environment().from_string("{{ value | cell }}").render(value=value) == words


@pytest.mark.parametrize("name", [*setting.SCRIPTS, *setting.STYLES])
def test_no_file_of_a_page_asks_for_another(name: str) -> None:
    text = setting.source(name)
    assert "@import" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert Path(setting.TEMPLATES, name).is_file()
