"""ex08.c: a folded layer on paper, and a wrong one fails the claims."""

import pytest
import torch

from bench.kit.byhand import Running, batch_norm_eval
from bench.testing import failed, run_part
from bench_exercises.ex08_normalisation import by_hand, c_folding, exercise


def test_other_numbers_of_channels_do_not_fit():
    norm = c_folding.Norm.draw(3, torch.Generator(), torch.zeros((), dtype=torch.float64))
    with pytest.raises(ValueError, match="2 outputs and a norm of 3 channels"):
        c_folding.fold(torch.zeros(2, 2), torch.zeros(2), norm)


def test_folding_on_paper():
    """y = 3 (2x + 1 - 5) / √(4 - ε + ε) + 7 = 3x + 1."""
    norm = c_folding.Norm(
        torch.tensor([3.0]), torch.tensor([7.0]), Running(torch.tensor([5.0]), torch.tensor([4.0 - by_hand.EPS]))
    )
    weight, bias = c_folding.fold(torch.tensor([[2.0]]), torch.tensor([1.0]), norm)
    assert weight.item() == pytest.approx(3)
    assert bias.item() == pytest.approx(1)
    out, _ = batch_norm_eval(torch.tensor([[2.0 * 10 + 1]]), norm.weight, norm.bias, norm.running)
    assert out.item() == pytest.approx(31)


def test_a_wrong_fold_fails_the_claims(monkeypatch):
    right = c_folding.fold
    monkeypatch.setattr(c_folding, "fold", lambda w, b, norm: (right(w, b, norm)[0], b * norm.scale + norm.bias))
    names = failed(run_part(exercise, "c")).keys()
    assert names == {"folded into a linear layer: same output", "folded into a convolution: same output"}
