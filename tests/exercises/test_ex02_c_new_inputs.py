"""ex02, samples and new inputs: the law on paper."""

import pytest
import torch

from bench_exercises.ex02_linear_networks import c_new_inputs


def test_the_law_on_paper():
    signal = torch.tensor([4.0])
    assert c_new_inputs.law(17, signal).item() == pytest.approx(6 * 8 / 8)
    assert c_new_inputs.law(4, signal).item() == pytest.approx(4 / 2 + 6 * 4 / 3)
