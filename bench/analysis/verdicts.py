"""What may be shown of a time that was held against another, by pairs that alternate or by two runs: the words and the
margin are one, and only what is said of the rest is each one's own."""

from __future__ import annotations

from typing import Literal

Shown = Literal["slower", "faster", "equivalent"]
MARGIN = 0.03
"""The share of the time within which a difference counts as none, unless another one is asked for."""
