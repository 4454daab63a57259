"""Planted bugs: each stands where its list says, and a run in profile smoke notices it."""

import os
from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest

from tests.plants.planting import KINDS, NOTICED, ROOT, Plant, plants, run_with

PLANTS = plants()


def is_tried(plant: Plant) -> bool:
    """Every second one, as all take most of an hour: ``BENCH_ALL_PLANTS=1 pytest -m slow tests/plants`` tries them all.

    By its content, so that a new one changes nothing for the others.
    """
    return bool(os.environ.get("BENCH_ALL_PLANTS")) or crc32((plant.file + plant.new).encode()) % 2 == 0


def label(plant: Plant) -> str:
    return f"{plant.file.removesuffix('.py')}: {plant.name}"


@pytest.mark.parametrize("plant", PLANTS, ids=label)
def test_it_changes_one_place_and_is_of_a_known_kind(plant: Plant) -> None:
    assert plant.kind in KINDS
    assert plant.run
    plant.planted((ROOT / plant.path).read_text())


def test_none_stands_twice() -> None:
    assert [place for place, times in Counter((p.file, p.old, p.new) for p in PLANTS).items() if times > 1] == []


@pytest.mark.slow
@pytest.mark.parametrize("plant", [plant for plant in PLANTS if is_tried(plant)], ids=label)
def test_a_run_notices_it(plant: Plant, tmp_path: Path) -> None:
    done = run_with(plant, tmp_path)
    assert done.returncode == NOTICED, (
        f"not noticed (exit {done.returncode}):\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    )
