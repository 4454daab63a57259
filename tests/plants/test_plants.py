"""Planted bugs: each stands where its list says, and a run in profile smoke notices it."""

import os
from collections import Counter
from itertools import chain
from pathlib import Path
from zlib import crc32

import pytest

from bench.results import store
from tests.plants.planting import KINDS, NOTICED, ROOT, Plant, plants, run_with, together, unnoticed

PLANTS = plants()


def is_tried(plant: Plant) -> bool:
    """Every third one, as all take most of an hour: ``BENCH_ALL_PLANTS=1 pytest -m slow tests/plants`` tries them all.

    By its content, so that a new one changes nothing for the others.
    """
    return bool(os.environ.get("BENCH_ALL_PLANTS")) or crc32((plant.file + plant.new).encode()) % 6 in (0, 2)


def label(plant: Plant) -> str:
    return f"{plant.file.removesuffix('.py')}: {plant.name}"


@pytest.mark.parametrize("plant", PLANTS, ids=label)
def test_it_changes_one_place_and_is_of_a_known_kind(plant: Plant) -> None:
    assert plant.kind in KINDS
    assert plant.run
    plant.planted((ROOT / plant.path).read_text())


def test_none_stands_twice() -> None:
    assert [place for place, times in Counter((p.file, p.old, p.new) for p in PLANTS).items() if times > 1] == []


def test_of_an_exercise_one_is_tried_at_a_time() -> None:
    tried = together(PLANTS)
    assert sorted(map(label, chain(*tried))) == sorted(map(label, PLANTS))
    for some in filter(lambda some: len(some) > 1, tried):
        assert len({plant.exercise for plant in some}) == len(some)
        assert all(part[:4] == plant.exercise for plant in some for part in plant.run)


@pytest.mark.slow
@pytest.mark.timeout(900)  # two minutes on a quiet machine
@pytest.mark.parametrize("some", together(filter(is_tried, PLANTS)), ids=lambda some: some[0].run[0])
def test_a_run_notices_them(some: tuple[Plant, ...], tmp_path: Path) -> None:
    done = run_with(some, tmp_path)
    said = done.stdout[-2000:] + done.stderr[-2000:]
    assert done.returncode == NOTICED, f"exit {done.returncode}:\n{said}"
    (folder,) = (tmp_path / "results").glob("2*")
    assert not [label(plant) for plant in unnoticed(some, store.read(folder))], said
