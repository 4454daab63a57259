"""A comparison as JSON: complete, and without numbers that are none."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from bench.analysis.compared import compare
from bench.report.between.document import document
from tests.two_runs import found, run, timed, weighed


def test_everything_is_there_as_numbers() -> None:
    base = run("a", replace(timed(), memory=weighed((0,), 2**20).memory), found({"x": 0.5}, {"m": 1.0}))
    new = run("b", replace(timed(1.1), memory=weighed((0,), 2**21).memory), found({"x": 2.0}, {"m": 2.0}))
    told = document(compare((base, new), by=("commit",)), 1)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["exit_code"], told["by"], told["margin"], told["family"]) == (1, ["commit"], 0.03, 1)
    (against,) = told["against"]
    (time,) = against["times"]
    assert time["verdict"] == "slower"
    assert time["ratio"] == pytest.approx(1.1)
    assert time["low"] < 1.1 < time["high"]
    assert time["new"] == pytest.approx(1.1e-3, rel=1e-4)
    assert time["case"]["parameters"] == {"n": 1}
    assert against["claims"][0]["side"] == "lost"
    assert against["memory"][0]["weight"] == "more"
    assert against["metrics"][0]["new"] == 2.0
    assert against["noise_floors"]["base"]["width"] == 0.004


def test_what_is_no_number_is_null() -> None:
    new = run("b", replace(timed(), samples=()), found(metrics={"m": math.inf}))
    told = document(compare((run("a", timed(), found(metrics={"m": 1.0})), new)), 0)
    assert told["against"][0]["times"][0]["ratio"] is None
    assert told["against"][0]["metrics"][0]["new"] is None
    json.dumps(told, allow_nan=False)
