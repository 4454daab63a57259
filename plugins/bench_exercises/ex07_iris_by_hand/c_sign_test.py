"""The exact sign test: is one of two treatments better more often than a fair coin would have it?"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Signs:
    """Pairs won, lost and tied."""

    wins: int
    losses: int
    ties: int

    @property
    def p(self) -> float:
        """The two-sided probability of a split at least so uneven; ties decide nothing and are left out.

        Of n fair coins at most k show the rarer side with probability Σ C(n, i) / 2ⁿ over i ≤ k, and either side may
        be the rarer one.
        """
        n, rarer = self.wins + self.losses, min(self.wins, self.losses)
        return min(1.0, 2 * sum(comb(n, i) for i in range(rarer + 1)) / 2**n)


def sign_test(advantage: Tensor) -> Signs:
    """``advantage`` (pairs,) is positive where the pair was won."""
    return Signs(int((advantage > 0).sum()), int((advantage < 0).sum()), int((advantage == 0).sum()))
