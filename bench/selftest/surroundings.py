"""What else the machine did meanwhile: of one that was busy it is said that it was, not that it measures badly."""

from __future__ import annotations

import resource
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.analysis import laps
from bench.measure import clock
from bench.model import Record

OTHERS = 0.05
"""The share of this machine's cores that others may use, and it is still quiet."""
STOLEN = 0.02
"""The share of its time that the host may take from a virtual machine."""
WAITED = 0.01
"""The share of their time in which timed blocks may have had no core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Shares while the selftest ran: of all cores that ``others`` used and that the host had ``stolen``; of the timed
    blocks, in which their thread ``waited`` for a core. None where the system does not say."""

    cores: int
    others: float | None = None
    stolen: float | None = None
    waited: float | None = None

    @property
    def busy(self) -> str:
        """Why this machine was not quiet, with figures; empty for one that was."""
        reasons = [
            ("other processes used {:.0%} of its cores", self.others, OTHERS),
            ("its host took {:.1%} of its time", self.stolen, STOLEN),
            ("timed blocks waited {:.1%} of their time for a core", self.waited, WAITED),
        ]
        # A share that is not a number is above nothing: it excuses nothing.
        told = [words.format(share) for words, share, most in reasons if share is not None and share > most]
        return "; ".join(told).replace("%", " %")


@dataclass(slots=True)
class Watch:
    """Counts from where it is made; to be asked once the processes of the selftest have ended."""

    start: float = field(default_factory=clock.now)
    ours: float = field(default_factory=lambda: own_seconds())
    machine: tuple[float, float] | None = field(default_factory=lambda: machine_seconds())

    def surroundings(self, cores: int, records: Iterable[Record]) -> Surroundings:
        samples = [sample for record in records for sample in record.samples]
        waited = laps.waited(samples) if samples else None
        now, available = machine_seconds(), (clock.now() - self.start) * cores
        if now is None or self.machine is None or not available > 0:
            return Surroundings(cores=cores, waited=waited)
        busy, stolen = (after - before for after, before in zip(now, self.machine, strict=True))
        others = max(0.0, busy - (own_seconds() - self.ours)) / available
        return Surroundings(cores=cores, others=others, stolen=max(0.0, stolen) / available, waited=waited)


def own_seconds() -> float:
    """Seconds on a core of this process, and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def machine_seconds() -> tuple[float, float] | None:
    """Seconds that all processes of the machine have had a core, and that its host has taken from it."""
    import psutil

    try:
        times = psutil.cpu_times()
    except (OSError, ValueError):  # no /proc/stat in some containers
        return None
    # A guest's time is in its host's user time already.
    busy = times.user + times.system + sum(getattr(times, name, 0.0) for name in ("nice", "irq", "softirq"))
    return busy, getattr(times, "steal", 0.0)
