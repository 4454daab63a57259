"""A JSON document as other tools take it."""

from __future__ import annotations

import json


def encode(value: object) -> bytes:
    """JSON in ASCII, which no reader's locale can spoil. Raises ``ValueError`` for NaN and infinity."""
    return json.dumps(value, indent=1, allow_nan=False).encode("ascii") + b"\n"
