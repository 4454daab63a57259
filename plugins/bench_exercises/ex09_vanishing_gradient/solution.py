"""Exercise 9 in plain PyTorch: one network, its training, and the norms of the gradient of every layer's weights."""

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, RandomSampler, TensorDataset


def network(activation: type[nn.Module], depth: int, batch_norm: bool, seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs in [30] + [5] * (depth - 1):
        layers += [nn.Linear(inputs, 5), *([nn.BatchNorm1d(5)] if batch_norm else []), activation()]
    return nn.Sequential(*layers, nn.Linear(5, 2))


@torch.no_grad()
def cost_and_error(net: nn.Module, x: Tensor, y: Tensor) -> list[float]:
    net.eval()  # batch norm with its running averages
    outputs = net(x)
    return [nn.functional.cross_entropy(outputs, y).item(), (outputs.argmax(1) != y).double().mean().item()]


def gradient_norms(net: nn.Module, x: Tensor, y: Tensor) -> list[list[float]]:
    """L1 and L2 for each weight matrix, on the whole training set, batch norm in training mode."""
    net.train()
    net.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    gradients = [p.grad for p in net.parameters() if p.ndim == 2 and p.grad is not None]
    return [[g.abs().sum().item(), g.square().sum().sqrt().item()] for g in gradients]


def run(net: nn.Module, x: Tensor, y: Tensor, seed: int, epochs: int) -> tuple[list[list[float]], list[list[float]]]:
    """Train and test cost and error after every epoch, and the norms at the end."""
    order = torch.Generator().manual_seed(seed)
    rows = torch.randperm(569, generator=order)
    test, train = rows[:52], rows[52:]  # 52 / 517 is as near to 0.1 as it gets
    x = (x - x[train].mean(0)) / x[train].std(0, correction=0)
    data = TensorDataset(x[train], y[train])
    loader = DataLoader(data, batch_size=32, sampler=RandomSampler(data, generator=order))
    adam = torch.optim.Adam(net.parameters(), lr=0.001)
    history = []
    for _ in range(epochs):
        net.train()
        for features, labels in loader:
            adam.zero_grad()
            nn.functional.cross_entropy(net(features), labels).backward()
            adam.step()
        history.append(cost_and_error(net, x[train], y[train]) + cost_and_error(net, x[test], y[test]))
    return history, gradient_norms(net, x[train], y[train])


if __name__ == "__main__":
    from sklearn.datasets import load_breast_cancer

    x, y = map(torch.from_numpy, load_breast_cancer(return_X_y=True))
    for depth in (3, 9, 13, 17, 19):
        for activation in (nn.Sigmoid, nn.ReLU):
            for batch_norm in (False, True):
                history, norms = run(network(activation, depth, batch_norm, seed=0).double(), x, y, seed=0, epochs=50)
                print(f"{depth} {activation.__name__}, {batch_norm=}: {history[-1]}", *norms, sep="\n")
