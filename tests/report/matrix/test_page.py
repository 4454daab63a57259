"""The matrix on a page, in Markdown, on a terminal and in JSON: complete, and safe whatever the run holds."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.analysis import matrix
from bench.analysis.matrix import Matrix
from bench.report.matrix import console, document, markdown, page
from bench.results.store import StoreError
from tests import places
from tests.report import sample


def made(hostile: bool = False) -> Matrix:
    run = sample.build(hostile=hostile, devices=("cpu", "cuda"))
    return matrix.of_run(places.spread(run, places.by_device, gpu=sample.EVIL if hostile else "NVIDIA H200"))


def test_the_page_has_every_time_and_ratio_and_the_places() -> None:
    text = page.html(made(), ("bench", "compare", "r", "--by", "device"))
    for said in (
        "16 cases on 2 kinds of device",
        "cuda: NVIDIA H200",
        "630 ± 40 µs",
        "× faster (",
        "Intel Xeon",
        "± 3.1 %",
    ):
        assert said in text
    assert "bench compare r --by device" in text
    assert "http://" not in text
    assert "https://" not in text


def test_what_is_hostile_stays_text() -> None:
    told = made(hostile=True)
    assert "<script>alert" not in page.html(told)
    assert "<img" not in page.html(told)
    assert "<script>" not in markdown.markdown(told)


def test_a_terminal_has_a_row_a_case_and_says_that_ratios_go_across_machines() -> None:
    written = io.StringIO()
    console.show(made(), Console(file=written, width=120))
    text = written.getvalue()
    assert text.count("ex10.a.speed batch=8") == 3
    assert "cuda: NVIDIA H200: on node-2" in text
    assert "across devices and machines" in text


def test_markdown_is_a_table_with_a_column_a_device() -> None:
    lines = markdown.markdown(made()).splitlines()
    assert "| case | cpu: AMD EPYC 7B13 | cuda: NVIDIA H200 |" in lines
    assert sum(line.startswith("| ex10.") for line in lines) == 16


def test_the_document_has_numbers_in_seconds() -> None:
    told = json.loads(json.dumps(document.document(made()), allow_nan=False))
    first = told["cases"][0]["cells"]
    assert first[0]["seconds"]["centre"] == pytest.approx(4.4e-4, rel=0.05)
    assert first[1]["ratio"]["centre"] == pytest.approx(0.25, rel=0.05)
    assert told["places"]["node-2"]["gpu"] == "NVIDIA H200"
    assert [column["places"] for column in told["columns"]] == [["node-1"], ["node-2"]]


def test_the_files_are_written_and_a_folder_that_cannot_be_is_said_in_one_line(tmp_path: Path) -> None:
    paths = page.write_page(made(), tmp_path)
    assert [path.name for path in paths] == ["compare.html", "compare.json"]
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        page.write_page(made(), tmp_path / "file")
