"""Exercise 13 as it could be handed in: a linear model, gradient descent stopped early, and the L2 penalty."""

import torch
from torch import Tensor, nn


def linear_model(x: Tensor) -> nn.Linear:
    """One weight for each column of x (n, d), no bias; all begin at zero, as the theory asks."""
    model = nn.Linear(x.shape[1], 1, bias=False).to(x)
    nn.init.zeros_(model.weight)
    return model


def cost(model: nn.Linear, x: Tensor, y: Tensor) -> Tensor:
    return 0.5 * nn.functional.mse_loss(model(x).squeeze(1), y)


def train(
    x: Tensor, y: Tensor, *, learning_rate: float, steps: int, penalty: float = 0.0
) -> tuple[Tensor, list[float]]:
    """Plain gradient descent; with a penalty it minimises cost + penalty / 2 · ‖w‖². The weights, and every cost."""
    model = linear_model(x)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, weight_decay=penalty)
    costs = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = cost(model, x, y)
        loss.backward()
        optimizer.step()
        costs.append(loss.item())
    return model.weight.detach().flatten(), costs


def train_with_early_stopping(
    train_set: tuple[Tensor, Tensor],
    held_out: tuple[Tensor, Tensor],
    *,
    learning_rate: float,
    patience: int,
    most_steps: int = 100_000,
) -> tuple[Tensor, int]:
    """Stops when the cost on the held-out samples has not fallen for ``patience`` steps. The best weights, and when."""
    model = linear_model(train_set[0])
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    best, best_step, weights = float("inf"), 0, model.weight.detach().flatten().clone()
    for step in range(1, most_steps + 1):
        optimizer.zero_grad()
        cost(model, *train_set).backward()
        optimizer.step()
        with torch.no_grad():
            error = cost(model, *held_out).item()
        if error < best:
            best, best_step, weights = error, step, model.weight.detach().flatten().clone()
        elif step - best_step >= patience:
            break
    return weights, best_step
