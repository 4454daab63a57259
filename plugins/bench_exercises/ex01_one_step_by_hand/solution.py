"""Exercise 1a in plain PyTorch: one iteration of SGD, and one of Adam, on the network of the sheet."""

import torch
from torch import Tensor, nn

W = torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, -0.4], dtype=torch.float64)  # w1 … w8
X = torch.tensor([1.5, 1.0, 1.0], dtype=torch.float64)  # x1, x2, x3
TARGET = torch.tensor([0.0], dtype=torch.float64)


class Network(nn.Module):
    """x1, x2, x3 → h1 (Tanh), h2 (LeakyReLU 0.2) → o (Sigmoid), without biases."""

    def __init__(self, ordering: str) -> None:
        super().__init__()
        # A row of nn.Linear's matrix holds the weights *into* one node.
        by_arrow = ordering == "source_major"  # w1, w3, w5 into h1, or else w1, w2, w3
        into_hidden = W[:6].reshape(3, 2).T if by_arrow else W[:6].reshape(2, 3)
        self.hidden = nn.Linear(3, 2, bias=False, dtype=torch.float64)
        self.output = nn.Linear(2, 1, bias=False, dtype=torch.float64)
        self.hidden.weight = nn.Parameter(into_hidden.clone())
        self.output.weight = nn.Parameter(W[6:].reshape(1, 2).clone())

    def forward(self, x: Tensor) -> Tensor:
        z1, z2 = self.hidden(x)
        h = torch.stack([torch.tanh(z1), nn.functional.leaky_relu(z2, 0.2)])
        return torch.sigmoid(self.output(h))


def one_iteration(ordering: str, optimiser: str) -> tuple[float, list[Tensor], list[Tensor]]:
    """The loss before the step, and the matrices' gradients and their values after it."""
    network = Network(ordering)
    rule = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}[optimiser]
    step = rule(network.parameters(), lr={"SGD": 0.1, "Adam": 0.001}[optimiser])
    step.zero_grad()
    loss = nn.functional.mse_loss(network(X), TARGET) / 2
    loss.backward()
    step.step()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    return loss.item(), gradients, [p.detach() for p in network.parameters()]


if __name__ == "__main__":
    torch.set_printoptions(precision=6)
    for ordering in ("source_major", "target_major"):
        for optimiser in ("SGD", "Adam"):
            loss, gradients, weights = one_iteration(ordering, optimiser)
            print(f"{ordering}, {optimiser}: loss {loss:.6f}", *gradients, *weights, sep="\n")
