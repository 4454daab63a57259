"""ex04, b_depth: gaps over seeds, by pairs, and gradients before the training."""

from __future__ import annotations

import pytest
from torch import nn

from bench.testing import run_part
from bench_exercises.ex04_cifar10 import b_depth, exercise
from bench_exercises.ex04_cifar10.network import initial
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs


class TestDepth:
    def epoch(self, gap):
        return b_depth.Epoch(
            number=1, rate=0.1, train_loss=1.0, train_accuracy=0.5, test_loss=1.0 + gap, test_accuracy=0.4
        )

    def test_two_standard_errors_decide(self):
        plain = b_depth.Sample(b_depth.Stack(0), tuple(map(self.epoch, (1.0, 1.1, 0.9))))
        more = b_depth.Sample(b_depth.Stack(2), tuple(map(self.epoch, (2.1, 2.1, 1.8))))
        assert plain.error == pytest.approx(0.1 / 3**0.5)
        assert b_depth.rise(more, plain) == pytest.approx((1, 0.1 / 3**0.5))
        assert b_depth.verdict(*b_depth.rise(more, plain)) == "overfits more"
        assert b_depth.verdict(*b_depth.rise(plain, more)) == "overfits less"
        assert b_depth.verdict(0.1, 0.06) == "no difference shown"

    def test_one_seed_has_no_standard_error(self):
        with pytest.raises(ValueError, match="seeds is at least 2, not 1"):
            run_part(exercise, "b", seeds=1)

    def test_gradient_norms_are_those_of_autograd(self):
        _, _, photos = ex04_tiny.posed()
        net = initial(0, width=1 / 16, extra=1)
        norms = b_depth.gradient_norms(net, photos, 8)
        net.train()
        nn.functional.cross_entropy(net(photos.train.ready(photos.train.x[:8])), photos.train.y[:8]).backward()
        assert next(iter(norms.values())) == pytest.approx(float(net.features[0][0].weight.grad.norm()), rel=1e-5)
        assert len(norms) == 10

    def test_the_deepest_is_trained_from_both_starts_and_none_without_extra_layers(self):
        assert [stack.label for stack in b_depth.stacks_of((4, 0, 2))] == [
            "0 extra layers",
            "2 extra layers",
            "4 extra layers",
            "4 extra layers, He",
        ]
        assert b_depth.stacks_of(0) == [b_depth.Stack(0)]
        assert b_depth.Stack(0).shape == {"extra": 0}
