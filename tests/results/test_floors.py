"""A floor is kept for its machine, its threads and until the next start, and is no harm when it is damaged."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import cache
from bench.model import NoiseFloor
from bench.results import environment, floors

FLOOR = NoiseFloor(
    created="2026-11-28T10:00:00+00:00",
    widths={"small operations": 0.004, "convolution": 0.018},
    waited=0.01,
    wander=1.2,
    cpu="",
    cores=0,
    threads=1,
    boot="",
)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and a kernel that was started once."""
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "boot_id"
    path.write_text("one\n")
    monkeypatch.setattr(floors, "BOOT", path)
    return path


def test_what_is_kept_is_recalled_with_its_place() -> None:
    assert floors.recall(1) is None
    kept = floors.keep(FLOOR)
    assert kept == replace(FLOOR, cpu=environment.cpu(), cores=environment.cores(), boot="one")
    assert floors.recall(1) == kept
    assert kept.widest == 0.018


def test_each_number_of_threads_has_its_own_and_the_newest_counts() -> None:
    floors.keep(FLOOR)
    floors.keep(replace(FLOOR, threads=2, waited=0.5))
    floors.keep(replace(FLOOR, waited=0.25))
    assert [floor.waited for threads in (1, 2) if (floor := floors.recall(threads))] == [0.25, 0.5]
    assert floors.recall(3) is None


def test_another_start_or_another_machine_knows_nothing(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floors.keep(FLOOR)
    with monkeypatch.context() as patch:
        patch.setattr(environment, "cpu", lambda: "another")
        assert floors.recall(1) is None
    machine.write_text("two\n")
    assert floors.recall(1) is None
    floors.keep(replace(FLOOR, threads=2))
    assert cache.read(floors.NAME).count(b'"boot":"one"') == 0, "what can never hold again is forgotten"


def test_a_kernel_without_a_name_for_its_start(machine: Path) -> None:
    machine.unlink()
    assert floors.boot() == ""
    assert floors.keep(FLOOR) == floors.recall(1)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"floors": [{"created": 1}]}'])
def test_a_damaged_file_holds_nothing(damage: bytes) -> None:
    cache.write(floors.NAME, damage)
    assert floors.recall(1) is None
    assert floors.keep(FLOOR) == floors.recall(1)
