"""What a race is run to, and what a method says of each of its steps."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

SYMBOLS: dict[Literal["at_most", "at_least"], str] = {"at_most": "≤", "at_least": "≥"}
SENTENCE = re.compile(r"\s*([^≤≥<>=\n]{1,60}?)\s*(≤|<=|≥|>=)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Target:
    """``loss ≤ 1e-3``: a quantity, and the bound that it is to reach from above (``at_most``) or from below."""

    quantity: str
    relation: Literal["at_most", "at_least"]
    bound: float
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> Target:
        """Raises ``ValueError`` for anything but a quantity, one of ≤ ≥ <= >=, and a finite number."""
        match = SENTENCE.fullmatch(text)
        if not match or not match[1].isprintable() or not match[1].strip() or not math.isfinite(float(match[3])):
            raise ValueError(f"the target {text!r} is not such as 'loss ≤ 1e-3' or 'accuracy ≥ 0.95'")
        relation: Literal["at_most", "at_least"] = "at_most" if match[2] in ("≤", "<=") else "at_least"
        return cls(match[1], relation, float(match[3]), f"{match[1]} {SYMBOLS[relation]} {match[3]}")

    def is_reached(self, value: float) -> bool:
        """NaN and infinity reach nothing."""
        if not math.isfinite(value):
            return False
        return value <= self.bound if self.relation == "at_most" else value >= self.bound

    def best(self, values: Iterable[float]) -> float | None:
        """The one that is nearest to the target, or furthest beyond it; ``None`` for none that is finite."""
        finite = [value for value in values if math.isfinite(value)]
        return (min if self.relation == "at_most" else max)(finite, default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step of a method has come to: the ``value`` of the target's quantity after it, a number or a tensor of
    one, and how many ``evaluations`` of the function or its gradient the step took."""

    value: Any
    evaluations: int = 1
