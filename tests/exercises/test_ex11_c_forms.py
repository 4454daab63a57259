"""ex11.c: what a form answers to waves."""

import pytest
import torch

from bench_exercises.ex11_image_filters import c_forms


def test_a_wave_is_answered_as_the_formula_says():
    k = c_forms.forms(torch.zeros(1, dtype=torch.float64))
    ω = torch.linspace(-torch.pi, torch.pi, 5, dtype=torch.float64)
    found = c_forms.transfer(k["sum of both"], ω)
    assert torch.allclose(found[2], torch.tensor([4.0, 2.0, 0.0, 2.0, 4.0], dtype=torch.float64), atol=1e-12)
    assert float(found.max()) == pytest.approx(8)
