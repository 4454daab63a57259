"""The network of the sheet: two convolutions, two linear layers, log-softmax; and its twins that tell two classes."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PARAMETERS = 1_621_706
DROPOUT = 0.5
"""The sheet gives no rate; this one is PyTorch's default."""
FLAT = 32 * 7 * 7
"""The number that the sheet leaves open: 28 → 14 → 7 by two poolings, times 32 channels."""


class Net(nn.Module):
    """Digits (N, 1, 28, 28) to log-probabilities (N, 10)."""

    def __init__(self, dropout: float = DROPOUT) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.layer2 = nn.Sequential(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.layer3 = nn.Sequential(nn.Linear(FLAT, 1024), nn.ReLU(), nn.Dropout(dropout))
        self.layer4 = nn.Sequential(nn.Linear(1024, 10), nn.LogSoftmax(dim=1))

    def forward(self, x: Tensor) -> Tensor:
        # The sheet's view(-1, 1568) is a reshape here, since channels-last features do not lie in that order.
        features = self.layer2(self.layer1(x)).reshape(-1, FLAT)
        return self.layer4(self.layer3(features))

    @property
    def dropped(self) -> float:
        """The rate of the dropout."""
        dropout = self.layer3[2]
        assert isinstance(dropout, nn.Dropout)
        return dropout.p

    def logits(self, x: Tensor) -> Tensor:
        """What goes into the log-softmax."""
        return self.layer4[0](self.layer3(self.layer2(self.layer1(x)).reshape(-1, FLAT)))


def initial(seed: int, dropout: float = DROPOUT) -> Net:
    """The network as PyTorch initialises it (uniform, ±1/√fan-in), in float32 on the CPU; one seed, one network."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Net(dropout)


class DrawnInFloat32(nn.Dropout):
    """Dropout whose masks are those of float32 whatever it is given: on CUDA they depend on the dtype."""

    def forward(self, x: Tensor) -> Tensor:
        return x * F.dropout(torch.ones_like(x, dtype=torch.float32), self.p, self.training)


def as_problem(net: Net, device: torch.device, dtype: torch.dtype) -> Net:
    """The network on a device in a dtype, posing the same problem in every dtype: with the same dropout masks."""
    if dtype != torch.float32:
        net.layer3[2] = DrawnInFloat32(net.dropped)
    return net.to(device, dtype)


class Binary(Net):
    """Digits (N, 1, 28, 28) to logits (N, outputs) of "it is a zero": one output, or one for each of no and yes."""

    def __init__(self, outputs: int, dropout: float = DROPOUT) -> None:
        super().__init__(dropout)
        self.layer4 = nn.Sequential(nn.Linear(1024, outputs))

    @property
    def last(self) -> nn.Linear:
        layer = self.layer4[0]
        assert isinstance(layer, nn.Linear)
        return layer


def binary(outputs: int, seed: int, dropout: float = DROPOUT) -> Binary:
    """One seed, one network; below the last layer it is the one that ``initial`` gives."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Binary(outputs, dropout)


def merged(two: Binary) -> Binary:
    """The network of one output that says the same as one of two: its logit is z₁ - z₀."""
    one = Binary(1, two.dropped).to(two.last.weight)
    below = {name: value for name, value in two.state_dict().items() if not name.startswith("layer4")}
    (w0, w1), (b0, b1) = two.last.weight.detach(), two.last.bias.detach()
    last = {"layer4.0.weight": (w1 - w0)[None], "layer4.0.bias": (b1 - b0)[None]}
    one.load_state_dict(deepcopy(below) | last)
    return one


def one_output_loss(z: Tensor, y: Tensor) -> Tensor:
    """Logits (N, 1) or (N,), classes (N,)."""
    return F.binary_cross_entropy_with_logits(z.reshape(-1), y.to(z.dtype))


def one_output_right(z: Tensor, y: Tensor) -> Tensor:
    """A probability above ½ is a logit above 0."""
    return (z.reshape(-1) > 0) == (y == 1)


def one_logit(z: Tensor) -> Tensor:
    """The logit (N,) of "it is a zero", of outputs (N, 1) or (N, 2)."""
    return z[:, 1] - z[:, 0] if z.shape[1] == 2 else z[:, 0]


def two_class_loss(z: Tensor, y: Tensor) -> Tensor:
    """The mean cost of outputs (N, 1) or (N, 2) for the classes (N,), as PyTorch has it for each."""
    return F.cross_entropy(z, y) if z.shape[1] == 2 else one_output_loss(z, y)
