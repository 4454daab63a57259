"""Exercise 3 in PyTorch: a convolution and a pool learn to give two data sets the same output."""

import torch
from torch import Tensor, nn

DATA1 = torch.tensor([[[1.0, 2.0, -3.0, 2.0], [1.0, 2.0, -2.0, 1.0]]])
DATA2 = torch.tensor([[[4.0, 2.0, -2.0, 2.0], [3.0, 2.0, -7.0, 2.0]]])


def model(pool: nn.Module) -> nn.Sequential:
    """Two channels to one, then the pool; weights and bias from N(0, 0.1²)."""
    net = nn.Sequential(nn.Conv1d(2, 1, kernel_size=2, padding=0, stride=1), pool)
    for parameter in net.parameters():
        nn.init.normal_(parameter, mean=0.0, std=0.1)
    return net


def average_model() -> nn.Sequential:
    return model(nn.AvgPool1d(kernel_size=2, padding=0, stride=1))


def max_model() -> nn.Sequential:
    return model(nn.MaxPool1d(kernel_size=2, padding=0, stride=1))


def train(net: nn.Module, data1: Tensor, data2: Tensor, updates: int = 1, lr: float = 1e-4) -> list[float]:
    """The distance of the two outputs before each update, and after the last."""
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    distances = []
    for _ in range(updates):
        optimizer.zero_grad()
        loss = torch.linalg.vector_norm(net(data2) - net(data1))
        loss.backward()
        optimizer.step()
        distances.append(loss.item())
    with torch.no_grad():
        distances.append(torch.linalg.vector_norm(net(data2) - net(data1)).item())
    return distances


if __name__ == "__main__":
    for build in (average_model, max_model):
        torch.manual_seed(0)
        net = build()
        distances = train(net, DATA1, DATA2, updates=1000)
        print(build.__name__, *(f"after {n}: {distances[n]:.6f}" for n in (0, 1, 10, 100, 1000)))
        print("out1", net(DATA1).flatten().tolist(), "out2", net(DATA2).flatten().tolist())
