"""A run that goes on from another one: what must be the same, what is copied, and what is refused in one line."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import NothingMatched, UsageError
from bench.execute import continuing
from bench.execute.continuing import Earlier
from bench.model import SCHEMA, Case, Record, Run, Task
from bench.results import environment, store
from bench.results.store import StoreError

HERE = environment.gather({}, 1)
CODE = {"plugin/ex01.py": "abc"}


def case(epochs: int = 4, part: str = "a", seed: int = 0, **parameters: object) -> Case:
    values = {"epochs": epochs, "rate": 0.1} | parameters
    return Case(exercise="ex01", part=part, device="cpu", seed=seed, parameters=values)


def kept(folder: Path, *cases: Case) -> Earlier:
    """A run of trainings whose checkpoints hold their number of epochs."""
    records = []
    for each in cases:
        path = f"{each.folder}/checkpoints/net.pt"
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(str(each.parameters["epochs"]))
        records.append(Record(case=each, outcome="ok", checkpoints=(path,)))
    run = Run(
        schema=SCHEMA,
        id="earlier",
        created="2026-11-28T00:00:00+00:00",
        command=("bench",),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=HERE,
        records=tuple(records),
        code=CODE,
    )
    store.write(run, folder)
    return Earlier.read(folder)


def tasks(*cases: Case) -> tuple[Task, ...]:
    return tuple(Task("study", each) for each in cases)


def test_only_trainings_that_were_begun_go_on(tmp_path: Path) -> None:
    earlier = kept(tmp_path, case(4))
    wanted = (*tasks(case(8), case(8, "b")), Task("agree", case(8, "a.speed")))
    assert continuing.tasks_of(earlier, wanted) == tasks(case(8))


def test_checkpoints_are_copied_from_the_longest_training_on_the_way(tmp_path: Path) -> None:
    earlier = kept(tmp_path / "earlier", case(4), case(6), case(9))
    continuing.bring(earlier, tasks(case(8)), tmp_path / "new")
    assert (tmp_path / "new" / case(8).folder / "checkpoints" / "net.pt").read_text() == "6"
    assert Earlier.read(tmp_path / "earlier") == earlier


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        (case(8, "b"), NothingMatched, "has no checkpoints of ex01.b: make one with --keep-checkpoints"),
        (case(4), UsageError, "ex01.a has had 4 epochs in earlier already: ask for more, --param epochs=8"),
        (case(8, rate=0.5), UsageError, "in ex01.a rate is 0.5 here and 0.1 there"),
        (case(8, seed=1), UsageError, "in ex01.a seed is 1 here and 0 there"),
    ],
)
def test_what_cannot_go_on_says_why(tmp_path: Path, wanted: Case, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        continuing.tasks_of(kept(tmp_path, case(4)), tasks(wanted))


def test_a_training_that_leaves_no_checkpoints_is_not_to_be_run_with_them_again(tmp_path: Path) -> None:
    earlier = kept(tmp_path, case(4))
    records = tuple(replace(record, checkpoints=()) for record in earlier.run.records)
    for command, says in (
        (("bench", "run", "ex01"), "make one with --keep-checkpoints"),
        (("bench", "run", "ex01", "--keep-checkpoints"), "such trainings leave none; run them anew"),
    ):
        bare = replace(earlier, run=replace(earlier.run, records=records, command=command))
        with pytest.raises(NothingMatched, match=says):
            continuing.tasks_of(bare, tasks(case(8)))


def test_profile_data_machine_and_code_must_be_the_same(tmp_path: Path) -> None:
    earlier, same = kept(tmp_path), {"profile": "smoke", "data": "embedded", "here": HERE, "code": CODE}
    continuing.check(earlier, **same)
    for other, says in (
        ({"profile": "quick"}, "profile is quick here and smoke there"),
        ({"data": "full"}, "data is full here and embedded there"),
        ({"here": replace(HERE, torch="another")}, "torch"),
        ({"code": {"plugin/ex01.py": "abd"}}, "plugin/ex01.py has changed"),
    ):
        with pytest.raises(UsageError, match=says):
            continuing.check(earlier, **same | other)


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside.pt", "gone.pt"])
def test_a_checkpoint_outside_the_run_or_gone_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.pt").write_text("")
    earlier = kept(tmp_path / "run", case(4))
    strayed = replace(earlier.run, records=(replace(earlier.run.records[0], checkpoints=(path,)),))
    with pytest.raises(UsageError, match="has lost its checkpoint"):
        continuing.tasks_of(replace(earlier, run=strayed), tasks(case(8)))


def test_a_full_disk_leaves_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a journal: the run cannot be resumed without what it was to go on from."""
    earlier = kept(tmp_path / "earlier", case(4), case(4, seed=1))
    copied: list[Path] = []

    def full(source: Path, target: Path) -> None:
        target.write_text("half")
        copied.append(target)
        if len(copied) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StoreError, match="no space left on the disk of"):
        continuing.bring(earlier, tasks(case(8), case(8, seed=1)), tmp_path / "new")
    assert len(copied) == 2
    assert [path for path in (tmp_path / "new").rglob("*") if path.is_file()] == []
