"""ex11.a: mistakes in filtering, each of which must fail a claim."""

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex11_image_filters import a_kernels, by_hand


def convolving(picture, kernel):
    return TRUE(picture, kernel.flip(0, 1))


def edge_repeated(picture, kernel):
    return TRUE(torch.nn.functional.pad(picture[None], (1, 1, 1, 1), mode="replicate")[0], kernel)[..., 1:-1, 1:-1]


def clipped(picture, kernel):
    return TRUE(picture, kernel).clamp(0, 255)


TRUE = by_hand.correlate


@pytest.mark.parametrize("mistake", [convolving, edge_repeated, clipped], ids=lambda mistake: mistake.__name__)
def test_a_mistake_in_filtering_is_found(monkeypatch, mistake):
    monkeypatch.setattr(a_kernels, "correlate", mistake)
    monkeypatch.setattr(a_kernels, "pictures", lambda *_: None)
    here = lab()
    a_kernels.study(here, "")
    assert "shifted sums = cv2.filter2D, nine kernels" in failed(here.findings)


def test_a_gain_that_is_off_by_a_twentieth_is_seen():
    noise = torch.randn(256, 256, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    K = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=torch.float64)
    assert a_kernels.standard_errors(noise, K) < 5 < a_kernels.standard_errors(1.05 * noise, K)
