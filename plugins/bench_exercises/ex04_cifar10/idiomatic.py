"""The same training as a careful student writes it: Dataset, ToTensor, Normalize, DataLoader, ``.item()``."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, RandomSampler

from bench.kit.training import seeded


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures one by one, each scaled and normalised when it is asked for, as ToTensor and Normalize do it."""

    def __init__(self, pixels: Tensor, labels: Tensor, moments: tuple[float, float], dtype: torch.dtype) -> None:
        self.pixels, self.labels, self.moments, self.dtype = pixels.cpu(), labels.cpu(), moments, dtype

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        mean, std = self.moments
        return (self.pixels[index].to(self.dtype) / 255 - mean) / std, self.labels[index]


def one_epoch(
    net: nn.Module, sgd: torch.optim.Optimizer, train: Pictures, test: Pictures, *, batch: int, seed: int
) -> tuple[list[float], list[float]]:
    """Losses of the batches, and the losses and accuracies of both sets before and after, in evaluation mode."""
    device = next(net.parameters()).device
    order = RandomSampler(train, generator=torch.Generator().manual_seed(seed))
    batches = DataLoader(train, batch, sampler=order, generator=torch.Generator())
    losses = []
    with seeded(seed, device):
        scores = [*score(net, train), *score(net, test)]
        net.train()
        for x, y in batches:
            sgd.zero_grad()
            loss = F.cross_entropy(net(x.to(device)), y.to(device))
            loss.backward()
            sgd.step()
            losses.append(loss.item())
        scores += [*score(net, train), *score(net, test)]
    return losses, scores


@torch.no_grad()
def score(net: nn.Module, data: Pictures) -> tuple[float, float]:
    net.eval()
    device = next(net.parameters()).device
    loss, right = 0.0, 0
    for x, y in DataLoader(data, 500):
        outputs = net(x.to(device))
        loss += F.cross_entropy(outputs, y.to(device), reduction="sum").item()
        right += (outputs.argmax(1) == y.to(device)).sum().item()
    return loss / len(data), right / len(data)
