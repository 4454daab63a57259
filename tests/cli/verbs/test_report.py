"""``bench report``: drawn again from run.json alone. That it prints what the run did is tested with ``bench run``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.results import named

REPORT = """
from bench import hookimpl

@hookimpl
def bench_report(run, folder):
    (folder / "mine.txt").write_text(run.id)
    return [folder / "mine.txt"]
"""


def test_what_is_not_there_is_one_line(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    assert "no runs in results" in one_line(bench("report"), 5)
    folder = tmp_path / "results" / "20260101T000000Z-x-cpu"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"schema": 99}')
    assert "schema 99" in one_line(bench("report"), 2)
    (folder / "run.json").write_text('{"schema": 1, "id": "x"')
    assert "not whole" in one_line(bench("report", str(folder)), 2)


def test_it_needs_no_torch(bench: Callable, without_torch: Callable) -> None:
    assert bench("run", "ex96.ok", "--profile", "smoke").returncode == 0
    assert "ex96" in without_torch("report").stdout


def test_the_exit_code_is_the_runs_and_a_report_of_ones_own_is_drawn_too(bench: Callable, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(REPORT)
    assert bench("run", "ex96.claim", "--profile", "smoke", "-o", "elsewhere").returncode == 1
    (folder,) = (tmp_path / "elsewhere").iterdir()
    named.tag("main", folder.name, tmp_path / "elsewhere")
    done = bench("report", "main", "-o", "elsewhere", "--json", "--with", "mine.py")
    assert done.returncode == 1
    assert json.loads(done.stdout)["id"] == (folder / "mine.txt").read_text() == folder.name


def test_a_pdf_needs_a_chromium_and_full_needs_a_pdf(
    bench: Callable, one_line: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_CHROMIUM", "/no/such/program")
    assert "install it, or set BENCH_CHROMIUM" in one_line(bench("report", "--pdf"), 3)
    assert "--full says how much --pdf prints" in one_line(bench("report", "--full"), 2)


def test_every_pdf_is_named(bench: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "chromium"
    program.write_text(
        '#!/bin/sh\nfor word in "$@"; do case $word in --print-to-pdf=*) echo %PDF > "${word#*=}";; esac; done\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("BENCH_CHROMIUM", str(program))
    bench("run", "ex96.claim", "--profile", "smoke", "-o", "elsewhere")
    printed = [
        line.split()[1] for line in bench("report", "-o", "elsewhere", "--pdf").stdout.splitlines() if ".pdf" in line
    ]
    assert [Path(path).name for path in printed] == ["index.pdf", "ex96.pdf"]
    assert all(Path(path).read_text() == "%PDF\n" for path in printed)
