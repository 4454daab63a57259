"""The noise floor of a machine as ``bench doctor --noise`` found it: kept until the machine starts anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bench import cache
from bench.model import NoiseFloor
from bench.results import environment, store

NAME = "noise.json"
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Kept:
    """The content of the file: one floor for each number of threads."""

    floors: tuple[NoiseFloor, ...] = ()


def boot() -> str:
    """The name of the time since this machine was started; empty where the kernel gives none."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


def recall(threads: int) -> NoiseFloor | None:
    """The floor of this machine for processes of so many threads."""
    place = (environment.cpu(), environment.cores(), threads, boot())
    return next((floor for floor in _read() if _place(floor) == place), None)


def keep(floor: NoiseFloor) -> NoiseFloor:
    """Replace what is known of this machine; floors of before its last start say nothing of it any more."""
    floor = replace(floor, cpu=environment.cpu(), cores=environment.cores(), boot=boot())
    others = (other for other in _read() if other.boot == floor.boot and _place(other) != _place(floor))
    cache.write(NAME, store.encode(Kept((*others, floor))))
    return floor


def _place(floor: NoiseFloor) -> tuple[str, int, int, str]:
    return floor.cpu, floor.cores, floor.threads, floor.boot


def _read() -> tuple[NoiseFloor, ...]:
    try:
        return store.decode(cache.read(NAME) or b"{}", Kept).floors
    except store.StoreError:  # an older bench's, or damaged: it is measured again in seconds
        return ()
