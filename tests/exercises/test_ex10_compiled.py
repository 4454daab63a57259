"""ex10: every compiled kernel is its plain torch twin, and a compiled training the idiomatic one."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import compiled as program
from bench_exercises.ex10_batch_size import compiled_convolution as convolution
from bench_exercises.ex10_batch_size import compiled_linear as linear
from bench_exercises.ex10_batch_size import training
from bench_exercises.ex10_batch_size.compiled import Compiled, compiled
from bench_exercises.ex10_batch_size.compiled_convolution import by_window
from bench_exercises.ex10_batch_size.feed import Digits, Feed
from bench_exercises.ex10_batch_size.idiomatic import idiomatic
from bench_exercises.ex10_batch_size.network import Net, initial
from bench_exercises.ex10_batch_size.training import make_optimizer

CPU = torch.device("cpu")
CLOSE = {torch.float64: 1e-12, torch.float32: 1e-5}
RATE = 0.01


@pytest.fixture(params=[torch.float64, torch.float32], ids=["float64", "float32"])
def dtype(request) -> torch.dtype:
    return request.param


def fed(dtype: torch.dtype, batch: int, images: int, epochs: int = 1) -> Feed:
    return Feed.draw(Digits.load(mnist(), CPU, dtype, images), batch, epochs, seed=0)


def normal(*shape: int, dtype: torch.dtype, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


def sparse(*shape: int, dtype: torch.dtype) -> Tensor:
    """A δ of which three in four are zero."""
    return normal(*shape, dtype=dtype) * (normal(*shape, dtype=dtype, seed=1) > 0.7)


def agree(found: np.ndarray | Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(torch.as_tensor(found), expected.detach(), rtol=0, atol=CLOSE[expected.dtype])


class Looked:
    """Three training and two test digits, looked at by the kernels and by the network."""

    def __init__(self, dtype: torch.dtype) -> None:
        feed = fed(dtype, 3, 12)
        self.net = initial(0).to(dtype)
        self.hand = Compiled(self.net, feed, RATE)
        self.train, self.test = np.array([4, 1, 7]), np.array([2, 0])
        hand, self.features = self.hand, self.hand.features[:5]
        convolution.look(
            hand.train_x,
            self.train,
            hand.test_x,
            self.test,
            table=hand.table,
            first=hand.first,
            second=hand.second,
            features=by_window(self.features),
        )
        digits = feed.digits
        self.x = digits.numbers(torch.cat([digits.train_x[self.train], digits.test_x[self.test]]))


@pytest.fixture
def looked(dtype) -> Looked:
    return Looked(dtype)


class TestConvolutions:
    def test_pictures_stand_in_a_frame_of_zeros(self, looked):
        agree(looked.hand.first.x[:5, :, :, 0], F.pad(looked.x, (1, 1, 1, 1))[:, 0])

    def test_activations_of_both_blocks(self, looked):
        net = looked.net
        a1 = net.layer1(looked.x)
        agree(looked.hand.second.x[:5], F.pad(a1, (1, 1, 1, 1)).permute(0, 2, 3, 1))
        agree(looked.features, net.layer2(a1).flatten(1))

    def test_what_the_relu_shuts_is_what_it_gives_nothing_for(self, looked):
        shut = torch.from_numpy(looked.hand.second.where[:5] == convolution.SHUT).permute(0, 3, 1, 2)
        assert torch.equal(shut, torch.from_numpy(looked.features).reshape(5, 32, 7, 7) == 0)
        assert 0 < shut.double().mean() < 1

    def test_one_step_is_along_the_gradients_that_autograd_gives(self, looked, dtype):
        net, hand = looked.net, looked.hand
        dfeatures = normal(3, 1568, dtype=dtype)
        features = net.layer2(net.layer1(looked.x[:3])).flatten(1)
        weights = [*net.layer1.parameters(), *net.layer2.parameters()]
        expected = [
            w.detach() - RATE * g
            for w, g in zip(weights, torch.autograd.grad(features, weights, dfeatures), strict=True)
        ]
        convolution.descend(hand.rate, hand.first, hand.second, by_window(dfeatures.numpy()))
        with torch.no_grad():
            hand.finish()
        for ours, theirs in zip(weights, expected, strict=True):
            agree(ours, theirs)

    def test_both_layouts_of_the_weight_stay_the_same_numbers(self, looked, dtype):
        hand = looked.hand
        convolution.descend(hand.rate, hand.first, hand.second, by_window(normal(3, 1568, dtype=dtype).numpy()))
        back = torch.from_numpy(hand.second.back).reshape(32, 3, 3, 16)
        assert torch.equal(torch.from_numpy(hand.second.weight), back.permute(3, 1, 2, 0))


class TestLinear:
    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_hidden_layer(self, dtype, count):
        features, weight, bias = (normal(*s, dtype=dtype) / 40 for s in ((count, 1568), (1024, 1568), (1024,)))
        z = torch.empty(count, 1024, dtype=dtype)
        linear.hidden(features.numpy(), weight.numpy(), bias.numpy(), z.numpy())
        agree(z, F.linear(features, weight, bias))

    def test_answer_of_trained_digits_with_their_mask_and_of_test_digits_without(self, dtype):
        z, weight, bias = (normal(*s, dtype=dtype) / 10 for s in ((5, 1024), (10, 1024), (10,)))
        mask = 2 * (normal(3, 1024, dtype=dtype, seed=1) > 0).to(dtype)
        units = torch.cat([z[:3].relu() * mask, z[3:].relu()])
        log_p = torch.empty(5, 10, dtype=dtype)
        linear.answer(z.numpy(), mask.numpy(), weight=weight.numpy(), bias=bias.numpy(), log_p=log_p.numpy())
        agree(z, units)
        agree(log_p, F.log_softmax(F.linear(units, weight, bias), 1))

    def test_scores_are_the_mean_nll_and_the_error_rate(self, dtype):
        log_p, y = normal(7, 10, dtype=dtype).log_softmax(1), torch.arange(7)
        loss, error = linear.score(log_p.numpy(), y.numpy())
        assert loss == pytest.approx(F.nll_loss(log_p, y).item(), abs=CLOSE[dtype])
        assert error == pytest.approx((log_p.argmax(1) != y).double().mean().item(), abs=1e-12)
        assert linear.score(log_p[:0].numpy(), y[:0].numpy()) == (0, 0)

    def test_delta_and_the_step_of_the_last_layer(self, dtype):
        weight, bias, z = (normal(*s, dtype=dtype) / 10 for s in ((10, 1024), (10,), (3, 1024)))
        mask, y = 2 * (normal(3, 1024, dtype=dtype, seed=1) > 0).to(dtype), torch.tensor([3, 0, 9])
        leaves = [t.clone().requires_grad_() for t in (z, weight, bias)]
        units = leaves[0].relu() * mask
        log_p = F.linear(units, *leaves[1:]).log_softmax(1)
        dz, dweight, dbias = torch.autograd.grad(F.nll_loss(log_p, y), leaves)
        expected, delta = (weight - RATE * dweight, bias - RATE * dbias), torch.empty(3, 1024, dtype=dtype)
        given = {"log_p": log_p, "units": units, "mask": mask, "weight": weight, "bias": bias, "delta": delta}
        arrays = {name: t.detach().numpy() for name, t in given.items()}
        linear.descend_w4(arrays["units"].dtype.type(RATE), y=y.numpy(), **arrays)
        agree(delta, dz)
        agree(weight, expected[0])
        agree(bias, expected[1])

    @pytest.mark.parametrize("batch", [1, 3, 9])
    def test_gradient_and_step_of_w3(self, dtype, batch):
        delta, features = sparse(batch, 1024, dtype=dtype) / 30, normal(batch, 1568, dtype=dtype)
        weight, bias = normal(1024, 1568, dtype=dtype) / 30, normal(1024, dtype=dtype)
        dfeatures, some = torch.empty(batch, 1568, dtype=dtype), np.empty(1025, np.int64)
        expected = weight - RATE * delta.T @ features, bias - RATE * delta.sum(0)
        linear.back_w3(delta.numpy(), weight.numpy(), dfeatures.numpy(), some)
        agree(dfeatures, delta @ weight)
        rate = delta.numpy().dtype.type(RATE)
        linear.descend_w3(rate, delta.numpy(), features.numpy(), weight=weight.numpy(), bias=bias.numpy(), some=some)
        agree(weight, expected[0])
        agree(bias, expected[1])

    def test_one_sweep_for_one_digit_does_both(self, dtype):
        delta, features = sparse(1, 1024, dtype=dtype) / 30, normal(1, 1568, dtype=dtype)
        weight, bias = normal(1024, 1568, dtype=dtype) / 30, normal(1024, dtype=dtype)
        dfeatures = torch.empty(1568, dtype=dtype)
        expected = delta[0] @ weight, weight - RATE * delta.T @ features, bias - RATE * delta[0]
        silent, kept = delta[0] == 0, weight.clone()
        written = {"weight": weight.numpy(), "bias": bias.numpy(), "dfeatures": dfeatures.numpy()}
        rate = delta.numpy().dtype.type(RATE)
        linear.sweep_w3(rate, delta[0].numpy(), features[0].numpy(), **written)
        for ours, theirs in zip((dfeatures, weight, bias), expected, strict=True):
            agree(ours, theirs)
        assert torch.equal(weight[silent], kept[silent])

    def test_rows_without_a_gradient_are_never_read_nor_written(self, dtype):
        delta = sparse(1, 1024, dtype=dtype)
        silent = delta[0] == 0
        weight = normal(1024, 1568, dtype=dtype)
        weight[silent] = torch.nan
        before, some = weight.clone(), np.empty(1025, np.int64)
        dfeatures = torch.empty(1, 1568, dtype=dtype)
        linear.back_w3(delta.numpy(), weight.numpy(), dfeatures.numpy(), some)
        assert dfeatures.isfinite().all()
        rate, features = delta.numpy().dtype.type(RATE), np.full((1, 1568), np.nan, delta.numpy().dtype)
        linear.descend_w3(
            rate, delta.numpy(), features, weight=weight.numpy(), bias=np.zeros(1024, features.dtype), some=some
        )
        assert torch.equal(weight[silent].isnan(), before[silent].isnan())
        assert weight[~silent].isnan().all()
        finite = normal(1024, 1568, dtype=dtype)
        kept = finite.clone()
        linear.descend_w3(
            rate, delta.numpy(), features, weight=finite.numpy(), bias=np.zeros(1024, features.dtype), some=some
        )
        assert torch.equal(finite[silent], kept[silent])


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
            monkeypatch.setattr(program, "FEW", few)
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
        steps = partial(program.advance, net, RATE) if compile_it else None
        made = make_optimizer("sgd", net, RATE)
        return net, training.train(net, feed, made, 0, track=track, checkpoint=checkpoint, steps=steps)

    def test_it_is_torch_s_own(self, monkeypatch):
        monkeypatch.setattr(training, "STRETCH", 3)
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
