"""Peak memory of records: the median and the range over processes, and what to say of them."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from statistics import median

from bench.analysis import quantities
from bench.model import Record

SAME = 0.05
PAGES = 16 * 4096
"""Bytes: the meter of resident memory counts pages, and a few of them come and go by chance."""


@dataclass(frozen=True, slots=True)
class Peak:
    """Peak memory above the baseline in bytes: the median over processes, and the range.

    ``tensors`` and ``children`` are those of ``Memory``.
    """

    median: float
    low: int
    high: int
    source: str
    _: KW_ONLY
    tensors: int | None = None
    children: int | None = None

    @property
    def floor(self) -> int:
        """The least that its meter can see; an allocator's own statistics miss nothing."""
        return 0 if self.source.startswith("CUDA") else PAGES


def peak(*records: Record) -> Peak | None:
    """The median and range of peaks over processes; ``None`` where nothing was weighed."""
    weighed = [record.memory for record in records if record.memory is not None and record.memory.peaks]
    peaks = [value for memory in weighed for value in memory.peaks]
    if not peaks:
        return None
    tensors = [memory.tensors for memory in weighed if memory.tensors is not None]
    children = [memory.children for memory in weighed if memory.children is not None]
    return Peak(
        median(peaks),
        min(peaks),
        max(peaks),
        weighed[0].source,
        # A peak that only some of the records have counted is not that of all.
        tensors=max(tensors) if len(tensors) == len(weighed) else None,
        children=max(children, default=None),
    )


def peak_in_words(memory: Peak | None) -> str:
    """ "1.5 MiB", with the range where processes differ by more than a twentieth; "below 64 KiB", which no meter of
    pages can tell from nothing; and child processes."""
    if memory is None:
        return ""
    children = children_in_words(memory)
    return resident_in_words(memory) + (f", and {children}" if children else "")


def resident_in_words(memory: Peak) -> str:
    """The peak of the process itself."""
    if memory.median < memory.floor or memory.high - memory.low <= SAME * memory.median:
        return middle_in_words(memory)
    if memory.low < memory.floor:
        floor = quantities.size(memory.floor)
        return f"{quantities.size(memory.median)} (below {floor} to {quantities.size(memory.high, 2)})"
    scale, unit = quantities.unit_for(memory.median, quantities.BYTES)
    low, high = (quantities.number(value / scale, 2) for value in (memory.low, memory.high))
    return f"{quantities.number(memory.median / scale, 2)} ({low} to {high}) {unit}"


def middle_in_words(memory: Peak) -> str:
    """The median over processes alone."""
    if memory.median < memory.floor:
        return f"below {quantities.size(memory.floor)}"
    return quantities.size(memory.median)


def children_in_words(memory: Peak) -> str:
    """ "200 MiB in child processes"; nothing where there were none."""
    if memory.children is None:
        return ""
    if memory.children == 0:
        return "child processes that were not weighed"
    return f"{quantities.size(memory.children)} in child processes"


def tensors_in_words(memory: Peak | None) -> str:
    """The peak of tensor bytes, where they were counted."""
    if memory is None or memory.tensors is None:
        return ""
    return quantities.size(memory.tensors) if memory.tensors else "none"
