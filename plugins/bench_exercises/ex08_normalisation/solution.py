"""Exercise 8 as it could be handed in: batch norm as a layer of one's own, folded for the test, in a deep network."""

import torch
from torch import Tensor, nn


class BatchNorm(nn.Module):
    """For (N, C) and (N, C, H, W): one mean and one variance a channel, over everything else."""

    def __init__(self, channels: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.mean: Tensor
        self.variance: Tensor
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        shape = (1, -1, *(1,) * (x.ndim - 2))
        mean, variance = self.mean, self.variance
        if self.training:
            axes, count = (0, *range(2, x.ndim)), x.numel() // x.shape[1]
            mean, variance = x.mean(axes), x.var(axes, correction=0)
            with torch.no_grad():  # the running variance is the unbiased one
                self.mean += self.momentum * (mean - self.mean)
                self.variance += self.momentum * (variance * count / (count - 1) - self.variance)
        x = (x - mean.view(shape)) / torch.sqrt(variance.view(shape) + self.eps)
        return self.gamma.view(shape) * x + self.beta.view(shape)


def fold(layer: nn.Linear | nn.Conv2d, norm: BatchNorm) -> tuple[Tensor, Tensor]:
    """Weight and bias of the one layer that does at test what the two do."""
    scale = norm.gamma / torch.sqrt(norm.variance + norm.eps)
    bias = torch.zeros_like(norm.mean) if layer.bias is None else layer.bias
    weight = layer.weight * scale.view(-1, *(1,) * (layer.weight.ndim - 1))
    return weight, (bias - norm.mean) * scale + norm.beta


def network(inputs: int, width: int, depth: int, normed: bool) -> nn.Sequential:
    """Linear, batch norm, ReLU, depth times; a bias below a batch norm would be lost."""
    layers: list[nn.Module] = []
    for k in range(depth):
        layers.append(nn.Linear(width if k else inputs, width, bias=not normed))
        layers += [BatchNorm(width), nn.ReLU()] if normed else [nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, 1))


def train(net: nn.Module, batches: list[tuple[Tensor, Tensor]], learning_rate: float) -> list[float]:
    """The cross-entropy of every batch, before its step."""
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=learning_rate), []
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(net(x).squeeze(1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
