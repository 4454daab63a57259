"""The index of a folder of runs: built once, brought up to date, made anew whatever happens to its file."""

import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.analysis.trend import measured
from bench.model import Run
from bench.model.history import History, Unread
from bench.results import index, store
from bench.results.store import StoreError
from tests import histories, places


class Counted:
    """Measures runs, and counts them."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def __call__(self, run: Run) -> object:
        self.ids.append(run.id)
        return measured(run)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    histories.keep(tmp_path / "results", *(histories.run(number) for number in range(3)))
    return tmp_path / "results"


def asked(root: Path, measure: Callable = measured, quantity: str = "time") -> tuple[History, tuple[Unread, ...]]:
    return index.history(index.Source(root=root, measure=measure), "ex07", quantity)


def values(root: Path) -> list[float]:
    """Of the one case, by time."""
    history, _ = asked(root)
    (track,) = history.tracks
    return [value for _, value in sorted(zip(track.runs, track.values, strict=True))]


def test_what_runs_measured_is_there_by_time(root: Path) -> None:
    history, unread = asked(root)
    assert [run.created for run in history.runs] == [histories.moment(number) for number in range(3)]
    assert history.runs[1].environment == histories.place(1)
    (track,) = history.tracks
    assert track.case == histories.case()
    assert (track.values, track.lows) == (pytest.approx([1e-3] * 3), pytest.approx([0.99e-3] * 3))
    assert unread == ()


def test_an_exercise_without_runs_and_a_folder_without_runs_are_empty(root: Path) -> None:
    source = index.Source(root=root, measure=measured)
    assert index.history(source, "ex08", "time") == (History(), ())
    assert index.history(source, "ex07", "memory") == (History(), ())
    assert asked(root / "nowhere") == (History(), ())


def test_what_has_not_changed_is_not_read_again(root: Path) -> None:
    first, second = Counted(), Counted()
    asked(root, first)
    histories.keep(root, histories.run(3))
    asked(root, second)
    assert (first.ids, second.ids) == (["run-0", "run-1", "run-2"], ["run-3"])


def test_a_run_that_was_written_anew_is_read_anew_and_one_that_is_gone_is_forgotten(root: Path) -> None:
    asked(root)
    first, second, _ = sorted(root.iterdir())
    store.write(histories.run(0, histories.record(5e-3)), first)
    for path in second.iterdir():
        path.unlink()
    assert values(root) == pytest.approx([5e-3, 1e-3])


def test_a_file_of_the_same_size_is_known_by_its_time(root: Path) -> None:
    asked(root)
    path = min(root.iterdir()) / store.RUN
    counted = Counted()
    os.utime(path, ns=(0, 1))
    asked(root, counted)
    assert counted.ids == ["run-0"]


@pytest.mark.parametrize("damage", ["not a database", "", "SQLite format 3\0" + "x" * 5000])
def test_a_damaged_index_is_made_anew(root: Path, damage: str) -> None:
    asked(root)
    (file,) = (root.parent / "cache" / "index").glob("*.sqlite")
    file.write_text(damage)
    assert values(root) == pytest.approx([1e-3] * 3)
    counted = Counted()
    asked(root, counted)
    assert counted.ids == [], "it was kept"


@pytest.mark.parametrize(
    "spoilt",
    [
        "pragma user_version = 99",
        "drop table readings",
        "delete from runs",
        "update tracks set described = x'7b'",
        "update places set environment = x'7b7d'",
    ],
)
def test_an_index_of_another_version_or_with_other_content_is_made_anew(root: Path, spoilt: str) -> None:
    asked(root)
    (file,) = (root.parent / "cache" / "index").glob("*.sqlite")
    database = sqlite3.connect(file)
    database.execute(spoilt)
    database.commit()
    database.close()
    assert values(root) == pytest.approx([1e-3] * 3)


def test_without_a_place_for_it_the_runs_are_read_each_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / "file").write_text("")
    monkeypatch.setenv("BENCH_CACHE", str(root.parent / "file"))
    assert values(root) == pytest.approx([1e-3] * 3)


def test_a_disk_without_room_costs_the_index_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(root)
    (file,) = (root.parent / "cache" / "index").glob("*.sqlite")
    file.unlink()
    file.mkdir()
    assert values(root) == pytest.approx([1e-3] * 3)


def test_runs_that_cannot_be_read_are_named_with_the_reason_and_not_tried_again(root: Path) -> None:
    bad = {"a-cut": '{"schema": 1, "id"', "b-new": '{"schema": 99}', "c-other": "[]"}
    for name, content in bad.items():
        (root / name).mkdir()
        (root / name / store.RUN).write_text(content)
    (root / "d-half").mkdir()
    (root / "d-half" / "journal.jsonl").write_text("")
    (root / "e-nothing").mkdir()
    for number, more in ((4, {"finished": False}), (5, {"created": "tomorrow"})):
        (root / f"f-{number}").mkdir()
        (root / f"f-{number}" / store.RUN).write_bytes(store.encode(histories.run(number, **more)))
    _, unread = asked(root)
    assert [each.folder for each in unread] == ["a-cut", "b-new", "c-other", "d-half", "f-4", "f-5"]
    assert unread[1].reason == "written by schema 99, this bench reads up to 2: upgrade bench"
    assert unread[3].reason == unread[4].reason == index.HALF
    assert unread[5].reason == "created is 'tomorrow', which is no time"
    assert not any(str(root) in each.reason for each in unread)
    counted = Counted()
    assert asked(root, counted)[1] == unread
    assert counted.ids == []


def test_a_folder_that_cannot_be_looked_into_is_one_line(root: Path) -> None:
    (root.parent / "file").write_text("")
    with pytest.raises(
        StoreError, match=r"file cannot be looked into \(Not a directory\): name a folder of runs with -o"
    ):
        asked(root.parent / "file")


def test_a_case_is_the_same_in_whatever_order_its_parameters_stand(root: Path) -> None:
    for number, parameters in ((7, {"a": 1, "b": 2}), (8, {"b": 2.0, "a": 1})):
        histories.keep(root, histories.run(number, histories.record(1e-3, "x", parameters=parameters)))
    history, _ = asked(root)
    assert [len(track.runs) for track in history.tracks if track.case.variant == "x"] == [2]


def test_a_name_that_is_no_text_is_no_harm(root: Path) -> None:
    folder = root / os.fsdecode(b"\xff-ex07")
    folder.mkdir()
    (folder / store.RUN).write_bytes(store.encode(histories.run(9)))
    assert asked(root)[0].runs[-1].id == "\N{REPLACEMENT CHARACTER}-ex07"


def test_numbers_are_kept_in_steps_and_many_runs_are_announced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MANY", 3)
    monkeypatch.setattr(index, "BATCH", 2)
    said: list[str] = []

    def interrupted(run: Run) -> object:
        if run.id == "run-2":
            raise KeyboardInterrupt
        return measured(run)

    with pytest.raises(KeyboardInterrupt):
        index.history(index.Source(root=root, measure=interrupted, say=said.append), "ex07", "time")
    assert said == [f"reading 3 runs in {root}: their numbers are kept for the next time"]
    counted = Counted()
    asked(root, counted)
    assert counted.ids == ["run-2"]


def count(root: Path) -> int:
    return len(asked(root)[0].runs)


def test_two_that_build_it_at_once_both_see_all(root: Path) -> None:
    histories.keep(root, *(histories.run(number) for number in range(3, 20)))
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert pool.map(count, [root] * 3) == [20, 20, 20]


def test_two_folders_have_two_indices(root: Path) -> None:
    histories.keep(root.parent / "other", replace(histories.run(0), id="elsewhere"))
    asked(root)
    asked(root.parent / "other")
    assert len(list((root.parent / "cache" / "index").glob("*.sqlite"))) == 2


def test_a_run_that_is_moved_to_the_folder_of_its_month_is_known_and_one_made_there_is_read(root: Path) -> None:
    asked(root)
    moved = min(root.iterdir())
    (root / "2026-11").mkdir()
    moved.rename(root / "2026-11" / moved.name)
    histories.keep(root / "2026-11", histories.run(3))
    counted = Counted()
    history, unread = asked(root, counted)
    assert (counted.ids, len(history.runs), unread) == (["run-3"], 4, ())


def test_a_run_in_two_places_is_that_of_the_root(root: Path) -> None:
    for home, seconds in ((root, 5e-3), (root / "2026-11", 7e-3)):
        histories.keep(home, histories.run(3, histories.record(seconds)))
    assert values(root) == pytest.approx([1e-3, 1e-3, 1e-3, 5e-3])
    counted = Counted()
    for home in (root / "2026-11", root):
        os.utime(max(home.glob("2026*Z-*")) / store.RUN, ns=(0, 1))
        asked(root, counted)
    assert counted.ids == ["run-3"], "it alone is watched for a change"


def on_two_places(number: int) -> Run:
    """A case of two seeds, each on a place of its own; on the second one a call takes twice as long."""
    run = histories.run(number)
    (record,) = run.records
    slow = tuple(replace(sample, seconds=2 * sample.seconds) for sample in record.samples)
    second = replace(record, case=replace(record.case, seed=1), samples=slow)
    return places.spread(
        replace(run, records=(record, second)), lambda each: places.SECOND if each.case.seed else places.FIRST
    )


def test_a_reading_belongs_to_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    histories.keep(tmp_path / "results", *map(on_two_places, range(2)))
    for _ in range(2):  # from the files, and from the index alone
        history, unread = asked(tmp_path / "results")
        assert unread == ()
        told = [(run.place, run.environment.cpu) for run in history.runs]
        assert told == 2 * [("node-1", "AMD EPYC 7B13"), ("node-2", "Intel Xeon Platinum 8481C")]
        (track,) = history.tracks
        by_run = dict(zip(track.runs, track.values, strict=True))
        assert [by_run[number] for number in range(4)] == pytest.approx([1e-3, 2e-3, 1e-3, 2e-3])


def test_a_run_that_has_gone_takes_its_places_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "results"
    histories.keep(root, *map(on_two_places, range(2)))
    asked(root)
    for file in sorted(root.iterdir())[0].iterdir():
        file.unlink()
    history, _ = asked(root)
    assert [run.place for run in history.runs] == ["node-1", "node-2"]
    (file,) = (tmp_path / "cache" / "index").glob("*.sqlite")
    with sqlite3.connect(file) as database:
        (counts,) = database.execute("select (select count(*) from places), (select count(*) from readings)")
    database.close()
    assert counts[0] == 2
