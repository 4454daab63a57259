"""10a in plain PyTorch: the network of the sheet, and a training that looks at a test batch in every iteration."""

from collections.abc import Iterable, Iterator
from itertools import cycle

import torch
from torch import Tensor, nn

Batches = Iterable[tuple[Tensor, Tensor]]


class Net(nn.Module):
    def __init__(self, dropout: float = 0.5) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(nn.Conv2d(1, 16, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(2, stride=2))
        self.layer2 = nn.Sequential(nn.Conv2d(16, 32, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(2, stride=2))
        self.layer3 = nn.Sequential(nn.Linear(32 * 7 * 7, 1024), nn.ReLU(), nn.Dropout(dropout))
        self.layer4 = nn.Sequential(nn.Linear(1024, 10), nn.LogSoftmax(dim=1))

    def forward(self, x: Tensor) -> Tensor:
        return self.layer4(self.layer3(self.layer2(self.layer1(x)).view(-1, 32 * 7 * 7)))


def error_rate(log_p: Tensor, y: Tensor) -> float:
    return (log_p.argmax(dim=1) != y).sum().item() / len(y)


def train(net: nn.Module, optimizer: torch.optim.Optimizer, digits: Batches, tests: Batches) -> Iterator[list[float]]:
    """Of every iteration: cost and error of its training batch, then of its test batch."""
    cost = nn.NLLLoss()  # the output is log p already: together they are the cross-entropy
    for (x, y), (test_x, test_y) in zip(digits, tests, strict=False):
        net.train()
        optimizer.zero_grad()
        log_p = net(x)
        loss = cost(log_p, y)
        loss.backward()
        optimizer.step()
        net.eval()  # no dropout where it is tested
        with torch.no_grad():
            test_log_p = net(test_x)
        test_loss = cost(test_log_p, test_y)
        yield [loss.item(), error_rate(log_p, y), test_loss.item(), error_rate(test_log_p, test_y)]


if __name__ == "__main__":
    from matplotlib import pyplot as plt
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    pixels = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.1307, 0.3081)])
    digits, tests = (datasets.MNIST(".", train=split, download=True, transform=pixels) for split in (True, False))
    for size in (1, 8, 32, 50):
        torch.manual_seed(0)  # every batch size begins with the same weights
        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        curves: list[list[float]] = []
        looks = cycle(DataLoader(tests, size, shuffle=True))  # there are fewer test digits than training digits
        for _epoch in range(15):
            curves += train(net, optimizer, DataLoader(digits, size, shuffle=True), looks)
        for name, curve in zip(("cost", "error", "test cost", "test error"), zip(*curves, strict=True), strict=True):
            plt.figure()
            plt.plot(curve, linewidth=0.5)
            plt.savefig(f"{name} batch {size}.png")
