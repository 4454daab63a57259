"""Texts for a terminal stay texts."""

from io import StringIO

import pytest
from rich.console import Console

from bench.report.texts import indented, sign, text


def test_nothing_is_markup_and_nothing_moves_the_cursor() -> None:
    assert text("[bold]a[/bold]\x1b[2J\nb").plain == "[bold]a[/bold]�[2J\nb"


def test_a_paragraph_stays_indented_where_it_wraps() -> None:
    out = StringIO()
    Console(file=out, width=20).print(indented("one two three four five"))
    assert [line[:4] for line in out.getvalue().splitlines()] == ["    ", "    "]


@pytest.mark.parametrize(("ok", "plain", "style"), [(True, "✓ ", "green"), (False, "✗ ", "bold red")])
def test_a_verdict_is_green_or_red(ok: bool, plain: str, style: str) -> None:
    assert (sign(ok).plain, sign(ok).style) == (plain, style)
