"""ex10: how curves are smoothed and their jumps measured."""

import math

import pytest
import torch

from bench_exercises.ex10_batch_size import figures


class TestJumpsAndMeans:
    def test_distortion_of_independent_noise_is_root_two_of_its_deviation(self):
        white = torch.randn(200_000, generator=torch.Generator().manual_seed(0))
        assert figures.distortion(3 * white) == pytest.approx(3 * math.sqrt(2), rel=0.01)

    def test_distortion_does_not_count_a_steady_trend(self):
        assert figures.distortion(torch.arange(50) * 7.0) == 0

    def test_window_means_count_images_not_steps(self):
        seen = torch.tensor([4, 8, 12, 16, 20, 22])
        last, means = figures.window_means(torch.tensor([1.0, 3, 5, 7, 9, 11]), seen, width=8)
        assert last.tolist() == [8, 16, 22]
        assert means.tolist() == [2, 6, 10]

    def test_a_window_narrower_than_a_batch_leaves_no_holes(self):
        last, means = figures.window_means(torch.tensor([1.0, 2.0]), torch.tensor([50, 100]), width=10)
        assert (last.tolist(), means.tolist()) == ([50, 100], [1, 2])
