import errno
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bench.errors import NothingMatched
from bench.results import folders, months
from bench.results.folders import exact, find, make_folder, newest, runs
from bench.results.store import StoreError

NOW = datetime(2026, 11, 24, hour=17, minute=54, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "20261124T175400Z-ex10-cpu",
        "20261124T175400Z-ex10-cpu-2",
        "20261125T080000Z-ex07-cuda",
        "reference",
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text("{}")
    (tmp_path / "20270101T000000Z-empty-cpu").mkdir()
    (tmp_path / "README.md").write_text("")
    return tmp_path


def test_a_folder_is_named_by_time_in_utc_exercise_and_device(tmp_path: Path) -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    folder = make_folder(tmp_path / "deep" / "results", "ex10", "cpu", east)
    assert folder == tmp_path / "deep" / "results" / "20261124T175400Z-ex10-cpu"
    assert folder.is_dir()


def test_two_folders_in_one_second_are_two(tmp_path: Path) -> None:
    names = [make_folder(tmp_path, "ex10", "cpu", NOW).name for _ in range(3)]
    assert names == [f"20261124T175400Z-ex10-cpu{end}" for end in ("", "-2", "-3")]


@pytest.mark.parametrize(
    ("what", "safe"),
    [("ex10.a+ex07", "ex10.a+ex07"), ("../../etc", "etc"), ("a b/ü", "a-b"), ("..", "run"), ("", "run")],
)
def test_a_name_can_not_leave_the_root(tmp_path: Path, what: str, safe: str) -> None:
    folder = make_folder(tmp_path, what, "cuda:0", NOW)
    assert folder == tmp_path / f"20261124T175400Z-{safe}-cuda-0"


def test_a_long_name_is_cut(tmp_path: Path) -> None:
    assert len(make_folder(tmp_path, "ex10+" * 100, "cpu", NOW).name) < 100


def test_a_root_that_is_a_file_is_one_line(root: Path) -> None:
    with pytest.raises(StoreError, match=r"README\.md is not a folder: name one with -o"):
        make_folder(root / "README.md", "ex10", "cpu", NOW)
    with pytest.raises(StoreError, match=r"cannot be written: Not a directory"):
        make_folder(root / "README.md" / "results", "ex10", "cpu", NOW)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "no space left on the disk of {}: free some, or name another folder with -o"),
        (
            errno.EACCES,
            "{} cannot be written (Permission denied): change its permissions, or name another folder with -o",
        ),
        (
            errno.EROFS,
            "{} cannot be written (Read-only file system): change its permissions, or name another folder with -o",
        ),
    ],
)
def test_a_root_that_takes_nothing_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, message: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError) as caught:
        make_folder(tmp_path, "ex10", "cpu", NOW)
    assert str(caught.value) == message.format(tmp_path)


def test_only_folders_that_hold_a_run_are_runs(root: Path) -> None:
    assert runs(root) == (
        "20261124T175400Z-ex10-cpu",
        "20261124T175400Z-ex10-cpu-2",
        "20261125T080000Z-ex07-cuda",
        "reference",
    )
    assert runs(root / "nowhere") == ()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("20261124T175400Z-ex10-cpu", "20261124T175400Z-ex10-cpu"),
        ("20261125", "20261125T080000Z-ex07-cuda"),
        ("ref", "reference"),
        ("latest", "20261125T080000Z-ex07-cuda"),
    ],
)
def test_a_run_is_found_by_name_beginning_or_as_the_latest(root: Path, name: str, folder: str) -> None:
    assert find(root, name) == root / folder


@pytest.mark.parametrize("end", ["", "run.json"])
def test_a_run_is_found_by_path(root: Path, tmp_path_factory: pytest.TempPathFactory, end: str) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert find(elsewhere, str(root / "reference" / end)) == root / "reference"


def test_a_killed_run_is_found_by_its_journal(root: Path) -> None:
    folder = root / "20270101T000000Z-empty-cpu"
    (folder / "journal.jsonl").write_text("")
    assert find(root, "latest") == folder


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("20261124", "'20261124' is the beginning of 2 runs: 20261124T175400Z-ex10-cpu, 20261124T175400Z-ex10-cpu-2"),
        ("ex07", "is called 'ex07'; did you mean 20261125T080000Z-ex07-cuda?"),
        ("refrence", "is called 'refrence'; did you mean reference?"),
        ("zzz", "is called 'zzz'; the newest is reference"),
        ("", "is called ''; the newest is reference"),
        ("20270101T000000Z-empty-cpu", "did you mean"),
    ],
)
def test_a_name_that_finds_nothing_is_answered_with_the_nearest(root: Path, name: str, message: str) -> None:
    with pytest.raises(NothingMatched) as caught:
        find(root, name)
    assert message in str(caught.value)


