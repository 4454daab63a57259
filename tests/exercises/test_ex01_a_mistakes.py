"""ex01.a: ten mistakes, and each fails its claim in every reading."""

import pytest
import torch

from bench.mistakes import TABLE
from bench.testing import failed, lab
from bench_exercises.ex01_one_step_by_hand import a_mistakes
from bench_exercises.ex01_one_step_by_hand.a_on_paper import PRINTED
from bench_exercises.ex01_one_step_by_hand.network import LOSSES
from bench_exercises.ex01_one_step_by_hand.problem import ORDERINGS, PROBE, WEIGHTS

SGD, ADAM = "SGD step by hand = torch.optim.SGD", "Adam step by hand = torch.optim.Adam"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_ten_mistakes_are_seen(ordering, loss):
    w, probe = (torch.tensor(values, dtype=torch.float64) for values in (WEIGHTS, PROBE))
    study = lab()
    for claim in (a_mistakes.GRADIENT, SGD, ADAM):
        study.claim(claim, 0.0, at_most=1e-12)
    study.claim(a_mistakes.ON_PAPER, 0.0, at_most=PRINTED)
    a_mistakes.break_them(study, w, probe, orderings=[ordering], loss=loss)
    (table,) = study.findings.tables
    assert (table.name, len(table.rows)) == (TABLE, 10)
    assert failed(study.findings) == {}
