"""ex10: the network and its twins."""

import copy

import pytest
import torch

from bench.kit.data import mnist
from bench_exercises.ex10_batch_size.network import Net, binary, initial, merged
from bench_exercises.ex10_batch_size.problem import Digits, Feed

CPU = torch.device("cpu")


def some(images: int, dtype: torch.dtype = torch.float64) -> Digits:
    return Digits.load(mnist(), CPU, dtype, images)


def test_a_merged_network_gives_the_difference_of_the_logits():
    two = binary(2, 3).double().eval()
    x = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0)).double()
    z = two(x)
    torch.testing.assert_close(merged(two).eval()(x)[:, 0], z[:, 1] - z[:, 0], rtol=0, atol=1e-12)


def test_below_the_last_layer_all_networks_of_a_seed_are_one():
    ten, two, one = initial(4).state_dict(), binary(2, 4).state_dict(), binary(1, 4).state_dict()
    for name in (name for name in ten if not name.startswith("layer4")):
        assert torch.equal(ten[name], two[name])
        assert torch.equal(ten[name], one[name])


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
