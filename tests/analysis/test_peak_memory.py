"""Peaks of processes, and the words for them."""

from dataclasses import replace

from bench.analysis import peak_memory
from bench.model import Case, Memory, Record

CASE = Case(exercise="ex07", part="b", device="cpu", seed=0, variant="by hand")


def record() -> Record:
    return Record(case=CASE, outcome="ok")


def test_peaks_are_a_median_and_a_range() -> None:
    weighed = replace(record(), memory=Memory((2**20, 3 * 2**20, 2**21), 5, "VmHWM"))
    peak = peak_memory.peak(weighed)
    assert peak == peak_memory.Peak(2**21, 2**20, 3 * 2**20, "VmHWM")
    assert peak_memory.peak_in_words(peak) == "2 (1 to 3) MiB"
    assert peak_memory.peak_in_words(peak_memory.Peak(2**21, 2**21, 2**21 + 999, "")) == "2 MiB"
    assert peak_memory.peak(record()) is None
    assert peak_memory.peak_in_words(None) == ""


def test_a_peak_that_pages_cannot_tell_from_none_is_called_that() -> None:
    def words(*peaks: int, source: str = "VmHWM", children: int | None = None) -> str:
        weighed = Memory(peaks, 5, source, children=children)
        return peak_memory.peak_in_words(peak_memory.peak(replace(record(), memory=weighed)))

    assert words(0) == words(28 * 1024, 40 * 1024) == "below 64 KiB"
    assert words(64 * 1024) == "64 KiB"
    assert words(0, 2**20, 2**21) == "1 MiB (below 64 KiB to 2 MiB)"
    assert words(512, source="CUDA allocator") == "512 B", "an allocator knows every byte"
    assert words(0, children=200 * 2**20) == "below 64 KiB, and 200 MiB in child processes"
    assert words(2**20, children=0) == "1 MiB, and child processes that were not weighed"


def test_tensors_are_given_where_every_record_has_them() -> None:
    counted = replace(record(), memory=Memory((2**20,), 5, "VmHWM", tensors=2**20))
    uncounted = replace(record(), memory=Memory((2**20,), 5, "VmHWM"))
    assert peak_memory.tensors_in_words(peak_memory.peak(counted)) == "1 MiB"
    assert peak_memory.tensors_in_words(peak_memory.peak(counted, uncounted)) == ""
    assert (
        peak_memory.tensors_in_words(peak_memory.peak(replace(record(), memory=Memory((9,), 5, "", tensors=0))))
        == "none"
    )
    assert peak_memory.tensors_in_words(None) == ""