def test_no_runs_at_all(tmp_path: Path) -> None:
    with pytest.raises(NothingMatched, match=r"no runs in .*; `bench run ex10` makes one"):
        find(tmp_path / "results", "latest")


@pytest.fixture
def by_month(root: Path) -> Path:
    """One run of the root now lies in the folder of its month, and a newer one with it."""
    for name in ("20261124T175400Z-ex10-cpu-2", "20261130T000000Z-ex01-cpu"):
        (root / "2026-11" / name).mkdir(parents=True)
        (root / "2026-11" / name / "run.json").write_text("{}")
    (root / "20261124T175400Z-ex10-cpu-2" / "run.json").unlink()
    return root


def test_runs_of_the_root_and_of_its_months_are_one_list_by_time(by_month: Path) -> None:
    assert runs(by_month) == (
        "20261124T175400Z-ex10-cpu",
        "20261124T175400Z-ex10-cpu-2",
        "20261125T080000Z-ex07-cuda",
        "20261130T000000Z-ex01-cpu",
        "reference",
    )


def test_a_run_in_two_places_is_one_run_and_that_of_the_root(by_month: Path) -> None:
    (by_month / "20261130T000000Z-ex01-cpu").mkdir()
    (by_month / "20261130T000000Z-ex01-cpu" / "run.json").write_text("{}")
    assert len(runs(by_month)) == len(set(runs(by_month))) == 5
    assert find(by_month, "latest") == by_month / "20261130T000000Z-ex01-cpu"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("latest", "20261130T000000Z-ex01-cpu"),
        ("20261130", "20261130T000000Z-ex01-cpu"),
        ("20261124T175400Z-ex10-cpu-2", "20261124T175400Z-ex10-cpu-2"),
    ],
)
def test_a_run_in_the_folder_of_its_month_is_found_as_ever(by_month: Path, name: str, folder: str) -> None:
    assert find(by_month, name) == by_month / "2026-11" / folder


@pytest.mark.parametrize("name", ["", "..", "2026-11/20261130T000000Z-ex01-cpu", "/", "20261130"])
def test_only_a_whole_name_is_exact(by_month: Path, name: str) -> None:
    assert exact(by_month, name) is None
    assert exact(by_month, "20261130T000000Z-ex01-cpu") == by_month / "2026-11" / "20261130T000000Z-ex01-cpu"


def test_each_folder_is_asked_for_its_run_once(by_month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(folders, "_is_run", lambda folder: bool(asked.append(folder)) or True)
    runs(by_month)
    assert len(asked) == len(set(asked)) == 7


def test_the_newest_are_asked_for_one_by_one(by_month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def is_run(folder: str) -> bool:
        asked.append(Path(folder).name)
        return folder.startswith(str(by_month)) and "empty" not in folder

    monkeypatch.setattr(folders, "_is_run", is_run)
    assert find(by_month, "latest").name == "20261130T000000Z-ex01-cpu"
    assert asked == ["latest", "20270101T000000Z-empty-cpu", "20261130T000000Z-ex01-cpu"]
    assert [path.name[:8] for path in newest(by_month)] == ["20261130", "20261125", "20261124", "20261124"]
    assert list(newest(by_month / "nowhere")) == []


def test_the_201st_run_and_all_after_it_lie_by_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "MANY", 2)
    made = [make_folder(tmp_path, what, "cpu", NOW) for what in ("a", "b", "c", "c")]
    assert [str(path.relative_to(tmp_path)) for path in made] == [
        "20261124T175400Z-a-cpu",
        "20261124T175400Z-b-cpu",
        "2026-11/20261124T175400Z-c-cpu",
        "2026-11/20261124T175400Z-c-cpu-2",
    ]


@pytest.mark.parametrize(("here", "there"), [("", "2026-11"), ("2026-11", "")])
def test_a_name_is_given_once_though_another_process_makes_it_in_the_other_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, there: str
) -> None:
    (tmp_path / there / "20261124T175400Z-ex10-cpu").mkdir(parents=True)
    monkeypatch.setattr(months, "home_of_new", lambda root, name: root / here)
    assert make_folder(tmp_path, "ex10", "cpu", NOW) == tmp_path / here / "20261124T175400Z-ex10-cpu-2"
    assert not (tmp_path / here / "20261124T175400Z-ex10-cpu").exists()


def test_a_file_where_a_month_should_be_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "MANY", 0)
    (tmp_path / "2026-11").write_text("")
    with pytest.raises(StoreError, match=r"2026-11 is not a folder"):
        make_folder(tmp_path, "ex10", "cpu", NOW)
