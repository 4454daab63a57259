"""``bench selftest``: a table or JSON on stdout, an exit code that says whether it holds."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cli.verbs import selftest
from tests.selftest import planting


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable:
    """Stands for the two minutes in which things are measured: gives this report."""

    def give(report: object) -> None:
        monkeypatch.setattr(selftest, "examined", lambda extent, device, root: (report, tmp_path))

    return give


def test_the_table_and_the_page(bench: Callable, examined: Callable, tmp_path: Path) -> None:
    examined(planting.report())
    done = bench("selftest", "--quick")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split("  ")[0] == "✓ false alarms, installed exercises"
    assert "15 of 15 checks hold" in lines
    assert lines[-1] == f"page: {tmp_path / 'index.html'}"
    assert (tmp_path / "index.html").is_file()
    assert (tmp_path / "selftest.json").is_file()


def test_what_does_not_hold_is_exit_code_1(bench: Callable, examined: Callable) -> None:
    wide = [planting.reading(work="real", half=0.03)] * 300
    examined(planting.report([*planting.sound(), *wide]))
    done = bench("selftest")
    assert done.returncode == 1
    assert "✗ median half-width of a ratio" in done.stdout


def test_a_busy_machine_is_said_to_be_one(bench: Callable, examined: Callable) -> None:
    wide = [planting.reading(work="real", half=0.03)] * 300
    examined(planting.report([*planting.sound(), *wide], planting.BUSY))
    done = bench("selftest")
    assert done.returncode == 0
    assert "this machine was busy: other processes used 50 % of its cores" in done.stdout


def test_json_is_one_document(bench: Callable, examined: Callable) -> None:
    examined(replace(planting.report(), seconds=12.5))
    done = bench("selftest", "--json")
    assert json.loads(done.stdout)["seconds"] == 12.5


def test_a_gpu_that_is_not_here_is_missing(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.execute import inquiries
    from bench.execute.messages import Probe

    monkeypatch.setattr(inquiries, "probe", lambda executor: Probe(("cpu",), {}))
    done = bench("selftest", "--device", "cuda")
    assert done.returncode == 3
    assert "no cuda device is here" in done.stderr
    assert not Path("results").exists()


def test_the_tasks_are_done_and_a_report_is_made(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.selftest import examine

    done: list[str] = []
    monkeypatch.setattr(examine.Selftest, "measure", lambda self, listings: done.append(self.extent))
    failed = bench("selftest", "--quick")
    assert failed.returncode == 1, "nothing was measured, so nothing holds"
    assert done == ["quick"]
    (folder,) = Path("results").iterdir()
    assert folder.name.endswith("-selftest-cpu")
    assert {path.name for path in folder.iterdir()} == {"selftest.json", "index.html"}


def test_what_was_measured_before_a_disk_was_full_is_shown(bench: Callable, examined: Callable, tmp_path: Path) -> None:
    examined(replace(planting.report(), refused="no space left on the disk of x: free some, then measure again"))
    done = bench("selftest")
    assert done.returncode == 2
    assert "15 of 15 checks hold" in done.stdout
    assert done.stderr == "bench: no space left on the disk of x: free some, then measure again\n"
    assert json.loads((tmp_path / "selftest.json").read_text())["refused"].startswith("no space left")
