"""Exercises 7a and 7d in plain PyTorch: `python solution.py` trains to epoch 1000, `python solution.py on` to 2000."""

import sys

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """4-5-5-5-3: Leaky-ReLU(0.2) in the hidden layers, softmax at the output, all parameters from U(0, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.ModuleList([nn.Linear(4, 5), nn.Linear(5, 5), nn.Linear(5, 5), nn.Linear(5, 3)])
        for parameter in self.parameters():
            nn.init.uniform_(parameter, 0.0, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.linear[:3]:
            x = nn.functional.leaky_relu(layer(x), 0.2)
        # Its logarithm: NLLLoss of it is the cross-entropy, and CrossEntropyLoss would take a second softmax.
        return nn.functional.log_softmax(self.linear[3](x), dim=1)


class Training:
    def __init__(self, network: nn.Module) -> None:
        self.network, self.loss_of, self.losses = network, nn.NLLLoss(), list[float]()
        self.optimizer = torch.optim.Adam(network.parameters(), lr=0.001)

    def run(self, x: Tensor, y: Tensor, until: int) -> None:
        for _ in range(len(self.losses), until):  # an epoch is one step, which sees all flowers
            self.optimizer.zero_grad()
            loss = self.loss_of(self.network(x), y)
            loss.backward()
            self.optimizer.step()
            self.losses.append(loss.item())

    @torch.no_grad()
    def scores(self, x: Tensor, y: Tensor) -> tuple[float, float]:
        """The loss, and the accuracy in percent."""
        log_p = self.network(x)
        return self.loss_of(log_p, y).item(), 100 * (log_p.argmax(1) == y).double().mean().item()

    def save(self, path: str) -> None:
        parts = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save(parts | {"losses": self.losses}, path)

    def load(self, path: str) -> None:
        saved = torch.load(path, weights_only=True)
        self.network.load_state_dict(saved["network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.losses = saved["losses"]


if __name__ == "__main__":
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    x, y = map(torch.tensor, load_iris(return_X_y=True))
    train, test = train_test_split(range(150), test_size=25, stratify=y, random_state=0)  # 25 / 125 = 0.2
    x = ((x - x[train].mean(0)) / x[train].std(0)).float()  # measured on the training flowers alone
    training = Training(Network())
    if sys.argv[1:] == ["on"]:
        training.load("stopped.pt")
    training.run(x[train], y[train], until=2000 if sys.argv[1:] else 1000)
    print("training, test:", training.scores(x[train], y[train]), training.scores(x[test], y[test]))
    training.save("stopped.pt")
