"""ex10, a: every compiled kernel of the convolutions is its plain torch twin."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from bench.kit.data import mnist
from bench_exercises.ex10_batch_size import a_compiled_convolution as convolution
from bench_exercises.ex10_batch_size.a_compiled import Compiled
from bench_exercises.ex10_batch_size.a_compiled_convolution import by_window
from bench_exercises.ex10_batch_size.network import initial
from bench_exercises.ex10_batch_size.problem import Digits, Feed

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
