"""Texts of an author's: shown without what moves a cursor, cut where they are endless."""

from __future__ import annotations

import pytest

from bench.texts import LONGEST, brief, choice, escaped, in_markdown, kind_of, text, uncommanded


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\0b", "a\\x00b"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\u202eabc", "\\u202eabc"),
        ("a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\x85d"),
        ("\ud800", "\\ud800"),
        ("ü, η, 误差, 🙂, 👩‍🔬", "ü, η, 误差, 🙂, 👩‍🔬"),
    ],
)
def test_what_moves_a_cursor_is_shown_and_all_else_stays(given: str, shown: str) -> None:
    assert escaped(given) == shown


def test_a_caption_has_lines_and_a_name_has_one() -> None:
    assert text("a\nb", "it") == "a\\nb"
    assert text("a\nb", "it", 4_000) == "a\nb"


@pytest.mark.parametrize("given", ["n" * 1_000_000, "\0" * 400])
def test_a_text_without_an_end_is_cut(given: str) -> None:
    assert len(text(given, "it")) <= LONGEST
    assert text(given, "it").endswith(f"… ({len(given)} characters)")


def test_what_is_no_text_is_named() -> None:
    with pytest.raises(TypeError, match=r"^the unit is an int \(5\): give a text$"):
        text(5, "the unit")


def test_a_word_is_one_of_a_few() -> None:
    assert choice("log-x", ("linear", "log-x"), "scale") == "log-x"
    for given in ("cubic", 5, None):
        with pytest.raises(ValueError, match=r"^scale is .*: give 'linear' or 'log-x'$"):
            choice(given, ("linear", "log-x"), "scale")


def test_a_value_in_a_message_is_short_though_its_repr_is_long_or_raises() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise RuntimeError

    assert len(brief("x" * 1000)) == 60

    class Leaving(Exception):
        def __repr__(self) -> str:
            raise SystemExit

    assert brief(Mute()) == "repr() of it raises RuntimeError"
    assert brief(Leaving()) == "repr() of it raises SystemExit"
    assert (kind_of(5), kind_of(print)) == ("an int", "a builtin_function_or_method")


@pytest.mark.parametrize("line", ["::error title=x::y", "  ::set-output name=a::b", "a ##[add-mask]b"])
def test_in_a_log_of_actions_a_text_is_no_command(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert uncommanded(line) == line
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::" not in uncommanded(line)
    assert "##[" not in uncommanded(line)
    assert uncommanded(line).replace("\u200b", "") == line


@pytest.mark.parametrize(
    ("given", "shown"),
    {
        "a|b\n# c": "a\\|b \\# c",
        "<b>&": "&lt;b&gt;&amp;",
        "https://x www.y _WWW.z": "https:\u200b//x www\u200b.y \\_WWW\u200b.z",
        "@all o/r#1 GH-2 high-5": "@\u200ball o/r\\#\u200b1 GH-\u200b2 high-5",
        "costs 5 $ or $x$": "costs 5 \\$ or \\$x\\$",
    }.items(),
)
def test_markdown_is_text_and_calls_nobody(given: str, shown: str) -> None:
    assert in_markdown(given) == shown
