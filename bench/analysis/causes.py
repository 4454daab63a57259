"""Why a machine was busy: what was measured beside the samples, and what of it explains a ratio that says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis import laps
from bench.model import Record

BUSY = 0.05
"""Where more than this share of the time was taken away, the machine is the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Shares of the time of some blocks that they did not have: for others ``waited`` for, ``stolen`` by a hypervisor,
    ``throttled`` by a quota."""

    waited: float = 0.0
    stolen: float = 0.0
    throttled: float = 0.0

    @property
    def is_busy(self) -> bool:
        return max(self.waited, self.stolen, self.throttled) > BUSY

    @property
    def words(self) -> str:
        """The largest of them: "others had 38 % of this core"."""
        # A thread whose group has used up its quota counts as waiting too.
        if self.throttled > BUSY:
            return f"the quota of its container stopped it for {_percent(self.throttled)} of the time"
        if self.stolen > self.waited:
            return f"the hypervisor took {_percent(self.stolen)} of this core"
        return f"others had {_percent(self.waited)} of this core"


NOTHING = Taken()


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def taken(records: Sequence[Record]) -> Taken:
    """What was taken from records that were measured side by side."""
    rounds = [record.disturbance for record in records if record.disturbance is not None]
    return Taken(
        waited=laps.waited(sample for record in records for sample in record.samples),
        stolen=max((each.stolen for each in rounds), default=0.0),
        throttled=max((each.throttled for each in rounds), default=0.0),
    )
