"""ex04, a_speed: every variant, and a second call."""

from __future__ import annotations

import torch

from bench.testing import lab
from bench_exercises.ex04_cifar10 import a_speed


class TestSpeed:
    def test_every_variant_gives_what_the_reference_gives(self):
        truth = {name: call() for name, call in a_speed.variants(lab(), 1 / 16).items()}
        found = {name: call() for name, call in a_speed.variants(lab(dtype=torch.float32), 1 / 16).items()}
        for name, outputs in found.items():
            for key, value in outputs.items():
                expected = truth["idiomatic loop"][key]
                torch.testing.assert_close(truth[name][key], expected, rtol=0, atol=1e-9)
                torch.testing.assert_close(value.double(), expected, rtol=0, atol=1e-4)

    def test_a_second_call_starts_from_the_initial_weights_again(self):
        for call in a_speed.variants(lab(dtype=torch.float32), 1 / 16).values():
            first = {name: tensor.clone() for name, tensor in call().items()}
            assert all(torch.equal(tensor, first[name]) for name, tensor in call().items())
