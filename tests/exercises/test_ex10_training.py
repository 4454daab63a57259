"""ex10: the fast loop is the idiomatic loop, batch for batch and mask for mask."""

import copy
import math
from dataclasses import astuple

import pytest
import torch

from bench import BenchError
from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import byhand, training
from bench_exercises.ex10_batch_size.byhand import ByHand
from bench_exercises.ex10_batch_size.feed import Digits, Feed, passes
from bench_exercises.ex10_batch_size.idiomatic import idiomatic
from bench_exercises.ex10_batch_size.network import Net, initial

CPU = torch.device("cpu")


def some(images: int, dtype: torch.dtype = torch.float64) -> Digits:
    return Digits.load(mnist(), CPU, dtype, images)


def run(batch: int, *, images: int = 40, epochs: int = 1, optimizer: str = "sgd", seed: int = 0, rate=None):
    net = initial(seed).double()
    feed = Feed.draw(some(images), batch, epochs, seed)
    return net, training.train(net, feed, training.make_optimizer(optimizer, net, rate), seed)


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


class TestSameAsIdiomatic:
    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    @pytest.mark.parametrize("batch", [1, 8, 32])
    def test_same_losses_errors_and_weights_for_the_same_seed(self, batch, optimizer):
        fast, history = run(batch, epochs=2, optimizer=optimizer)
        slow = initial(0).double()
        feed = Feed.draw(some(40), batch, 2, seed=0)
        curves = idiomatic(slow, feed, training.make_optimizer(optimizer, slow, fused=False), seed=0)
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            torch.testing.assert_close(getattr(history.curves, name), getattr(curves, name), rtol=0, atol=1e-9)
        for ours, theirs in zip(fast.parameters(), slow.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-7)

    @pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
    @pytest.mark.parametrize("batch", [1, 8, 32])
    def test_by_hand_gives_the_same(self, batch, layout):
        autograd, history = run(batch, epochs=2)
        net = initial(0).double().to(memory_format=layout)
        curves = ByHand(Feed.draw(some(40), batch, 2, seed=0), 0.01, 0, net).train()
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            torch.testing.assert_close(getattr(curves, name), getattr(history.curves, name), rtol=0, atol=1e-11)
        for ours, theirs in zip(net.parameters(), autograd.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)

    @pytest.mark.parametrize("few", [0.0, 1.0])
    def test_by_hand_skips_only_rows_without_a_gradient(self, monkeypatch, few):
        monkeypatch.setattr(byhand, "FEW", few)
        autograd, _ = run(1, images=6)
        net = initial(0).double()
        ByHand(Feed.draw(some(6), 1, 1, seed=0), 0.01, 0, net).train()
        torch.testing.assert_close(net.layer3[0].weight, autograd.layer3[0].weight, rtol=0, atol=1e-12)

    def test_channels_last_gives_the_same(self):
        _, history = run(8)
        net = initial(0).double().to(memory_format=torch.channels_last)
        feed = Feed.draw(some(40), 8, 1, seed=0)
        other = training.train(net, feed, training.make_optimizer("sgd", net), seed=0)
        torch.testing.assert_close(other.curves.train_loss, history.curves.train_loss, rtol=0, atol=1e-12)

    def test_dropout_draws_the_same_masks_in_float32_and_float64(self):
        masks = []
        for dtype in (torch.float32, torch.float64):
            with training.seeded(5, CPU):
                masks.append(torch.nn.Dropout(0.5)(torch.ones(8, 1024, dtype=dtype)).double())
        assert torch.equal(*masks)


