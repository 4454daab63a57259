"""What PyTorch makes of the problem: the network as a module, its gradients, and trainings by autograd.

One network trains as it is usually written, or by the kit's loop. Many train at once: networks of one shape, stacked,
so that one batched product does the work of all of them. Adam and the activations work element by element, and the
gradient of a sum of losses is each loss's own: nothing of a network reaches another, and each training is the one that
it would be alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import skip_init

from bench.kit.training import Diverged, Examples, Recipe, Training

from .network import SLOPE
from .problem import LEARNING_RATE, SHEET, Choices, Task, Theta, layers, names, outcome

Activation = Callable[[Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
"""Outputs (S, N, 3) and classes (S, N): the loss of every flower, (S, N)."""
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
UNITS = {"train loss": "nat", "test loss": "nat", "train accuracy": "%", "test accuracy": "%"}
"""The series of a training, and what they are measured in."""


def sequential(theta: Theta) -> nn.Sequential:
    """The network as a module, with a copy of the given parameters."""
    like = theta["W1"]
    modules: list[nn.Module] = []
    for k in range(1, layers(theta) + 1):
        nodes, inputs = theta[f"W{k}"].shape
        # The layers' own initialisation would draw from the global random stream, to no use.
        modules += [skip_init(nn.Linear, inputs, nodes, device=like.device, dtype=like.dtype), nn.LeakyReLU(SLOPE)]
    model = nn.Sequential(*modules[:-1], nn.LogSoftmax(dim=1))
    model.load_state_dict(dict(zip(model.state_dict(), theta.values(), strict=True)))
    return model


def parameters(model: nn.Module) -> dict[str, Tensor]:
    """The parameters of ``sequential``, under our names for them."""
    return named([p.detach() for p in model.parameters()])


def gradients(model: nn.Module) -> dict[str, Tensor]:
    """What ``backward()`` has left in them."""
    left = [p.grad for p in model.parameters() if p.grad is not None]
    return named(left)


def named(tensors: list[Tensor]) -> dict[str, Tensor]:
    """W1, b1, … in the order in which a module has them."""
    numbered = {str(i): tensor for i, tensor in enumerate(tensors)}
    return dict(zip(names(numbered), tensors, strict=True))


def by_autograd(theta: Theta, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The gradient of the mean negative log-likelihood, of PyTorch's own layers."""
    model = sequential(theta)
    nn.NLLLoss()(model(x), y).backward()
    return gradients(model)


def train_by_autograd(task: Task, steps: int, *, fused: bool | None = None) -> dict[str, Tensor]:
    """The training of ``by_hand.train`` as it is usually written; gives an ``outcome``."""
    model = sequential(task.theta)
    loss_of = nn.NLLLoss()
    adam = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=fused)
    losses: list[Tensor] = []
    first: dict[str, Tensor] = {}
    for _ in range(steps):
        adam.zero_grad()
        loss = loss_of(model(task.x), task.y)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
        first = first or gradients(model)  # zero_grad() drops them and does not overwrite them
    return outcome(torch.stack(losses), parameters(model), first)


def kit_training(
    task: Task, epochs: int, *, batch: int | None = None, seed: int = 0, choices: Choices = SHEET
) -> Training:
    """The same by the kit's loop, before its first epoch; full batch unless told otherwise."""
    net = sequential(task.theta)
    recipe = Recipe(epochs=epochs, batch=len(task.y) if batch is None else batch, seed=seed, loss=F.nll_loss)
    optimizer = OPTIMIZERS[choices.optimizer](net.parameters(), lr=choices.learning_rate, fused=True)
    train, test = Examples(task.x, task.y), Examples(task.x_test, task.y_test)
    return Training(net, optimizer, recipe, train=train, test=test)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What S trainings gave: each series is (epochs + 1, S), before every epoch and after the last."""

    train_loss: Tensor
    test_loss: Tensor
    train_accuracy: Tensor
    test_accuracy: Tensor
    theta: dict[str, Tensor]

    def series(self, rows: slice) -> dict[str, Tensor]:
        """The series of some of the trainings, in their ``UNITS``, on the CPU."""
        values = (self.train_loss, self.test_loss, 100 * self.train_accuracy, 100 * self.test_accuracy)
        return {name: value[:, rows].cpu() for name, value in zip(UNITS, values, strict=True)}


def leaky_relu(z: Tensor) -> Tensor:
    return F.leaky_relu(z, SLOPE)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """-log softmax(z)_y."""
    return -logits.log_softmax(-1).gather(-1, y[..., None]).squeeze(-1)


def outputs(theta: Theta, x: Tensor, activation: Activation) -> Tensor:
    """The logits (S, N, 3) of S networks for x (S, N, 4)."""
    a = x
    for k in range(1, layers(theta) + 1):
        z = torch.baddbmm(theta[f"b{k}"][:, None], a, theta[f"W{k}"].mT)
        a = activation(z)
    return z


def train_together(
    task: Task,
    epochs: Iterable[int],
    *,
    activation: Activation = leaky_relu,
    loss_of: Loss = cross_entropy,
    choices: Choices = SHEET,
) -> Progress:
    """Full batch, Adam or SGD, an epoch is a step; ``task`` is ``stacked``.

    Both sets take one pass together, and the loss of the training set alone is differentiated. Raises ``Diverged``
    where a loss is no longer finite.
    """
    theta = {name: p.clone().requires_grad_() for name, p in task.theta.items()}
    kind = OPTIMIZERS[choices.optimizer]
    optimizer = kind(theta.values(), lr=choices.learning_rate, fused=True)
    x, y = torch.cat([task.x, task.x_test], 1), torch.cat([task.y, task.y_test], 1)
    train, test = slice(None, task.y.shape[1]), slice(task.y.shape[1], None)
    history: list[tuple[Tensor, ...]] = []

    def score() -> Tensor:
        logits = outputs(theta, x, activation)
        losses, right = loss_of(logits, y), (logits.argmax(-1) == y).to(logits)
        train_loss, test_loss = losses[:, train].mean(1), losses[:, test].detach().mean(1)
        history.append((train_loss.detach(), test_loss, right[:, train].mean(1), right[:, test].mean(1)))
        return train_loss.sum()

    for _ in epochs:
        optimizer.zero_grad()
        score().backward()
        optimizer.step()
    with torch.no_grad():
        score()
    train_loss, test_loss, train_accuracy, test_accuracy = map(torch.stack, zip(*history, strict=True))
    check_finite(train_loss + test_loss)
    return Progress(
        train_loss=train_loss,
        test_loss=test_loss,
        train_accuracy=train_accuracy,
        test_accuracy=test_accuracy,
        theta={name: p.detach() for name, p in theta.items()},
    )


def check_finite(losses: Tensor) -> None:
    """Raises ``Diverged`` unless all losses (epochs + 1, S) are finite numbers."""
    epochs, networks = (~losses.isfinite()).nonzero().T
    if len(epochs):
        first, count = int(epochs.min()), len(networks.unique())
        raise Diverged(
            f"{count} of {losses.shape[1]} trainings diverged, the first in epoch {first}: lower the learning rate"
        )
