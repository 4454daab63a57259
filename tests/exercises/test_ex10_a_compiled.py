"""ex10, a: a compiled training is the idiomatic one."""

from functools import partial

import pytest
import torch
from torch.nn import functional as F

from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import a_compiled, a_training
from bench_exercises.ex10_batch_size.a_compiled import compiled
from bench_exercises.ex10_batch_size.a_idiomatic import idiomatic
from bench_exercises.ex10_batch_size.network import Net, initial
from bench_exercises.ex10_batch_size.problem import Digits, Feed, make_optimizer

CPU = torch.device("cpu")


RATE = 0.01


@pytest.fixture(params=[torch.float64, torch.float32], ids=["float64", "float32"])
def dtype(request) -> torch.dtype:
    return request.param


def fed(dtype: torch.dtype, batch: int, images: int, epochs: int = 1) -> Feed:
    return Feed.draw(Digits.load(mnist(), CPU, dtype, images), batch, epochs, seed=0)


class TestTraining:
    @pytest.mark.parametrize(("batch", "images"), [(1, 10), (8, 27), (50, 120)])
    def test_a_training_with_a_ragged_end_is_the_idiomatic_one(self, batch, images):
        feed = fed(torch.float64, batch, images)
        nets = [initial(0).double(), initial(0).double().to(memory_format=torch.channels_last)]
        expected = idiomatic(nets[0], feed, make_optimizer("sgd", nets[0], RATE, fused=False), seed=0)
        found = compiled(feed, RATE, 0, nets[1])
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            torch.testing.assert_close(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-12)
        for ours, theirs in zip(nets[1].parameters(), nets[0].parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)

    def test_it_can_be_told_from_another_rate_and_another_seed(self):
        feed = fed(torch.float64, 8, 24)
        losses = [
            compiled(feed, rate, seed, initial(0).double()).train_loss
            for rate, seed in ((RATE, 0), (0.02, 0), (RATE, 1))
        ]
        assert not torch.allclose(losses[0], losses[1], atol=1e-6)
        assert not torch.allclose(losses[0], losses[2], atol=1e-6)

    def test_blas_and_plain_loops_give_the_same(self, monkeypatch):
        feed, curves = fed(torch.float64, 8, 24), []
        for few in (0, 16):
            monkeypatch.setattr(a_compiled, "FEW", few)
            curves.append(compiled(feed, RATE, 0, initial(0).double()))
        torch.testing.assert_close(curves[0].test_loss, curves[1].test_loss, rtol=0, atol=1e-12)

    def test_in_float32_it_is_as_near_to_the_truth_as_the_idiomatic_loop(self):
        truth = compiled(fed(torch.float64, 8, 64), RATE, 0, initial(0).double())
        feed, nets = fed(torch.float32, 8, 64), [initial(0), initial(0)]
        usual = idiomatic(nets[0], feed, make_optimizer("sgd", nets[0], RATE, fused=False), seed=0)
        found = compiled(feed, RATE, 0, nets[1])
        error, allowed = ((c.train_loss.double() - truth.train_loss).abs().max() for c in (found, usual))
        assert error <= max(8 * allowed, 1e-5)

    def test_the_global_stream_is_left_alone_and_masks_are_those_of_dropout(self):
        torch.manual_seed(3)
        state = torch.get_rng_state()
        compiled(fed(torch.float32, 8, 16), RATE, 0, initial(0))
        assert torch.equal(torch.get_rng_state(), state)
        for dtype in (torch.float32, torch.float64):
            torch.manual_seed(5)
            expected = F.dropout(torch.ones(8, 1024, dtype=dtype), 0.5)
            torch.manual_seed(5)
            assert torch.equal(torch.empty(8, 1024, dtype=dtype).bernoulli_(0.5).div_(0.5), expected)

    def test_a_network_of_another_dropout_rate(self):
        feed, nets = fed(torch.float64, 8, 16), [Net(0.2).double(), Net(0.2).double()]
        nets[1].load_state_dict(nets[0].state_dict())
        expected = idiomatic(nets[0], feed, make_optimizer("sgd", nets[0], RATE, fused=False), seed=0)
        found = compiled(feed, RATE, 0, nets[1])
        torch.testing.assert_close(found.test_loss, expected.test_loss, rtol=0, atol=1e-12)


class TestLongTraining:
    """The study's trainings: several epochs, in stretches, with a checkpoint after each epoch."""

    def run(self, compile_it, track=lambda it, label: it, checkpoint=None):
        feed, net = fed(torch.float64, 8, 40, epochs=3), initial(0).double().to(memory_format=torch.channels_last)
        steps = partial(a_compiled.advance, net, RATE) if compile_it else None
        made = make_optimizer("sgd", net, RATE)
        return net, a_training.train(net, feed, made, 0, track=track, checkpoint=checkpoint, steps=steps)

    def test_it_is_torch_s_own(self, monkeypatch):
        monkeypatch.setattr(a_training, "STRETCH", 3)
        (net, found), (expected_net, expected) = self.run(compile_it=True), self.run(compile_it=False)
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            ours, theirs = (getattr(history.curves, name) for history in (found, expected))
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)
        for ours, theirs in zip(net.parameters(), expected_net.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)
        for ours, theirs in zip(found.epochs, expected.epochs, strict=True):
            assert ours.test_loss == pytest.approx(theirs.test_loss, abs=1e-11)
            assert ours.test_accuracy == theirs.test_accuracy

    def test_one_that_was_cut_off_goes_on_to_the_same_end(self, tmp_path):
        _, whole = self.run(compile_it=True)
        self.run(True, lambda stretches, label: stretches[:1], tmp_path / "a.pt")
        _, history = self.run(True, checkpoint=tmp_path / "a.pt")
        assert torch.equal(history.curves.train_loss, whole.curves.train_loss)
        assert torch.equal(history.curves.test_loss, whole.curves.test_loss)
        assert history.epochs == whole.epochs
