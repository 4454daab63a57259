"""7c: the exact sign test of pairs, by SciPy and by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Signs:
    """Pairs won, lost and tied."""

    wins: int
    losses: int
    ties: int

    @property
    def p(self) -> float:
        """The two-sided probability of a split at least so uneven by the toss of a coin; ties are left out."""
        from scipy.stats import binomtest  # takes long to import, which no listing should wait for

        decided = self.wins + self.losses
        return float(binomtest(self.wins, decided).pvalue) if decided else 1.0

    @property
    def p_by_hand(self) -> float:
        """Of n coins at most k show the rarer side with probability Σ C(n, i) / 2ⁿ, i ≤ k; either may be the rarer."""
        n, k = self.wins + self.losses, min(self.wins, self.losses)
        return min(1.0, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2**n)


def count(advantage: Tensor) -> Signs:
    """``advantage`` (pairs,) is positive where the pair was won."""
    return Signs(int((advantage > 0).sum()), int((advantage < 0).sum()), int((advantage == 0).sum()))
