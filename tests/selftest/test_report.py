"""The report as JSON, and what is written."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.results.store import StoreError
from bench.selftest import report
from tests.selftest.planting import BUSY, reading, sound
from tests.selftest.planting import report as made


def test_a_number_that_is_none_is_null() -> None:
    document = report.document(made([*sound(), reading(low=float("nan"))]))
    assert document["readings"][-1]["low"] is None
    assert document["passed"] is False
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_it_says_what_went_on_beside() -> None:
    assert report.document(made(surroundings=BUSY))["surroundings"]["busy"].startswith("other processes used 50 %")


def test_both_files_are_written(tmp_path: Path) -> None:
    data, page = report.write(replace(made(), seconds=1.5), tmp_path)
    assert json.loads(data.read_text())["seconds"] == 1.5
    assert page.read_text().startswith("\n<!doctype html>") or page.read_text().startswith("<!doctype html>")


def test_the_table_for_a_text_has_a_row_a_check() -> None:
    given = made()
    lines = report.markdown(report.document(given)).splitlines()
    assert len(lines) == len(given.checks) + 2
    assert lines[2].startswith("| false alarms, installed exercises | 0 of 200 ratios (0 %) | at most 18 | holds | ")


def test_a_full_disk_leaves_the_files_that_were_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = {path: path.read_bytes() for path in report.write(made(), tmp_path)}
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="no space left"):
        report.write(replace(made(), seconds=1.5), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
