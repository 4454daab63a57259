"""How far a run in shards has come, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Condition = Literal["waiting", "running", "done", "refused", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run has come: its shards by condition, and the seconds that are left, where that can be told."""

    shards: Mapping[Condition, int]
    left: float | None = None

    @property
    def total(self) -> int:
        return sum(self.shards.values())

    @property
    def wrong(self) -> int:
        """Those that will not be done."""
        return self.shards.get("refused", 0) + self.shards.get("lost", 0)

    @property
    def ended(self) -> int:
        return self.shards.get("done", 0) + self.wrong

    @property
    def words(self) -> str:
        """Such as ``14 shards: 3 waiting, 2 running, 9 done; about 2 min left``."""
        total = self.total
        counts = ", ".join(f"{count} {name}" for name, count in self.shards.items() if count)
        left = f"; about {minutes(self.left)} left" if self.left else ""
        return f"{total} shard{'s' * (total != 1)}: {counts}{left}"


def minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
