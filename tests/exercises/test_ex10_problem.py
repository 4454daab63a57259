"""ex10: the digits, and the order in which they are seen."""

import math

import pytest
import torch

from bench import BenchError
from bench.kit.data import mnist
from bench_exercises.ex10_batch_size.problem import Digits, Feed, passes

CPU = torch.device("cpu")


def some(images: int, dtype: torch.dtype = torch.float64) -> Digits:
    return Digits.load(mnist(), CPU, dtype, images)


class TestFeed:
    @pytest.mark.parametrize("batch", [1, 7, 40])
    def test_every_epoch_sees_every_digit_once_and_no_batch_crosses_its_end(self, batch):
        feed = Feed.draw(some(40), batch, 3, seed=1)
        sizes = [span.stop - span.start for span in feed.spans]
        assert len(sizes) == 3 * feed.steps_per_epoch == 3 * math.ceil(40 / batch)
        assert sum(sizes[: feed.steps_per_epoch]) == 40
        for epoch in feed.train_order.reshape(3, 40):
            assert sorted(epoch.tolist()) == list(range(40))

    def test_the_order_does_not_depend_on_the_batch_size(self):
        one, eight = (Feed.draw(some(40), batch, 2, seed=3) for batch in (1, 8))
        assert torch.equal(one.train_order, eight.train_order)
        assert torch.equal(one.test_order, eight.test_order)
        assert not torch.equal(one.train_order, Feed.draw(some(40), 1, 2, seed=4).train_order)

    def test_batches_are_normalised_digits_with_their_labels(self):
        feed = Feed.draw(some(40), 8, 1, seed=0)
        x, y = feed.train(1)
        chosen = feed.train_order[8:16]
        pixels = mnist().train.x[chosen].double() / 255
        torch.testing.assert_close(x, (pixels - feed.digits.mean) / feed.digits.std, rtol=0, atol=1e-12)
        assert torch.equal(y, mnist().train.y[chosen])

    def test_passes_are_whole_permutations_one_after_another(self):
        order = passes(5, 12, torch.Generator().manual_seed(0))
        assert sorted(order[:5].tolist()) == sorted(order[5:10].tolist()) == list(range(5))
        assert len(order) == 12

    @pytest.mark.parametrize("batch", [0, 41])
    def test_an_impossible_batch_size_is_refused(self, batch):
        with pytest.raises(BenchError, match=f"between 1 and the 40 training digits, not {batch}"):
            Feed.draw(some(40), batch, 1, seed=0)
