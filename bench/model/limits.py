"""What a parameter may be, and what it is where another one changes: said in the declaration, checked before a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Scalar = bool | int | float | str
Parameter = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The values that a parameter can have: one of some, or numbers between bounds. ``None`` is no bound."""

    one_of: tuple[Scalar, ...] = ()
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def allow(self, value: Scalar) -> bool:
        """NaN is allowed by no bound."""
        if self.one_of:
            return value in self.one_of
        if isinstance(value, str):
            return not self._bounds
        return all(
            (
                self.at_least is None or value >= self.at_least,
                self.above is None or value > self.above,
                self.at_most is None or value <= self.at_most,
                self.below is None or value < self.below,
            )
        )

    @property
    def words(self) -> str:
        """Such as ``at least 0 and below 1``, or ``sgd or adam``."""
        if self.one_of:
            return " or ".join(map(str, self.one_of))
        return " and ".join(f"{name.replace('_', ' ')} {bound:g}" for name, bound in self._bounds.items())

    @property
    def _bounds(self) -> dict[str, float]:
        bounds = {"at_least": self.at_least, "above": self.above, "at_most": self.at_most, "below": self.below}
        return {name: bound for name, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """A parameter whose declared value hangs on another one's: the learning rate that is usual for an optimiser."""

    parameter: str
    values: dict[str, Scalar] = field(default_factory=dict)

    def at(self, values: Mapping[str, Parameter]) -> Parameter:
        """What belongs to the other's value; of several values, what belongs to each. ``KeyError`` for one that is not
        known."""
        other = values[self.parameter]
        if isinstance(other, tuple):
            return tuple(self.values[str(item)] for item in other)
        return self.values[str(other)]

    @property
    def words(self) -> str:
        """Such as ``0.01 for sgd, 0.001 for adam``."""
        return ", ".join(f"{value} for {name}" for name, value in self.values.items())
