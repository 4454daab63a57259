"""The filled table as a network of PyTorch, a line a row; activations have no row in the table."""

import torch
from torch import Tensor, nn


def network(kernel: int = 1, padding: int = 0) -> nn.Sequential:
    """Rows 2 to 12. Row 4 as printed; with kernel 5 and padding 2 it is AlexNet's."""
    rows = [
        nn.Conv2d(3, 96, kernel_size=11, stride=4, padding=0),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=0),
        nn.Conv2d(96, 256, kernel_size=kernel, stride=1, padding=padding),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(256, 384, kernel_size=3, stride=1, padding=1),
        nn.Conv2d(384, 384, kernel_size=3, stride=1, padding=1),
        nn.Conv2d(384, 256, kernel_size=3, stride=1, padding=1),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=0),
        nn.Sequential(nn.Flatten(), nn.Linear(256 * 6 * 6, 4096)),
        nn.Linear(4096, 4096),
        nn.Linear(4096, 1000),
    ]
    return nn.Sequential(*rows)


def table(net: nn.Sequential) -> list[tuple[tuple[int, ...], int]]:
    """Output dim, for one image, and number of parameters of every row."""
    x: Tensor = torch.zeros(1, 3, 227, 227)
    rows = []
    for layer in net:
        x = layer(x)
        rows.append((tuple(x.shape[1:]), sum(p.numel() for p in layer.parameters())))
    return rows
