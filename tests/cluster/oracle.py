"""A run that was done elsewhere held against the same run done here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.model import Record, Run
from bench.results import store


def timeless(record: Record) -> Record:
    """A record without what depends on the machine: time, memory, place."""
    bare: dict[str, Any] = {"seconds": 0.0, "memory": None, "disturbance": None, "notes": (), "place": ""}
    return replace(record, samples=(), **bare)


def assert_same(run: Run, plain: Run) -> None:
    """The same records in the same order, but for time, memory and place."""
    assert run.finished
    assert plain.finished
    assert [record.case for record in run.records] == [record.case for record in plain.records]
    for record, other in zip(run.records, plain.records, strict=True):
        assert timeless(record) == timeless(other)
        assert bool(record.samples) == bool(other.samples)
        assert (record.memory is None) == (other.memory is None)


def figures(folder: Path) -> dict[str, bytes]:
    """The figures of a run, by their paths within it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "figures").rglob("*"))
        if path.is_file()
    }


def only_run(root: Path) -> Path:
    """The one run that lies in a folder of results."""
    (folder,) = (path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    return folder


def read(root: Path) -> Run:
    return store.read(only_run(root))
