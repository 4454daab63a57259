"""ex10, a: the loop that looks at a test batch after every update."""

import math
from copy import deepcopy
from dataclasses import astuple
from functools import cache

import pytest
import torch

from bench import BenchError
from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import a_training, problem
from bench_exercises.ex10_batch_size.network import Net, initial
from bench_exercises.ex10_batch_size.problem import Digits, Feed

CPU = torch.device("cpu")


def some(images: int, dtype: torch.dtype = torch.float64) -> Digits:
    return Digits.load(mnist(), CPU, dtype, images)


def run(batch: int, *, images: int = 40, epochs: int = 1, optimizer: str = "sgd", seed: int = 0, rate=None):
    net = initial(seed).double()
    feed = Feed.draw(some(images), batch, epochs, seed)
    return net, a_training.train(net, feed, problem.make_optimizer(optimizer, net, rate), seed)


@cache
def usual(epochs: int):
    """Batches of 8, as several tests need them; none changes the network."""
    return run(8, epochs=epochs)


class TestTrain:
    def test_curves_have_one_value_an_iteration_and_one_row_an_epoch(self):
        _, history = run(7, epochs=2)
        assert history.curves.train_loss.shape == history.curves.test_error.shape == history.seen.shape == (12,)
        assert history.seen.tolist() == [7, 14, 21, 28, 35, 40, 47, 54, 61, 68, 75, 80]
        assert [epoch.number for epoch in history.epochs] == [0, 1, 2]
        assert torch.stack([history.curves.train_loss, history.curves.test_loss]).isfinite().all()

    def test_is_the_same_twice_and_leaves_the_global_stream_alone(self):
        torch.manual_seed(11)
        first, before = usual(epochs=1)
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
        with_looks, _ = usual(epochs=1)
        monkeypatch.setattr(a_training, "look", lambda net, x, y: (torch.zeros(()), torch.zeros(())))
        without, _ = run(8)
        assert all(torch.equal(a, b) for a, b in zip(with_looks.parameters(), without.parameters(), strict=True))

    def test_epochs_are_evaluated_on_the_whole_sets_without_dropout(self):
        net, history = usual(epochs=1)
        digits = some(40)
        log_p = deepcopy(net).eval()(digits.numbers(digits.train_x))
        last = history.epochs[-1]
        expected = torch.nn.functional.nll_loss(log_p, digits.train_y).item()
        assert last.train_loss == pytest.approx(expected, abs=1e-12)
        assert last.train_accuracy == (log_p.argmax(1) == digits.train_y).double().mean().item()

    def test_a_diverging_loss_names_epoch_and_batch_size(self):
        with pytest.raises(BenchError, match=r"diverged in epoch 1 with batch size 8 .*lower the learning rate"):
            run(8, rate=1e200)

    def test_divergence_in_a_later_epoch(self, monkeypatch):
        learn, calls = a_training.learn, []

        def breaks(net, optimizer, x, y):
            calls.append(1)
            loss, error = learn(net, optimizer, x, y)
            return (loss * math.nan if len(calls) == 7 else loss), error

        monkeypatch.setattr(a_training, "learn", breaks)
        with pytest.raises(BenchError, match=r"epoch 2 with batch size 8 \(iteration 7: nan\)"):
            run(8, epochs=2)

    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    def test_a_training_that_was_cut_off_goes_on_to_the_same_end(self, tmp_path, optimizer):
        whole_net, whole = usual(epochs=3) if optimizer == "sgd" else run(8, epochs=3, optimizer=optimizer)
        feed, path = Feed.draw(some(40), 8, 3, 0), tmp_path / "a.pt"

        def once(stretches, label):
            return stretches[:1] if len(stretches) == 3 else stretches

        for _ in range(2):
            net = initial(0).double()
            made = problem.make_optimizer(optimizer, net)
            history = a_training.train(net, feed, made, 0, track=once, checkpoint=path)
        assert torch.equal(history.curves.train_loss, whole.curves.train_loss)
        assert torch.equal(history.curves.test_error, whole.curves.test_error)
        assert history.epochs == whole.epochs
        assert all(torch.equal(a, b) for a, b in zip(net.parameters(), whole_net.parameters(), strict=True))

    def test_the_checkpoint_of_another_training_is_refused(self, tmp_path):
        for batch in (8, 20):
            net = initial(0).double()
            feed, made = Feed.draw(some(40), batch, 1, 0), problem.make_optimizer("sgd", net)
            if batch == 8:
                a_training.train(net, feed, made, 0, checkpoint=tmp_path / "a.pt")
        with pytest.raises(BenchError, match="batch size 20 is that of another training: remove it"):
            a_training.train(net, feed, made, 0, checkpoint=tmp_path / "a.pt")

    def test_a_training_for_more_epochs_begins_with_the_digits_of_fewer(self, tmp_path):
        whole_net, whole = usual(epochs=3)
        for epochs in (1, 3):
            net = initial(0).double()
            made = problem.make_optimizer("sgd", net)
            history = a_training.train(net, Feed.draw(some(40), 8, epochs, 0), made, 0, checkpoint=tmp_path / "a.pt")
        assert all(map(torch.equal, astuple(history.curves), astuple(whole.curves)))
        assert history.epochs == whole.epochs
        assert all(torch.equal(a, b) for a, b in zip(net.parameters(), whole_net.parameters(), strict=True))

    def test_long_epochs_are_cut_into_stretches(self, monkeypatch):
        monkeypatch.setattr(a_training, "STRETCH", 3)
        seen = []

        def track(stretches, label):
            seen.extend(stretches)
            return stretches

        net = initial(0).double()
        feed = Feed.draw(some(40), 8, 2, seed=0)
        history = a_training.train(net, feed, problem.make_optimizer("sgd", net), 0, track=track)
        assert seen == [range(3), range(3, 5), range(5, 8), range(8, 10)]
        assert len(history.epochs) == 3

    def test_an_unknown_optimizer_is_refused(self):
        with pytest.raises(ValueError, match=r"one of \['adam', 'sgd'\], not 'lion'"):
            problem.make_optimizer("lion", Net())
