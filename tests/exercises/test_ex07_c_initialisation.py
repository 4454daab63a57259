"""ex07.c: the study, and how long a network takes."""

import pytest
import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.c_initialisation import first_epoch, off_torch
from bench_exercises.ex07_iris_by_hand.problem import LAWS, SHEET


def test_first_epoch():
    reached = torch.tensor([[False, False, True], [True, False, False], [True, False, True]])
    assert first_epoch(reached).tolist() == [1, 3, 0]


def test_a_wrong_law_is_not_torchs(monkeypatch):
    assert off_torch(SHEET) < 1e-6
    monkeypatch.setitem(LAWS, "He", lambda inputs, outputs: 2 / outputs)
    assert off_torch(SHEET) > 0.1


@pytest.mark.parametrize("seed", [0, 23])
def test_the_study_passes_and_repeats(seed):
    first = run_part(exercise, "c", lab(seed))
    assert len(first.claims) == 10
    assert failed(first) == {}
    again, part = lab(seed), exercise.parts["c"]
    part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
    assert first == again.findings
