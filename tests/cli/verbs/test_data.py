"""``bench data``: what is here, and how to get the rest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.kit.data import fetch


def test_it_says_what_is_here(bench: Callable, tmp_path: Path) -> None:
    rows = {row["name"]: row for row in json.loads(bench("data", "--json", BENCH_DATA=str(tmp_path)).stdout)}
    assert rows["mnist (embedded)"]["found"]
    assert rows["mnist (full)"]["found"] is None
    assert str(tmp_path) in " ".join(rows["mnist (full)"]["looked"])


def test_it_says_how_to_get_the_rest(process: Callable, tmp_path: Path) -> None:
    done = process("data", BENCH_DATA=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "bench data fetch mnist" in done.stdout.partition("mnist (full)")[2].splitlines()[0]


def test_fetching_says_where_it_is(bench: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "fetch", lambda name: Path("/there", name))
    done = bench("data", "fetch", "mnist")
    assert (done.returncode, done.stdout) == (0, "mnist is in /there/mnist\n")


def test_what_cannot_be_fetched_is_one_line(bench: Callable, one_line: Callable) -> None:
    assert "nothing" in one_line(bench("data", "fetch", "nothing"), 2)
