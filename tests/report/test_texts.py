"""Texts for a terminal stay texts."""

from io import StringIO

import pytest
from rich.console import Console

from bench.report.page.setting import safe
from bench.report.texts import indented, on_page, sign, text


def test_nothing_is_markup_and_nothing_moves_the_cursor() -> None:
    assert text("[bold]a[/bold]\x1b[2J\nb").plain == "[bold]a[/bold]�[2J\nb"


def test_a_paragraph_stays_indented_where_it_wraps() -> None:
    out = StringIO()
    Console(file=out, width=20).print(indented("one two three four five"))
    assert [line[:4] for line in out.getvalue().splitlines()] == ["    ", "    "]


@pytest.mark.parametrize(("ok", "plain", "style"), [(True, "✓ ", "green"), (False, "✗ ", "bold red")])
def test_a_verdict_is_green_or_red(ok: bool, plain: str, style: str) -> None:
    assert (sign(ok).plain, sign(ok).style) == (plain, style)


def test_in_a_log_of_actions_nothing_is_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert text("::error::x ##[add-mask]y").plain == ":\u200b:error:\u200b:x #\u200b#[add-mask]y"


def test_a_page_shows_what_it_would_obey_and_leaves_html_alone() -> None:
    assert on_page("a\x1b\u202eb\n\tc") == r"a\x1b\u202eb" + "\n\tc"
    assert on_page(made := safe("\x1b")) is made
    assert on_page(3) == 3
