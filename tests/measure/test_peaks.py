"""What a machine reaches at most, from planted times: a factor of two would show. Nothing here asserts a time."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from bench.measure import peaks

CPU = torch.device("cpu")
MIB = 2**20


def cache(root: Path, **sizes: str) -> Path:
    for index, size in sizes.items():
        folder = root / "sys/devices/system/cpu/cpu0/cache" / index
        folder.mkdir(parents=True)
        (folder / "size").write_text(f"{size}\n")
    return root


@pytest.fixture
def taking(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the calls take, one after the other; every call is made all the same."""
    planted: list[float] = []

    def time_block(call: object, calls: int, device: torch.device) -> tuple[float, None, None]:
        call()  # type: ignore[operator]
        return planted.pop(0), None, None

    monkeypatch.setattr(peaks.clock, "time_block", time_block)
    monkeypatch.setattr(peaks, "SECONDS", 0.0)
    return planted


def test_a_product_of_n_rows_is_two_n_cubed_operations(taking: list[float]) -> None:
    taking += [9.0, 4.0, 2.0, 3.0]
    assert peaks.product(CPU, 10) == 2 * 10**3 / 2.0
    assert taking == []


def test_a_triad_moves_three_bytes_for_each_of_a_slice(taking: list[float]) -> None:
    taking += [9.0, 4.0, 3.0, 2.0]
    assert peaks.triad(CPU, 4096, 1024) == 3 * 1024 / 2.0


def test_the_first_call_does_not_count_though_it_were_the_fastest(taking: list[float]) -> None:
    taking += [1.0, 4.0, 2.0, 3.0]
    assert peaks.best(lambda: None, CPU) == 2.0


def test_time_of_a_gpu_is_that_of_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peaks.clock, "time_block", lambda *_: (5.0, 0.5, None))
    monkeypatch.setattr(peaks, "SECONDS", 0.0)
    assert peaks.best(lambda: None, CPU) == 0.5


def test_arrays_are_far_beyond_the_largest_cache_within_bounds(tmp_path: Path) -> None:
    known = cache(tmp_path / "a", index0="32K", index3="32768K", index9="odd")
    assert peaks.last_cache(known) == 32 * MIB
    assert peaks.array_bytes(known) == 128 * MIB
    assert peaks.array_bytes(cache(tmp_path / "b", index2="1M")) == peaks.SMALLEST
    assert peaks.array_bytes(cache(tmp_path / "c", index3="1G")) == peaks.LARGEST
    assert peaks.array_bytes(tmp_path / "nothing") == peaks.SMALLEST


def test_several_threads_have_as_much_work_each() -> None:
    assert peaks.side(CPU, 4) ** 3 >= 4 * peaks.side(CPU, 1) ** 3
    assert peaks.side(torch.device("cuda"), 4) == peaks.side(torch.device("cuda"), 1)


def test_a_peak_says_of_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peaks, "SECONDS", 0.0)
    monkeypatch.setattr(peaks, "array_bytes", lambda: 2 * peaks.SLICE)
    found = peaks.measure(CPU, 1)
    assert (found.device, found.dtype, found.threads, found.array) == ("cpu", "float32", 1, 2 * peaks.SLICE)
    assert found.flops > 0
    assert found.bandwidth > 0
