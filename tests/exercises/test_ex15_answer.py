"""ex15: every question has its heading, every live number exists, and the numbers in the text are the right ones."""

import re
from pathlib import Path

import pytest
import torch

import bench_exercises.ex15_conv1d_backward as ex15
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex15_conv1d_backward import by_hand, exercise

ANSWER = (Path(ex15.__file__).parent / "answer.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in "abc":
        run_part(exercise, part, here)
    return here.findings


def test_every_claim_holds_and_has_a_name_of_its_own(findings):
    assert failed(findings) == {}
    assert len(claims(findings)) == len(findings.claims)


def test_live_numbers_exist(findings):
    names, metrics = ({item.name for item in items} for items in (findings.claims, findings.metrics))
    assert set(re.findall(r'claim\("(.*?)"\)', ANSWER)) <= names
    assert set(re.findall(r'metric\("(.*?)"\)', ANSWER)) <= metrics
    part = exercise.parts["b.speed"]
    calls = variants(exercise, "b.speed", lab(dtype=torch.float32), n=64, m=3)
    for variant, n, m in re.findall(r'ratio\("b.speed", "(.*?)", n=(\d+), m=(\d+)\)', ANSWER):
        assert variant in calls
        assert int(n) in part.parameters["n"]
        assert int(m) in part.parameters["m"]


def test_headings_formulas_and_length():
    assert all(f"## 15{letter} — " in ANSWER for letter in "abc")
    assert theory.problems(ANSWER) == ()
    assert len(ANSWER.split()) < 3500


def test_the_example_in_numbers_is_what_the_sums_give():
    x, w, d = (torch.tensor(values, dtype=torch.float64) for values in ((5, 6, 7, 8), (1, 2, 3), (1, 10)))
    dx, dw, db = by_hand.backward(d[None], x[None], w[None, None])
    for found in (dx, dw):
        assert f"({', '.join(str(int(value)) for value in found.flatten())})" in ANSWER
    assert f"\\text{{d}}b = 1 + 10 = {int(db)}" in ANSWER
