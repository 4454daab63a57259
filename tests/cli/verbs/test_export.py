"""``bench export``: a stored run in every format, and every mistake as one line."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from bench.cli.verbs import export
from bench.formats import table
from bench.model import Run
from bench.results import store
from tests import places
from tests.formats.kept import HOSTILE, block, run_of, timed
from tests.report import sample


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[Run], Path]:
    def put(run: Run) -> Path:
        folder = tmp_path / "results" / run.id
        folder.mkdir(parents=True)
        store.write(run, folder)
        return folder

    return put


@pytest.mark.parametrize("form", [form for form in export.FORMATS if form != "parquet"])
def test_stdout_and_a_file_get_the_same(bench: Callable, stored: Callable, tmp_path: Path, form: str) -> None:
    stored(HOSTILE)
    printed = bench("export", "--to", form)
    assert (printed.returncode, printed.stdout[:1]) in {(0, "{"), (0, "["), (0, "<"), (0, "r")}
    done = bench("export", "latest", "--to", form, "-o", "out")
    assert (done.returncode, done.stdout) == (0, "")
    assert "exported  out" in done.stderr
    assert (tmp_path / "out").read_text(encoding="utf-8") == printed.stdout


def test_parquet_goes_to_a_file_alone(bench: Callable, one_line: Callable, stored: Callable, tmp_path: Path) -> None:
    stored(HOSTILE)
    assert "name a file with -o FILE.parquet" in one_line(bench("export", "--to", "parquet"), 2)
    assert bench("export", "--to", "parquet", "-o", "out.parquet", "--rows", "claims").returncode == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == 15


def test_a_file_is_written_over_only_by_force(
    bench: Callable, one_line: Callable, stored: Callable, tmp_path: Path
) -> None:
    folder = stored(HOSTILE)
    (tmp_path / "out").write_text("mine")
    assert "out is there already: give --force" in one_line(bench("export", "--to", "csv", "-o", "out"), 2)
    assert (tmp_path / "out").read_text() == "mine"
    assert bench("export", "--to", "csv", "-o", "out", "--force").returncode == 0
    assert (tmp_path / "out").read_text().startswith("run,case,")
    assert "is a folder: -o names the file" in one_line(bench("export", "--to", "csv", "-o", "results"), 2)
    assert "cannot be written" in one_line(bench("export", "--to", "csv", "-o", "no/such/out"), 2)
    assert "run.json is there" in one_line(bench("export", "--to", "csv", "-o", str(folder / "run.json")), 2)


def test_a_device_stays_a_device(bench: Callable, stored: Callable) -> None:
    stored(HOSTILE)
    assert bench("export", "--to", "csv", "-o", "/dev/null").returncode == 0
    assert Path("/dev/null").is_char_device()


def test_a_run_without_times_is_one_line_and_tables_take_it(
    bench: Callable, one_line: Callable, stored: Callable
) -> None:
    stored(run_of(timed("sum")))
    for form in export.TIMES:
        assert "has no times" in one_line(bench("export", "--to", form), 5)
    for form in ("junit", "csv"):
        assert bench("export", "--to", form).returncode == 0


def test_mistakes_are_one_line(bench: Callable, one_line: Callable, stored: Callable, tmp_path: Path) -> None:
    assert "no runs in results" in one_line(bench("export", "--to", "csv"), 5)
    stored(HOSTILE)
    assert "'pypref' is not one of" in one_line(bench("export", "--to", "pypref"), 2)
    assert "Missing option '--to'" in one_line(bench("export"), 2)
    assert "give --to csv or parquet with it" in one_line(bench("export", "--to", "bmf", "--rows", "claims"), 2)
    assert "no runs in elsewhere" in one_line(bench("export", "--to", "csv", "--runs", "elsewhere"), 5)


def test_a_package_that_is_missing_is_named(
    bench: Callable, one_line: Callable, stored: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(HOSTILE)
    monkeypatch.setattr(table, "find_spec", lambda name: None)
    line = one_line(bench("export", "--to", "parquet", "-o", "out"), 3)
    assert "Parquet needs pandas and pyarrow: pip install pandas pyarrow" in line
    assert not Path("out").exists()


def test_what_the_format_cannot_say_is_said_on_stderr(bench: Callable, stored: Callable) -> None:
    wrong = [timed(name, outcome="disagrees") for name in "abcde"]
    stored(replace(run_of(timed("sum", block(0, 1.0)), *wrong), profile="smoke", finished=False))
    done = bench("export", "--to", "bmf")
    assert list(json.loads(done.stdout)) == ["ex90.a.speed n=8 on cpu: sum"]
    said = " ".join(done.stderr.split())
    assert "the profile is smoke: its times are no results" in said
    assert "`bench run --resume 20260101T000000Z-ex90-cpu` goes on with it" in said
    assert "speed n=8 on cpu: a (disagrees); " in said
    assert said.endswith("and 2 more")
    assert bench("export", "--to", "csv").stderr == ""


def test_rows_say_what_a_row_is_of(bench: Callable, stored: Callable) -> None:
    stored(HOSTILE)
    frame = pd.read_csv(io.StringIO(bench("export", "--to", "csv", "--rows", "metrics").stdout))
    assert len(frame) == 6
    assert bench("export", "--to", "csv", "--rows", "records").stdout == bench("export", "--to", "csv").stdout


def test_the_choices_are_those_of_the_formats() -> None:
    from bench.formats.rows import OF

    rows = next(option for option in export.command.params if option.name == "rows")
    assert tuple(rows.type.choices) == OF


def test_one_place_of_several_is_exported_by_its_name(bench: Callable, stored: Callable, one_line: Callable) -> None:
    both = places.spread(sample.build(hostile=False, devices=("cpu", "cuda")), places.by_device)
    stored(both)
    assert "name it with --place node-1" in one_line(bench("export", "--to", "pytest-benchmark"), 2)
    told = json.loads(bench("export", "--to", "pytest-benchmark", "--place", "node-2").stdout)
    assert told["machine_info"]["cpu"]["count"] == 8
    wrong = one_line(bench("export", "--to", "csv", "--place", "node-7"), 2)
    assert "has no place 'node-7'; it has node-1, node-2; did you mean" in wrong
