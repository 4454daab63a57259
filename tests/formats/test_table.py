"""Tables: CSV, frames and Parquet."""

import csv
import importlib.util
import io

import pandas as pd
import pytest

from bench.errors import Missing
from bench.formats import rows, table
from bench.formats.rows import OF, Of
from tests.formats.kept import HOSTILE, block, reference, run_of, timed


@pytest.mark.parametrize("of", OF)
def test_csv_has_every_cell_with_every_digit(of: Of) -> None:
    told = rows.of_run(HOSTILE, of)
    header, *lines = csv.reader(io.StringIO(table.encode_csv(HOSTILE, of).decode()))
    assert header == list(told.columns)
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in told.cells]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)"])
def test_a_text_that_a_spreadsheet_would_compute_is_quoted(name: str) -> None:
    run = run_of(timed(name, block(0, 1.0)))
    (line,) = csv.DictReader(io.StringIO(table.encode_csv(run).decode()))
    assert line["variant"] == f"'{name}"
    assert table.frame(run)["variant"].tolist() == [name]


@pytest.mark.parametrize("of", OF)
def test_a_frame_has_types_that_do_not_hang_on_what_is_missing(of: Of) -> None:
    frame = table.frame(HOSTILE, of)
    told = rows.of_run(HOSTILE, of)
    assert list(frame.columns) == list(told.columns)
    assert len(frame) == len(told.cells)
    empty = table.frame(run_of(), of)
    assert len(empty) == 0
    shared = [name for name in frame.columns if name in empty.columns]
    assert (frame.dtypes[shared] == empty.dtypes[shared]).all()


def test_frames_of_two_runs_can_be_put_together_and_grouped() -> None:
    frame = pd.concat([table.frame(HOSTILE, "samples"), table.frame(reference(), "samples")], ignore_index=True)
    medians = frame.groupby(["run", "case"])["seconds"].median()
    assert len(medians) == 16 + 10


def test_parquet_comes_back_as_the_frame() -> None:
    frame = table.frame(HOSTILE)
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(table.encode_parquet(HOSTILE))), frame)


@pytest.mark.parametrize("package", ["pandas", "pyarrow"])
def test_what_is_not_installed_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(table, "find_spec", lambda name: None if name == package else found(name))
    with pytest.raises(Missing, match=f"^Parquet needs pandas and pyarrow: pip install {package}$"):
        table.encode_parquet(HOSTILE)


def test_a_frame_needs_pandas_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"^a frame needs pandas: pip install pandas$"):
        table.frame(HOSTILE)
