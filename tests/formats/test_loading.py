"""``bench.load``: a run for a notebook."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import bench
from bench.errors import NothingMatched, UsageError
from bench.formats.loading import LoadedRun
from bench.model import Run
from bench.results import named, store
from tests.formats.kept import HOSTILE, REFERENCE, reference


def test_it_is_the_run_with_frames() -> None:
    run, stored = bench.load(REFERENCE), reference()
    assert isinstance(run, LoadedRun)
    assert all(getattr(run, field.name) == getattr(stored, field.name) for field in fields(Run))
    assert len(run.frame()) == 23
    assert run.frame("claims")["passed"].all()


def test_a_file_a_name_its_beginning_and_latest_do_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "results" / HOSTILE.id
    folder.mkdir(parents=True)
    store.write(HOSTILE, folder)
    monkeypatch.chdir(tmp_path)
    for name in (str(folder), folder / "run.json", HOSTILE.id, "20261124", "latest"):
        assert bench.load(name).id == HOSTILE.id
    named.tag("main", HOSTILE.id, tmp_path / "results")
    assert bench.load("main").id == bench.load("latest~0").id == HOSTILE.id
    newest = max(path.parent.name for path in REFERENCE.parent.glob("*/run.json"))
    assert bench.load("latest", root=REFERENCE.parent).id == newest
    with pytest.raises(NothingMatched, match="no run in results is called 'nothing'"):
        bench.load("nothing")


def test_another_word_is_one_line() -> None:
    with pytest.raises(UsageError, match="a frame is of records, samples, claims, metrics, not of 'sample'; did you"):
        bench.load(REFERENCE).frame("sample")


@pytest.mark.slow
def test_loading_imports_neither_pandas_nor_torch() -> None:
    code = f"import bench, sys; bench.load({str(REFERENCE)!r}); assert not {{'pandas', 'torch'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
