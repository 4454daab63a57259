"""What is done to bytes and values so that they are bad: always the same for the same seed."""

from __future__ import annotations

import codecs
import json
import random
import string
from collections.abc import Callable
from copy import deepcopy
from typing import Any

ABSURD: tuple[Any, ...] = (
    0,
    -1,
    1,
    2**63,
    10**400,
    -(10**30),
    0.0,
    -0.0,
    1e308,
    -1e308,
    5e-324,
    True,
    None,
    "",
    "\x1b[2J\x07",
    "\u202e\ud7ff\ufffe",
    "x" * 300,
    "../../etc/passwd",
    "1e999",
    [],
    {},
    [[]],
    "nan",
)
LITERALS = (b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b'"\\ud800"', b'"\\u0000"', b"[" * 3000, b'{"a":' * 3000, b"-")
"""What may stand in a text in the place of a number, and is none of JSON's, or too much of it."""
SIZES = (0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**63)


def of_text(chance: random.Random, most: int = 40) -> str:
    letters = string.printable + "éß误\u202e\x1b\x7f…{}[]()$\\|`#*_<>&\"'"
    return "".join(chance.choice(letters) for _ in range(chance.randrange(most)))


def bad_bytes(chance: random.Random, honest: bytes, seed: int = 0) -> bytes:
    """One way in which bytes are spoilt: half of all inputs are cut off, the ``seed`` saying where, so that many have
    every length; the others have something in them."""
    if chance.random() < 0.3:
        return honest[: seed % (len(honest) + 1)]
    return chance.choice(WAYS)(chance, honest)


def damaged(chance: random.Random, data: bytes) -> bytes:
    """With some bytes changed, cut off, doubled or put in."""
    spoilt = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        at = chance.randrange(len(spoilt) + 1)
        how = chance.randrange(5)
        if how == 0 and at < len(spoilt):
            spoilt[at] = chance.randrange(256)
        elif how == 1:
            del spoilt[at:]
        elif how == 2:
            spoilt[at:at] = spoilt[at : at + chance.randrange(64)]
        elif how == 3:
            spoilt[at:at] = chance.randbytes(chance.randrange(8))
        else:
            del spoilt[at : at + chance.randrange(64)]
    return bytes(spoilt)


def flipped(chance: random.Random, data: bytes) -> bytes:
    """With one bit the other way round, as a disk's."""
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def promising(chance: random.Random, data: bytes) -> bytes:
    """With a size in it that is another than there is: in two, four or eight bytes, either end first."""
    width = chance.choice((2, 4, 8))
    size = chance.choice(SIZES) % 256**width
    at = chance.randrange(max(1, min(len(data), 256) - width))
    return data[:at] + size.to_bytes(width, chance.choice(("big", "little"))) + data[at + width :]


def encoded(chance: random.Random, data: bytes) -> bytes:
    """The same text as another encoding, or another system's editor, has it."""
    text = data.decode("latin-1")
    return chance.choice(
        (
            codecs.BOM_UTF8 + data,
            text.encode("utf-16"),
            text.encode("utf-32"),
            data.replace(b"\n", b"\r\n") + b"\r\n\x1a",
            data.replace(b"a", b"\xe9"),
            data.replace(b"e", b"\xed\xa0\x80"),
            data + b"\0" * 100,
            b"\0" * len(data),
        )
    )


def literal(chance: random.Random, data: bytes) -> bytes:
    """With one of ``LITERALS`` in the place of some byte, a number's where there is one."""
    places = [at for at, byte in enumerate(data[:20_000]) if byte in b"0123456789"] or [0]
    at = chance.choice(places)
    return data[:at] + chance.choice(LITERALS) + data[at + 1 :]


def enormous(chance: random.Random, data: bytes) -> bytes:
    """With a piece of it many thousand times longer."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice((b" ", b"x", b"[", b"0", b"\n", b"(", b'"a",')) * 20_000 + data[at:]


WAYS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(damaged,) * 4,
    *(flipped,) * 4,
    promising,
    promising,
    encoded,
    literal,
    literal,
    enormous,
)


def spoilt(chance: random.Random, value: Any) -> Any:
    """The same JSON with a few of its leaves and branches replaced, dropped or doubled."""
    content = json.loads(json.dumps(value))
    for _ in range(chance.choice((1, 1, 2, 4))):
        _spoil_one(chance, content)
    return content


def _spoil_one(chance: random.Random, content: Any) -> None:
    # Most of what is read of a run is in its records.
    here = content
    if isinstance(content, dict) and "records" in content and chance.random() < 0.6:
        here = content["records"]
    while isinstance(here, dict | list):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(here[key], dict | list) and here[key] and chance.random() < 0.9:
            here = here[key]
            continue
        _replace(chance, here, key)
        return


def _replace(chance: random.Random, here: Any, key: Any) -> None:
    how = chance.randrange(6)
    if how == 0:
        del here[key]
    elif how == 1 and isinstance(here, list):
        here.append(deepcopy(here[key]))
    else:
        here[key] = deepcopy(chance.choice(_alike(here[key]) if how < 5 else ABSURD))


def _alike(value: Any) -> tuple[Any, ...]:
    """Absurd values of one type with it, which are found by looking at them alone."""
    return tuple(each for each in ABSURD if type(each) is type(value)) or ABSURD
