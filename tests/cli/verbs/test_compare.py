"""``bench compare``: from names to an exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.model import Run
from bench.results import named, store
from tests import places
from tests.two_runs import case, found, run, timed

BASE, NEW, SLOW = "20261127T010203Z-ex01-cpu", "20261128T010203Z-ex01-cpu", "20261129T010203Z-ex01-cpu"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for name, factor, error in ((BASE, 1.0, 0.5), (NEW, 1.0, 0.5), (SLOW, 1.1, 2.0)):
        keep(tmp_path / "results", run(name, timed(factor), found({"error": error})))
    return tmp_path / "results"


def keep(results: Path, content: Run) -> None:
    folder = results / content.id
    folder.mkdir(parents=True)
    store.write(content, folder)


def test_runs_that_are_the_same_end_with_0_and_a_page(results: Path, bench: Callable) -> None:
    done = bench("compare", BASE, NEW)
    assert done.returncode == 0
    assert "✓ Nothing is slower" in done.stdout
    (page,) = results.glob("*-compare-cpu/compare.html")
    assert str(page.name) in done.stdout
    assert f"bench compare {BASE} {NEW}" in page.read_text("utf-8")
    assert bench("compare", "latest~1", "latest").returncode == 1, "a comparison is no run: latest is as it was"


def test_what_is_worse_ends_with_1(results: Path, bench: Callable) -> None:
    done = bench("compare", "latest~2", "latest")
    assert done.returncode == 1
    assert "✗ 1 time is slower, 1 claim is lost" in done.stdout
    assert bench("compare", BASE, SLOW, "--margin", "0.2").returncode == 1, "the claim is lost all the same"


def test_json_and_markdown_are_one_document(results: Path, bench: Callable, one_line: Callable) -> None:
    named.tag("main", BASE, results)
    told = json.loads(bench("compare", "main", SLOW, "--json").stdout)
    assert (told["base"]["id"], told["exit_code"]) == (BASE, 1)
    text = bench("compare", "main", NEW, SLOW, "--markdown").stdout
    assert text.startswith("### 1 of 2 times is slower, 1 claim is lost\n")
    assert "both want stdout" in one_line(bench("compare", BASE, NEW, "--json", "--markdown"), 2)


def test_in_actions_a_comparison_leaves_a_summary(results: Path, bench: Callable, tmp_path: Path) -> None:
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    assert bench("compare", BASE, NEW, **actions).stderr == ""
    assert bench("compare", BASE, SLOW, "--json", **actions).stderr.count("::error title=bench%3A ") == 2
    heads = [line for line in (tmp_path / "summary.md").read_text().splitlines() if line.startswith("#")]
    assert heads == ["### Nothing is slower", "### 1 time is slower, 1 claim is lost"]


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        ([BASE], "name two runs", 2),
        ([BASE, BASE], "is named twice", 2),
        ([BASE, "nothing"], "no run in results is called 'nothing'", 5),
        ([BASE, "latest~9"], "latest~9 is not there", 5),
        ([BASE, NEW, "--by", "weather"], "--by knows no 'weather'", 2),
        ([BASE, NEW, "--margin", "nan"], "between 0 and 1, not nan", 2),
        ([BASE, NEW, "--margin", "-1"], "between 0 and 1, not -1", 2),
        ([BASE, "torch"], "torch: 2.11.0 and 2.12.0", 2),
        ([BASE, "study"], "have no case in common", 5),
        ([BASE, "future"], "written by schema 99", 2),
        ([BASE, "cut"], "not whole", 2),
        ([BASE, "half"], "is half a run", 2),
    ],
)
def test_a_mistake_is_one_line(
    results: Path, bench: Callable, one_line: Callable, arguments: list[str], message: str, code: int
) -> None:
    keep(results, run("torch", timed(), place={"torch": "2.12.0"}))
    keep(results, run("study"))
    for name, text in (("future", '{"schema": 99}'), ("cut", '{"schema": 1, "id": ')):
        (results / name).mkdir()
        (results / name / "run.json").write_text(text)
    (results / "half").mkdir()
    (results / "half" / "journal.jsonl").write_text("")
    assert message in one_line(bench("compare", *arguments), code)
    assert not list(results.glob("*-compare-*")), "nothing is left of what was refused"


def test_a_message_that_quotes_a_file_moves_no_cursor(results: Path, bench: Callable, one_line: Callable) -> None:
    evil = run("\x1b[2Jevil", timed(), place={"torch": "\x1b[31m" + "x" * 500})
    (results / "evil").mkdir()
    store.write(evil, results / "evil")
    line = one_line(bench("compare", BASE, "evil"), 2)
    assert line.isprintable()
    assert len(line) < 400


def test_another_torch_is_compared_where_it_is_asked_for(results: Path, bench: Callable) -> None:
    keep(results, run("torch", timed(1.2), found({"error": 0.5}), place={"torch": "2.12.0", "cuda": "13.0"}))
    done = bench("compare", BASE, "torch", "--by", "torch")
    assert done.returncode == 1
    assert "✗ 1 of 1 times" not in done.stdout
    assert "1 time is slower (over torch)" in done.stdout


def test_two_runs_that_are_kept(bench: Callable) -> None:
    """Real ones, of two days on a busy machine: every case that both have is told."""
    kept = Path(__file__).parents[3] / "results" / "reference"
    names = [str(kept / name) for name in ("20261126T141309Z-ex04+ex07+ex09+ex10-cpu", "20261129T055447Z-ex10-cpu")]
    told = json.loads(bench("compare", *names, "--json").stdout)
    (against,) = told["against"]
    assert len(against["times"]) == 6
    assert all(each["low"] < each["ratio"] < each["high"] for each in against["times"])
    assert against["noise_floors"]["base"]["source"] == "median of 33 ratios in the run"


@pytest.mark.slow
def test_it_needs_no_torch(results: Path, without_torch: Callable) -> None:
    assert "Nothing is slower" in without_torch("compare", BASE, NEW).stdout


def test_one_run_by_device_is_a_matrix(results: Path, bench: Callable, one_line: Callable) -> None:
    both = run("20261130T010203Z-ex01-all", timed(4.0), timed(of=case(device="cuda")), devices=("cpu", "cuda"))
    keep(results, places.spread(both, places.by_device, gpu="NVIDIA H200"))
    done = bench("compare", "latest", "--by", "device")
    assert done.returncode == 0
    assert "cuda: NVIDIA H200" in done.stdout
    assert "× faster" in done.stdout
    (page,) = results.glob("*-compare-cpu+cuda/compare.html")
    assert "bench compare latest --by device" in page.read_text("utf-8")
    assert json.loads(bench("compare", "latest", "--by", "machine", "--json").stdout)["columns"][1]["device"] == "cuda"
    assert bench("compare", "latest", "--by", "device", "--markdown").stdout.startswith("### 1 case on 2 kinds of")
    assert "one kind of device, cpu: EPYC" in one_line(bench("compare", BASE, "--by", "device"), 2)
    assert "name two runs" in one_line(bench("compare", BASE, "--by", "torch"), 2)
    assert "takes `--by device`" in one_line(bench("compare", BASE), 2)


def test_runs_that_met_no_machine_of_one_kind_are_refused(results: Path, bench: Callable, one_line: Callable) -> None:
    for name, place in (("20261201T010203Z-ex01-cpu", places.FIRST), ("20261202T010203Z-ex01-cpu", places.SECOND)):
        keep(results, places.spread(run(name, timed()), lambda record, place=place: place))
    told = one_line(bench("compare", "latest~1", "latest"), 2)
    assert "cpu: AMD EPYC 7B13 and Intel Xeon Platinum 8481C; cores: 2 and 8" in told
