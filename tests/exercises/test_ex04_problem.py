"""ex04, problem: the sheet's numbers, and pictures as the network takes them."""

from __future__ import annotations

import torch

from bench.testing import lab
from bench_exercises.ex04_cifar10 import exercise
from bench_exercises.ex04_cifar10.problem import SIZES, Setting, load
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs
TINY = ex04_tiny.TINY


class TestSetting:
    def test_full_is_the_sheet(self):
        declared = exercise.parts["a"].described.at("full").parameters
        assert declared.keys() == SIZES.keys()
        setting = Setting.of(lab(profile="full"), **declared)
        assert (setting.width, setting.images, setting.tests) == (1, 50_000, 10_000)
        assert (setting.epochs, setting.learning_rate) == (20, 0.001)

    def test_what_is_given_is_taken(self):
        setting = Setting.of(lab(), **TINY | {"epochs": 7})
        assert (setting.epochs, setting.images) == (7, 64)

    def test_pictures_come_standardised_and_channels_last(self):
        here = lab()
        photos = load(here, Setting.of(here, **TINY))
        x = photos.train.ready(photos.train.x)
        assert x.mean().abs() < 1e-5
        assert abs(x.std() - 1) < 1e-3
        assert x.is_contiguous(memory_format=torch.channels_last)
        assert here.findings.data[0].stand_in
