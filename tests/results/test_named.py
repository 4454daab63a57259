"""A run by whatever it is called, and tags."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bench.errors import BenchError, NothingMatched, UsageError
from bench.results.named import TAGS, resolve, tag, tags, untag
from bench.results.store import StoreError

NAMES = ("20261124T175400Z-ex10-cpu", "20261125T080000Z-ex07-cuda", "20261126T080000Z-ex07-cpu")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for place in (*NAMES, "reference/20261101T000000Z-ex01-cpu"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "run.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "run"),
    [
        (NAMES[0], NAMES[0]),
        ("20261125", NAMES[1]),
        ("latest", NAMES[2]),
        ("latest~0", NAMES[2]),
        ("latest~2", NAMES[0]),
        ("20261101", "reference/20261101T000000Z-ex01-cpu"),
    ],
)
def test_a_run_by_its_name_a_beginning_and_its_place_in_time(results: Path, name: str, run: str) -> None:
    assert resolve(name, results) == results / run


@pytest.mark.parametrize("end", ["", "run.json"])
def test_a_run_by_its_path(results: Path, tmp_path_factory: pytest.TempPathFactory, end: str) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert resolve(str(results / NAMES[0] / end), elsewhere) == results / NAMES[0]


@pytest.mark.parametrize("name", ["latest~3", "latest~", "latest~x", "2026", "nothing", ""])
def test_what_names_no_run_or_several_is_told(results: Path, name: str) -> None:
    with pytest.raises(NothingMatched):
        resolve(name, results)


def test_a_tag_is_given_kept_moved_and_taken_away(results: Path) -> None:
    tag("main", NAMES[0], results)
    tag("v1.0", "20261101T000000Z-ex01-cpu", results)
    assert resolve("main", results).name == NAMES[0]
    assert resolve("v1.0", results).parent == results / "reference"
    tag("main", NAMES[1], results)
    assert tags(results) == {"main": NAMES[1], "v1.0": "20261101T000000Z-ex01-cpu"}
    untag("main", results)
    assert tags(results).keys() == {"v1.0"}
    assert [path.name for path in results.iterdir() if path.is_file()] == [TAGS], "nothing half-written is left"
    with pytest.raises(NothingMatched, match=r"no tag 'main' in .*; there are v1\.0"):
        untag("main", results)


@pytest.mark.parametrize("name", ["", "latest", "../x", "a/b", "a b", "1st", "-x", "é", "x" * 61, "latest~1", "a\n"])
def test_a_name_that_is_not_safe_is_refused(results: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a tag"):
        tag(name, NAMES[0], results)
    assert not (results / TAGS).exists()


def test_a_tag_is_no_folder_and_stands_for_a_run(results: Path) -> None:
    with pytest.raises(UsageError, match="has a folder or file of that name"):
        tag("reference", NAMES[0], results)
    for run in ("2026", "../x", "nothing"):
        with pytest.raises(NothingMatched, match="a tag stands for a whole name"):
            tag("main", run, results)


def test_a_tag_of_a_run_that_is_gone_says_so(results: Path) -> None:
    tag("main", NAMES[0], results)
    (results / NAMES[0] / "run.json").unlink()
    with pytest.raises(NothingMatched, match=f"the tag 'main' stands for {NAMES[0]}, which is not in"):
        resolve("main", results)


def test_a_pipe_in_its_place_keeps_nobody_waiting(results: Path) -> None:
    (results / TAGS).unlink(missing_ok=True)
    os.mkfifo(results / TAGS)
    with pytest.raises(StoreError, match="cannot be read: it is no plain file"):
        resolve("main", results)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "mend or remove it"),
        ("[]", "mend or remove it"),
        ('{"schema": 2, "tags": {}}', "written by schema 2"),
        ('{"tags": {"main": "../../etc"}}', "is no tag for a run"),
        ('{"tags": {"../main": "x"}}', "is no tag for a run"),
        ('{"tags": {"main": ".."}}', "is no tag for a run"),
        ('{"tags": {"main": 1}}', "expected str"),
        (json.dumps({"tags": {f"t{n}": "x" * 100 for n in range(10_000)}}), "of at most 1,000,000; mend or remove it"),
    ],
)
def test_a_table_of_others_is_not_believed(results: Path, text: str, message: str) -> None:
    (results / TAGS).write_text(text)
    with pytest.raises(StoreError, match=message) as caught:
        resolve("main", results)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_one_line(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bench.results.store.replace_file", refuse)
    with pytest.raises(BenchError, match=r"tags\.json cannot be written \(Permission denied\)"):
        tag("main", NAMES[0], results)


@pytest.fixture
def by_month(results: Path) -> Path:
    """The newest two lie in the folder of their month."""
    (results / "2026-11").mkdir()
    for name in NAMES[1:]:
        (results / name).rename(results / "2026-11" / name)
    return results


@pytest.mark.parametrize(
    ("name", "run"),
    [
        (NAMES[0], NAMES[0]),
        (NAMES[1], f"2026-11/{NAMES[1]}"),
        ("20261126", f"2026-11/{NAMES[2]}"),
        ("latest", f"2026-11/{NAMES[2]}"),
        ("latest~1", f"2026-11/{NAMES[1]}"),
        ("latest~2", NAMES[0]),
        ("20261101", "reference/20261101T000000Z-ex01-cpu"),
    ],
)
def test_folders_of_months_change_no_name(by_month: Path, name: str, run: str) -> None:
    assert resolve(name, by_month) == by_month / run


def test_a_tag_finds_its_run_after_it_was_moved_to_its_month(results: Path) -> None:
    tag("main", NAMES[1], results)
    (results / "2026-11").mkdir()
    (results / NAMES[1]).rename(results / "2026-11" / NAMES[1])
    assert resolve("main", results) == results / "2026-11" / NAMES[1]
    tag("other", NAMES[1], results)
    assert tags(results) == {"main": NAMES[1], "other": NAMES[1]}
