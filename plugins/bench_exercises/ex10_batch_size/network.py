"""The network of the sheet: two convolutions, two linear layers, log-softmax."""

import torch
from torch import Tensor, nn

PARAMETERS = 1_621_706
FLAT = 32 * 7 * 7
"""The number that the sheet leaves open: 28 → 14 → 7 by two poolings, times 32 channels."""


class Net(nn.Module):
    """Digits (N, 1, 28, 28) to log-probabilities (N, 10)."""

    def __init__(self, dropout: float = 0.5) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.layer2 = nn.Sequential(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.layer3 = nn.Sequential(nn.Linear(FLAT, 1024), nn.ReLU(), nn.Dropout(dropout))
        self.layer4 = nn.Sequential(nn.Linear(1024, 10), nn.LogSoftmax(dim=1))

    def forward(self, x: Tensor) -> Tensor:
        # The sheet's view(-1, 1568) is a reshape here, since channels-last features do not lie in that order.
        features = self.layer2(self.layer1(x)).reshape(-1, FLAT)
        return self.layer4(self.layer3(features))

    def logits(self, x: Tensor) -> Tensor:
        """What goes into the log-softmax."""
        return self.layer4[0](self.layer3(self.layer2(self.layer1(x)).reshape(-1, FLAT)))


def initial(seed: int) -> Net:
    """The network as PyTorch initialises it (uniform, ±1/√fan-in), in float32 on the CPU; one seed, one network."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Net()
