"""What is secret of a command line: it is used as it was typed, and kept and shown as ``***``.

A secret is the value of a name that ends with such a word as ``token``, the user of an address (``https://ME:PASSWORD@HOST``),
and what follows ``Bearer``. Where one is a parameter of a case, the case has the mask, and the order of its task the
value beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

Value = TypeVar("Value")
MASK = "***"
LAST = frozenset(
    """token secret secrets password passwords passwd passphrase passcode pwd credential credentials auth authorization
    bearer apikey authkey accesskey secretkey privatekey authtoken accesstoken""".split()  # noqa: SIM905
)
"""Last words of the names of secrets. ``tokens`` are what a language model counts, and attention has a ``key``."""
PAIRS = frozenset({"api", "access", "auth", "private", "secret", "signing", "encryption"})
"""With ``key`` behind them."""
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
NAMED = re.compile(r"([A-Za-z_][\w.-]{0,99})\s*=")
"""Bounded, as the next one is: a word of 128 kB is read in no time."""
USER = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,29}://)(?!git@)(?:[^\s/?#]*|[^\s/:@]*:[^\s@]*)@")
"""The second form is that of a password with a slash, which is none by the rules."""
QUERY = re.compile(r"(?<=[?&;])([A-Za-z_][\w.-]*=)([^&;#\s]*)")
SPACES = re.compile(r"(\s+)")
BEARER = re.compile(r"\b(bearer\s+|authorization:\s*)\S.*", re.IGNORECASE | re.DOTALL)
LEAST = 4
"""Letters of a secret that is looked for in what an exercise says: fewer stand in words."""


def is_secret(name: str) -> bool:
    """Whether a name is that of a secret: ``token``, ``hf_token``, ``apiKey``, ``db-password``; not ``max_tokens``."""
    words = [word.lower() for word in WORD.findall(name)]
    return bool(words) and (words[-1] in LAST or (words[-1] == "key" and len(words) > 1 and words[-2] in PAIRS))


def words(given: Iterable[str]) -> tuple[str, ...]:
    """A command line as it is kept."""
    kept: list[str] = []
    before = ""
    for word in given:
        follows = before.startswith("-") and "=" not in before and is_secret(before)
        kept.append(MASK if follows else shown(word))
        before = word
    return tuple(kept)


def shown(word: str) -> str:
    """One word of it. Behind the name of a secret all is one, up to another name behind a comma, as in ``--param``."""
    word = BEARER.sub(rf"\1{MASK}", QUERY.sub(_asked, _addressed(word)))
    if not NAMED.search(word):
        return word
    pieces, hiding = [], False
    for piece in word.split(","):
        names = list(NAMED.finditer(piece))
        secret = next((name for name in names if is_secret(name[1])), None)
        hiding = secret is not None or (hiding and not names)
        pieces.append(f"{piece[: secret.end()]}{MASK}" if secret else MASK if hiding else piece)
    return ",".join(pieces)


def _addressed(word: str) -> str:
    """Without users of addresses. Up to its last @ alone, a text without spaces is read in one pass."""
    pieces = [piece.rpartition("@") for piece in SPACES.split(word)]
    return "".join(USER.sub(rf"\1{MASK}@", before + at) + after for before, at, after in pieces)


def _asked(found: re.Match[str]) -> str:
    return f"{found[1]}{MASK}" if is_secret(found[1]) else found[0]


def value(name: str, text: str) -> str:
    """The value of an option or a parameter as it is kept."""
    return MASK if is_secret(name) and text else shown(text)


def hidden(given: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """``{"token=***": "…"}``: of parameters and their values those that are kept as another text."""
    return {
        f"{name}={kept}": text for name, texts in given.items() for text in texts if (kept := value(name, text)) != text
    }


def masked(name: str, given: Value) -> Value:
    """A parameter as its case has it: of texts the mask, and of a tuple each. A number is no secret."""
    if isinstance(given, tuple):
        return tuple(masked(name, item) for item in given)  # type: ignore[return-value]
    return value(name, given) if isinstance(given, str) else given  # type: ignore[return-value]


def revealed(parameters: Mapping[str, Value], secrets: Mapping[str, str]) -> dict[str, Value]:
    """The parameters of a case as a call gets them."""
    return {name: _revealed(name, given, secrets) for name, given in parameters.items()}


def _revealed(name: str, given: Value, secrets: Mapping[str, str]) -> Value:
    if isinstance(given, tuple):
        return tuple(_revealed(name, item, secrets) for item in given)  # type: ignore[return-value]
    return secrets.get(f"{name}={given}", given) if isinstance(given, str) else given  # type: ignore[return-value]


def lacking(parameters: Mapping[str, object], secrets: Mapping[str, str]) -> list[str]:
    """The names of parameters of a case whose value is kept nowhere, and not given either."""
    return [
        name
        for name, given in parameters.items()
        for item in (given if isinstance(given, tuple) else (given,))
        if isinstance(item, str) and MASK in item and f"{name}={item}" not in secrets
    ]


def without(text: str, secrets: Mapping[str, str]) -> str:
    """A text of an exercise's that had them, with the mask in their places."""
    for kept, secret in sorted(secrets.items(), key=lambda pair: -len(pair[1])):
        if len(secret) >= LEAST:
            text = text.replace(secret, kept.partition("=")[2])
    return text
