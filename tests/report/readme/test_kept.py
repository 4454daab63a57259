"""Which of the kept runs a page speaks of."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.model import Run
from bench.report.readme.kept import Kept, current, newest, runs_in
from bench.results import store

LATER = "2026-11-25T00:00:00+00:00"


def test_a_folder_gives_its_runs_by_name(run: Run, tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="holds no runs"):
        runs_in(tmp_path)
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        store.write(run, tmp_path / name)
    assert [each.folder.name for each in runs_in(tmp_path)] == ["a", "b"]


def test_the_newest_finished_quick_run_is_shown(run: Run) -> None:
    later = replace(run, created=LATER)
    others = [replace(later, finished=False), replace(later, profile="full"), replace(later, records=())]
    runs = [later, run, *others]
    kept = [Kept(each, Path(str(at))) for at, each in enumerate(runs)]
    assert newest(kept, "ex10") is kept[0]
    assert newest(kept[1:], "ex10") is kept[1]
    with pytest.raises(BenchError, match="none of the 3 kept runs is a finished quick run of ex10"):
        newest(kept[2:], "ex10")


def test_a_run_of_a_few_parts_makes_no_other_one_old(run: Run) -> None:
    part = replace(run, created=LATER, records=tuple(r for r in run.records if r.case.part == "a"))
    assert [other for other, _ in current([run, part])] == [run, part]
    whole = replace(run, created="2026-11-26T00:00:00+00:00")
    assert [other for other, _ in current([part, whole])] == [whole]
    on_gpu = replace(
        run,
        created=LATER,
        records=tuple(replace(r, case=replace(r.case, device="cuda")) for r in run.records),
    )
    assert [other for other, _ in current([run, on_gpu])] == [run, on_gpu]
