"""Where a run lies: in the root, or in the folder of its month."""

from pathlib import Path

import pytest

from bench.results import months
from bench.results.months import MANY, home_of_new, homes, listed, month_of, place

NAME = "20261124T175400Z-ex10-cpu"


def filled(root: Path, count: int) -> Path:
    for number in range(count):
        (root / f"20260101T{number:06}Z-ex10-cpu").mkdir()
    return root


@pytest.mark.parametrize(
    ("name", "month"),
    [
        (NAME, "2026-11"),
        ("20261324T175400Z-ex10-cpu", ""),
        ("reference", ""),
        ("", ""),
        ("20261124", ""),
        ("../20261124T175400Z-", ""),
    ],
)
def test_the_month_of_a_name_that_begins_with_a_time(name: str, month: str) -> None:
    assert month_of(name) == month


def test_the_folders_of_months_are_looked_into_and_are_none_of_runs(tmp_path: Path) -> None:
    for path in (NAME, f"2026-11/{NAME}", "2026-11/by-hand", "2026-13/no-month", "reference/20260101T000000Z-a"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "2026-10").write_text("a file")
    found = [(name, str(Path(path).relative_to(tmp_path))) for name, path in listed(str(tmp_path))]
    assert sorted(found[:3]) == [("2026-13", "2026-13"), (NAME, NAME), ("reference", "reference")]
    assert sorted(found[3:]) == [(NAME, f"2026-11/{NAME}"), ("by-hand", "2026-11/by-hand")]
    assert homes(tmp_path) == [tmp_path, tmp_path / "2026-11"]
    assert homes(tmp_path / "nowhere") == [tmp_path / "nowhere"]


@pytest.mark.parametrize("home", ["", "2026-11", "2026-12"])
def test_a_folder_is_found_in_the_root_in_its_month_and_where_it_was_moved_to(tmp_path: Path, home: str) -> None:
    (tmp_path / "2025-01").mkdir()
    (tmp_path / home / NAME).mkdir(parents=True)
    assert place(tmp_path, NAME) == tmp_path / home / NAME


def test_of_two_the_one_in_the_root_counts_and_of_none_its_place_is_there(tmp_path: Path) -> None:
    assert place(tmp_path, NAME) == tmp_path / NAME
    for home in ("2026-11", ""):
        (tmp_path / home / NAME).mkdir(parents=True)
    assert place(tmp_path, NAME) == tmp_path / NAME


def test_a_new_one_lies_in_the_root_until_there_are_many(tmp_path: Path) -> None:
    filled(tmp_path, MANY - 1)
    (tmp_path / "trend-ex10").mkdir()
    assert home_of_new(tmp_path, NAME) == tmp_path
    (tmp_path / "20260101T235959Z-ex10-cpu").mkdir()
    assert home_of_new(tmp_path, NAME) == tmp_path / "2026-11"
    assert home_of_new(tmp_path, "no-time") == tmp_path


def test_a_new_one_lies_in_the_folder_of_its_month_where_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "2026-11").mkdir()
    assert home_of_new(tmp_path, NAME) == tmp_path / "2026-11"
    assert home_of_new(tmp_path, "20261201T000000Z-ex10-cpu") == tmp_path


def test_no_folder_of_a_run_is_asked_for_to_count_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, 3)
    monkeypatch.setattr(months, "MANY", 3)
    (tmp_path / "20260101T000000Z-ex10-cpu").rmdir()
    (tmp_path / "20260101T000000Z-ex10-cpu").symlink_to("nowhere")  # counts by its name
    assert home_of_new(tmp_path, NAME) == tmp_path / "2026-11"


def test_a_link_that_leads_nowhere_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "2026-10").symlink_to(tmp_path / "2026-10")
    assert [name for name, _ in listed(str(tmp_path))] == [NAME]
    assert homes(tmp_path) == [tmp_path]
