"""ex10: the fast loop and the one by hand are the idiomatic loop, batch for batch and mask for mask."""

from functools import cache

import pytest
import torch

from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import a_training, by_hand, problem
from bench_exercises.ex10_batch_size.a_idiomatic import idiomatic
from bench_exercises.ex10_batch_size.by_hand import ByHand
from bench_exercises.ex10_batch_size.network import initial
from bench_exercises.ex10_batch_size.problem import Digits, Feed

CPU = torch.device("cpu")


def some(images: int, dtype: torch.dtype = torch.float64) -> Digits:
    return Digits.load(mnist(), CPU, dtype, images)


def run(batch: int, *, images: int = 40, epochs: int = 1, optimizer: str = "sgd", seed: int = 0, rate=None):
    net = initial(seed).double()
    feed = Feed.draw(some(images), batch, epochs, seed)
    return net, a_training.train(net, feed, problem.make_optimizer(optimizer, net, rate), seed)


@cache
def usual(batch: int, optimizer: str = "sgd"):
    """Two epochs of the fast loop: several tests hold another loop against them, and none changes them."""
    return run(batch, epochs=2, optimizer=optimizer)


class TestSameAsIdiomatic:
    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    @pytest.mark.parametrize("batch", [1, 8, 32])
    def test_same_losses_errors_and_weights_for_the_same_seed(self, batch, optimizer):
        fast, history = usual(batch, optimizer)
        slow = initial(0).double()
        feed = Feed.draw(some(40), batch, 2, seed=0)
        curves = idiomatic(slow, feed, problem.make_optimizer(optimizer, slow, fused=False), seed=0)
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            torch.testing.assert_close(getattr(history.curves, name), getattr(curves, name), rtol=0, atol=1e-9)
        for ours, theirs in zip(fast.parameters(), slow.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-7)

    @pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
    @pytest.mark.parametrize("batch", [1, 8, 32])
    def test_by_hand_gives_the_same(self, batch, layout):
        autograd, history = usual(batch)
        net = initial(0).double().to(memory_format=layout)
        curves = ByHand(Feed.draw(some(40), batch, 2, seed=0), 0.01, 0, net).train()
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            torch.testing.assert_close(getattr(curves, name), getattr(history.curves, name), rtol=0, atol=1e-11)
        for ours, theirs in zip(net.parameters(), autograd.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)

    @pytest.mark.parametrize("few", [0.0, 1.0])
    def test_by_hand_skips_only_rows_without_a_gradient(self, monkeypatch, few):
        monkeypatch.setattr(by_hand, "FEW", few)
        autograd, _ = run(1, images=6)
        net = initial(0).double()
        ByHand(Feed.draw(some(6), 1, 1, seed=0), 0.01, 0, net).train()
        torch.testing.assert_close(net.layer3[0].weight, autograd.layer3[0].weight, rtol=0, atol=1e-12)

    def test_channels_last_gives_the_same(self):
        _, history = run(8)
        net = initial(0).double().to(memory_format=torch.channels_last)
        feed = Feed.draw(some(40), 8, 1, seed=0)
        other = a_training.train(net, feed, problem.make_optimizer("sgd", net), seed=0)
        torch.testing.assert_close(other.curves.train_loss, history.curves.train_loss, rtol=0, atol=1e-12)

    def test_dropout_draws_the_same_masks_in_float32_and_float64(self):
        masks = []
        for dtype in (torch.float32, torch.float64):
            with a_training.seeded(5, CPU):
                masks.append(torch.nn.Dropout(0.5)(torch.ones(8, 1024, dtype=dtype)).double())
        assert torch.equal(*masks)
