"""ex04, network: the sheet's layers, the extra ones, and where dropout stands."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench_exercises.ex04_cifar10.network import PARAMETERS, Net, count, initial, weighted


class TestNetwork:
    def test_is_the_sheets(self):
        net = Net()
        assert count(net) == PARAMETERS
        kinds = [type(layer).__name__ for layer in net.features[0]]
        assert kinds == ["Conv2d", "ReLU", "Conv2d", "ReLU", "MaxPool2d", "BatchNorm2d"]
        assert list(weighted(net))[6:] == ["7 linear 4096 → 1024", "8 linear 1024 → 512", "9 linear 512 → 10"]
        assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)

    def test_extra_layers_come_before_the_output(self):
        names = list(weighted(Net(width=0.25, extra=2)))
        assert names[-3:] == ["9 linear 128 → 128", "10 linear 128 → 128", "11 linear 128 → 10"]

    def test_dropout_is_behind_the_norm_and_the_hidden_layers_only(self):
        net = Net(width=1 / 16, extra=1, dropout=(0.5, 0.15))
        for block in net.features:
            assert [type(layer) for layer in block][-2:] == [nn.BatchNorm2d, nn.Dropout2d]
            assert block[-1].p == 0.15
        after = [type(after) for before, after in zip(net.head, net.head[1:], strict=False) if type(before) is nn.ReLU]
        assert after == [nn.Dropout] * 3
        assert type(net.head[-1]) is nn.Linear

    def test_one_seed_is_one_network_and_the_stream_outside_is_left_alone(self):
        before = torch.get_rng_state()
        first, second, other = initial(1, width=0.1), initial(1, width=0.1), initial(2, width=0.1)
        assert torch.equal(torch.get_rng_state(), before)
        assert torch.equal(first.head[0].weight, second.head[0].weight)
        assert not torch.equal(first.head[0].weight, other.head[0].weight)

    @pytest.mark.parametrize("shape", [{"width": 0}, {"width": -1}, {"width": 5}, {"extra": -1}])
    def test_impossible_ones_are_refused(self, shape):
        with pytest.raises(ValueError, match="a network has a width"):
            Net(**shape)

    def test_behind_all_six_each_has_a_layer_of_its_own(self):
        net = Net(width=1 / 16, dropout=(0.5, 0.15), places="convolutions")
        assert sum(isinstance(layer, nn.Dropout2d) for layer in net.modules()) == 6
        for block in net.features:
            assert isinstance(block[2], nn.Dropout2d)
            assert isinstance(block[-1], nn.Dropout2d)

    def test_hes_start_changes_the_extra_layers_only(self):
        plain, he = (initial(3, width=1 / 8, extra=2, start=start).state_dict() for start in ("default", "he"))
        changed = {name for name in plain if not torch.equal(plain[name], he[name])}
        assert changed == {"head.4.weight", "head.4.bias", "head.6.weight", "head.6.bias"}
        # Uniform with variance 2 / n.
        assert he["head.4.weight"].var().item() == pytest.approx(2 / 64, rel=0.05)
        assert not he["head.6.bias"].any()