class TestTrain:
    def test_curves_have_one_value_an_iteration_and_one_row_an_epoch(self):
        _, history = run(7, epochs=2)
        assert history.curves.train_loss.shape == history.curves.test_error.shape == history.seen.shape == (12,)
        assert history.seen.tolist() == [7, 14, 21, 28, 35, 40, 47, 54, 61, 68, 75, 80]
        assert [epoch.number for epoch in history.epochs] == [0, 1, 2]
        assert torch.stack([history.curves.train_loss, history.curves.test_loss]).isfinite().all()

    def test_is_the_same_twice_and_leaves_the_global_stream_alone(self):
        torch.manual_seed(11)
        first, before = run(8)
        state = torch.get_rng_state()
        second, after = run(8)
        assert torch.equal(torch.get_rng_state(), state)
        assert torch.equal(before.curves.train_loss, after.curves.train_loss)
        assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
        assert not torch.equal(before.curves.train_loss, run(8, seed=1)[1].curves.train_loss)

    def test_test_batches_are_looked_at_without_dropout_and_after_the_update(self):
        net, history = run(40)
        feed = Feed.draw(some(40), 40, 1, seed=0)
        x, y = feed.test(0)
        expected = torch.nn.functional.nll_loss(net.eval()(x), y)
        assert history.curves.test_loss[0].item() == pytest.approx(expected.item(), abs=1e-12)

    def test_looking_changes_nothing_in_the_training(self, monkeypatch):
        with_looks, _ = run(8)
        monkeypatch.setattr(training, "look", lambda net, x, y: (torch.zeros(()), torch.zeros(())))
        without, _ = run(8)
        assert all(torch.equal(a, b) for a, b in zip(with_looks.parameters(), without.parameters(), strict=True))

    def test_epochs_are_evaluated_on_the_whole_sets_without_dropout(self):
        net, history = run(8)
        digits = some(40)
        log_p = net.eval()(digits.numbers(digits.train_x))
        last = history.epochs[-1]
        expected = torch.nn.functional.nll_loss(log_p, digits.train_y).item()
        assert last.train_loss == pytest.approx(expected, abs=1e-12)
        assert last.train_accuracy == (log_p.argmax(1) == digits.train_y).double().mean().item()

    def test_a_diverging_loss_names_epoch_and_batch_size(self):
        with pytest.raises(BenchError, match=r"diverged in epoch 1 with batch size 8 .*lower the learning rate"):
            run(8, rate=1e200)

    def test_divergence_in_a_later_epoch(self, monkeypatch):
        learn, calls = training.learn, []

        def breaks(net, optimizer, x, y):
            calls.append(1)
            loss, error = learn(net, optimizer, x, y)
            return (loss * math.nan if len(calls) == 7 else loss), error

        monkeypatch.setattr(training, "learn", breaks)
        with pytest.raises(BenchError, match=r"epoch 2 with batch size 8 \(iteration 7: nan\)"):
            run(8, epochs=2)

    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    def test_a_training_that_was_cut_off_goes_on_to_the_same_end(self, tmp_path, optimizer):
        whole_net, whole = run(8, epochs=3, optimizer=optimizer)
        feed, path = Feed.draw(some(40), 8, 3, 0), tmp_path / "a.pt"

        def once(stretches, label):
            return stretches[:1] if len(stretches) == 3 else stretches

        for _ in range(2):
            net = initial(0).double()
            made = training.make_optimizer(optimizer, net)
            history = training.train(net, feed, made, 0, track=once, checkpoint=path)
        assert torch.equal(history.curves.train_loss, whole.curves.train_loss)
        assert torch.equal(history.curves.test_error, whole.curves.test_error)
        assert history.epochs == whole.epochs
        assert all(torch.equal(a, b) for a, b in zip(net.parameters(), whole_net.parameters(), strict=True))

    def test_the_checkpoint_of_another_training_is_refused(self, tmp_path):
        for batch in (8, 20):
            net = initial(0).double()
            feed, made = Feed.draw(some(40), batch, 1, 0), training.make_optimizer("sgd", net)
            if batch == 8:
                training.train(net, feed, made, 0, checkpoint=tmp_path / "a.pt")
        with pytest.raises(BenchError, match="batch size 20 is that of another training: remove it"):
            training.train(net, feed, made, 0, checkpoint=tmp_path / "a.pt")

    def test_a_training_for_more_epochs_begins_with_the_digits_of_fewer(self, tmp_path):
        whole_net, whole = run(8, epochs=3)
        for epochs in (1, 3):
            net = initial(0).double()
            made = training.make_optimizer("sgd", net)
            history = training.train(net, Feed.draw(some(40), 8, epochs, 0), made, 0, checkpoint=tmp_path / "a.pt")
        assert all(map(torch.equal, astuple(history.curves), astuple(whole.curves)))
        assert history.epochs == whole.epochs
        assert all(torch.equal(a, b) for a, b in zip(net.parameters(), whole_net.parameters(), strict=True))

    def test_long_epochs_are_cut_into_stretches(self, monkeypatch):
        monkeypatch.setattr(training, "STRETCH", 3)
        seen = []

        def track(stretches, label):
            seen.extend(stretches)
            return stretches

        net = initial(0).double()
        feed = Feed.draw(some(40), 8, 2, seed=0)
        history = training.train(net, feed, training.make_optimizer("sgd", net), 0, track=track)
        assert seen == [range(3), range(3, 5), range(5, 8), range(8, 10)]
        assert len(history.epochs) == 3

    def test_an_unknown_optimizer_is_refused(self):
        with pytest.raises(ValueError, match=r"one of \['adam', 'sgd'\], not 'lion'"):
            training.make_optimizer("lion", Net())


class TestNet:
    def test_shapes_and_parameters(self):
        net = Net()
        assert net(torch.zeros(3, 1, 28, 28)).shape == (3, 10)
        assert sum(p.numel() for p in net.parameters()) == 1_621_706
        assert [tuple(p.shape) for p in net.parameters()][::2] == [
            (16, 1, 3, 3),
            (32, 16, 3, 3),
            (1024, 1568),
            (10, 1024),
        ]

    def test_gives_log_probabilities(self):
        log_p = initial(0)(torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0)))
        torch.testing.assert_close(log_p.exp().sum(1), torch.ones(3))

    def test_log_softmax_with_nll_is_cross_entropy_of_the_logits(self):
        net = initial(0).double().eval()
        x, y = Feed.draw(some(40), 40, 1, seed=0).train(0)
        nll = torch.nn.functional.nll_loss(net(x), y)
        assert nll.item() == pytest.approx(torch.nn.functional.cross_entropy(net.logits(x), y).item(), abs=1e-12)

    def test_layers_have_dropout_only_in_the_third(self):
        kinds = [[type(module).__name__ for module in layer] for layer in Net().children()]
        assert kinds == [
            ["Conv2d", "ReLU", "MaxPool2d"],
            ["Conv2d", "ReLU", "MaxPool2d"],
            ["Linear", "ReLU", "Dropout"],
            ["Linear", "LogSoftmax"],
        ]
        assert Net().layer3[2].p == 0.5

    def test_the_seed_decides_the_weights_and_nothing_else_does(self):
        torch.manual_seed(1)
        first = copy.deepcopy(initial(0).state_dict())
        torch.manual_seed(2)
        assert all(torch.equal(value, first[name]) for name, value in initial(0).state_dict().items())
        assert not torch.equal(initial(1).layer1[0].weight, first["layer1.0.weight"])
