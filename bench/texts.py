"""Texts of an author's, as they can be kept and shown: no character in them moves a cursor or ends a line."""

from __future__ import annotations

import os
import re
from typing import Any

TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that turn the direction of what follows."""
UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, ends of lines, marks that turn the direction of what follows, and halves of characters: they
drive a terminal, abort the drawing, or cannot be sent."""
COMMAND = re.compile(r"::|##\[")
"""With these a line of a log is a command to GitHub's runner, in the newer form and in the older one."""
MARKUP = re.compile(r"[\\`*_{}\[\]#|~$]")
"""What is written with a backslash in Markdown."""
CALLED = re.compile(r"@|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=\bGH-)(?=\d)", re.IGNORECASE)
"""What GitHub makes a link or a mention of, wherever it stands: somebody, an issue, a bare address."""
LONGEST = 500
"""Characters of a name, a unit, a label or a cell that are kept."""
NAME = 200
"""Characters of a variant's name: the processes share a few bytes for it."""
CAPTION = 4_000
"""Characters of a caption, which may have several lines."""


def escaped(text: str, keep: str = "") -> str:
    """The text with such characters as Python writes them (``a\\x00b``), but for those in ``keep``."""
    return UNSHOWN.sub(lambda found: found[0] if found[0] in keep else found[0].encode("unicode_escape").decode(), text)


def uncommanded(text: str) -> str:
    """A text as it is printed: in a log of GitHub's Actions it is no command to the runner, which could set outputs of
    the step or hide what follows. The mark within has no width."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return text
    return COMMAND.sub(lambda found: f"{found[0][0]}\u200b{found[0][1:]}", text)


def in_markdown(text: str) -> str:
    """One line of plain text, whatever it holds: in GitHub's Markdown nothing of it is markup, a formula, a link or a
    mention. The mark within what would be called has no width."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return CALLED.sub(lambda found: f"{found[0]}\u200b", MARKUP.sub(r"\\\g<0>", plain))


def text(value: Any, what: str, most: int = LONGEST) -> str:
    """A text as it is kept: on one line (a caption may have several), control characters as ``\\x00``, cut where it
    is very long. ``TypeError`` names what is none."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is {kind_of(value)} ({brief(value)}): give a text")
    shown = escaped(str(value[: most + 1]), keep="\n\t" if most > LONGEST else "")
    return shown if len(value) <= most >= len(shown) else f"{shown[: most - 30]}… ({len(value)} characters)"


def choice(value: Any, among: tuple[str, ...], what: str) -> Any:
    """One of a few words, or ``ValueError`` that names them."""
    if not isinstance(value, str) or value not in among:
        raise ValueError(f"{what} is {brief(value)}: give {' or '.join(repr(word) for word in among)}")
    return value


def class_of(value: object) -> str:
    """The name of its class, whatever its metaclass says of that."""
    return str(type.__dict__["__name__"].__get__(type(value)))


def kind_of(value: object) -> str:
    """Such as ``a function`` or ``an int``."""
    kind = class_of(value)
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def brief(value: object, most: int = 60) -> str:
    """A value in a message, though ``repr`` of it may be long, or raise whatever there is."""
    try:
        said = str.__str__(repr(value))
    except BaseException as error:
        return f"repr() of it raises {class_of(error)}"
    shown = escaped(said[: most + 1])
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def words_of(error: BaseException) -> str:
    """The message of an exception. It may be an author's class, whose ``str`` raises like anything else, or gives a
    text of a class of its own."""
    try:
        return str.__str__(str(error))
    except BaseException as second:
        return f"(its message cannot be shown: str() of it raises {class_of(second)})"


def on_one_line(error: BaseException) -> str:
    """The class and the whole message of an exception, of which neither moves a cursor or goes on for megabytes."""
    said = " ".join(words_of(error).split())
    return text(f"{class_of(error)}: {said}" if said else class_of(error), "an exception")
