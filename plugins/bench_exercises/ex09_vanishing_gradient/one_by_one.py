"""The same trainings, one network after another, as one writes them in PyTorch."""

from itertools import chain, islice, repeat

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from .models import BATCH, RATE
from .task import Task


def train_one(net: nn.Sequential, task: Task, seed: int, steps: int) -> nn.Sequential:
    """``steps`` updates of ``net`` (on the task's device, in its dtype), in place: Adam, batches of 32."""
    data = TensorDataset(task.x, task.y)
    order = RandomSampler(data, generator=torch.Generator().manual_seed(seed))
    loader = DataLoader(data, batch_size=BATCH, sampler=order, generator=torch.Generator())  # no global stream
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    net.train()
    for x, y in islice(chain.from_iterable(repeat(loader)), steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    return net


def weights_of(net: nn.Sequential) -> list[Tensor]:
    """The weight matrices of the linear layers, from the input to the output."""
    return [module.weight for module in net if isinstance(module, nn.Linear)]
