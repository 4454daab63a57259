"""Exercise 4 as it could be handed in: the sheet's network, its loop, the values of both plots, the running time."""

import time
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

Data = Dataset[Any]
"""Pictures (3, 32, 32) as the network takes them, each with its class."""


def network() -> nn.Sequential:
    def convolution(coming: int, going: int) -> list[nn.Module]:
        return [nn.Conv2d(coming, going, kernel_size=3, stride=1, padding=1), nn.ReLU()]

    def block(coming: int, first: int, last: int) -> list[nn.Module]:
        pooled = [nn.MaxPool2d(2, stride=2), nn.BatchNorm2d(last)]
        return [*convolution(coming, first), *convolution(first, last), *pooled]

    blocks = [*block(3, 32, 64), *block(64, 128, 128), *block(128, 256, 256)]
    linear = [nn.Linear(256 * 4 * 4, 1024), nn.ReLU(), nn.Linear(1024, 512), nn.ReLU(), nn.Linear(512, 10)]
    return nn.Sequential(*blocks, nn.Flatten(), *linear)


def shuffled(data: Data, batch_size: int, seed: int) -> DataLoader[tuple[Tensor, Tensor]]:
    order = RandomSampler(data, generator=torch.Generator().manual_seed(seed))  # type: ignore[arg-type]
    return DataLoader(data, batch_size, sampler=order, generator=torch.Generator())


def one_epoch(
    net: nn.Module, optimizer: torch.optim.Optimizer, batches: Iterable[tuple[Tensor, Tensor]]
) -> list[float]:
    net.train()
    device, losses = next(net.parameters()).device, []
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def evaluate(net: nn.Module, data: Data) -> tuple[float, float]:
    """Cross-entropy and accuracy over a whole set, in evaluation mode."""
    net.eval()
    device, loss, right, count = next(net.parameters()).device, 0.0, 0, 0
    for x, y in DataLoader(data, 500, generator=torch.Generator()):
        logits, y = net(x.to(device)), y.to(device)
        loss += nn.functional.cross_entropy(logits, y, reduction="sum").item()
        right, count = right + int((logits.argmax(1) == y).sum()), count + len(y)
    return loss / count, right / count


def train(
    net: nn.Module,
    train_set: Data,
    test_set: Data,
    *,
    epochs: int = 20,
    learning_rate: float = 0.001,
    momentum: float = 0.9,
    batch_size: int = 32,
    seed: int = 0,
) -> tuple[list[float], list[tuple[float, ...]], float]:
    """Every batch's loss; train loss and accuracy, test loss and accuracy, before and after each epoch; seconds."""
    sgd = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=momentum)
    batches, begin, losses = shuffled(train_set, batch_size, seed), time.perf_counter(), []
    rows: list[tuple[float, ...]] = [(*evaluate(net, train_set), *evaluate(net, test_set))]
    for _ in range(epochs):
        losses += one_epoch(net, sgd, batches)
        rows.append((*evaluate(net, train_set), *evaluate(net, test_set)))
    return losses, rows, time.perf_counter() - begin


if __name__ == "__main__":
    from torchvision import datasets, transforms

    ready = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.4914, 0.4822, 0.4465), (0.25,) * 3)])
    splits = [datasets.CIFAR10(".", train=train, download=True, transform=ready) for train in (True, False)]
    _, found, seconds = train(network(), *splits)
    for epoch, row in enumerate(found):
        print(epoch, *(f"{value:.4f}" for value in row))  # these four columns are the two plots
    torch.save({"rows": found, "seconds": seconds}, "baseline.pt")
