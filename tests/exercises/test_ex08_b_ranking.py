"""ex08.b.ranking: statistics are estimated anew as evaluation meets them."""

import torch
from torch import nn

from bench.kit.compare import max_error
from bench_exercises.ex08_normalisation import b_ranking


def test_reestimating_uses_what_evaluation_meets():
    torch.manual_seed(0)
    net = b_ranking.network(b_ranking.ORDERS["ReLU, dropout, BN"]).double()
    x = torch.randn(50, 784, generator=torch.Generator().manual_seed(0)).double()
    b_ranking.reestimate(net, x)
    met = b_ranking.norm_variances(net, x, dropping=False)
    norms = [layer for layer in net if isinstance(layer, nn.BatchNorm1d)]
    assert max_error(norms[0].running_var, met[0]) < 1e-12
    assert len(met) == len(norms) == 2
