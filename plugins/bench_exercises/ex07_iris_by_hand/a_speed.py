"""7a, timed: several trainings, one after another as they are usually written, by the kit's loop, or together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from bench import Lab
from bench.kit.data import iris
from bench.kit.training import Examples, Recipe, Training, seeded

from .by_hand import RATE
from .problem import SHAPES, Task, pose, stacked
from .reference import parameters, sequential
from .together import train_together

Call = Callable[[], dict[str, Tensor]]
EPOCHS = 2


def variants(lab: Lab, networks: int) -> dict[str, Call]:
    """Every variant gives, of each network, the loss before each step, the test loss around it, and the parameters."""
    lab.uses(iris())
    tasks = [pose(seed, lab.device, lab.dtype) for seed in range(lab.seed, lab.seed + networks)]
    return {
        "idiomatic loop": partial(one_by_one, usual, tasks),
        "kit": partial(one_by_one, by_kit, tasks),
        "together": partial(together, stacked(tasks)),
    }


def one_by_one(train: Callable[[Task], dict[str, Tensor]], tasks: list[Task]) -> dict[str, Tensor]:
    trained = [train(task) for task in tasks]
    return {name: torch.stack([found[name] for found in trained]) for name in trained[0]}


def usual(task: Task) -> dict[str, Tensor]:
    """A data set, a loader, and after each epoch a look at both sets."""
    net = sequential(task.theta)
    adam = torch.optim.Adam(net.parameters(), lr=RATE)
    data = TensorDataset(task.x, task.y)
    order = RandomSampler(data, generator=torch.Generator().manual_seed(0))
    loader = DataLoader(data, batch_size=len(data), sampler=order, generator=torch.Generator())
    losses, scores = [], [looked_at(net, task)]
    with seeded(0, task.y.device):
        for _ in range(EPOCHS):
            net.train()
            for x, y in loader:
                adam.zero_grad()
                loss = F.nll_loss(net(x), y)
                loss.backward()
                adam.step()
                losses.append(loss.item())
            scores.append(looked_at(net, task))
    return found(net, losses, [test_loss for _, test_loss in scores])


@torch.no_grad()
def looked_at(net: nn.Module, task: Task) -> tuple[float, float]:
    """The losses of both sets; the accuracies are looked at as well, as everyone does."""
    net.eval()
    seen = []
    for x, y in ((task.x, task.y), (task.x_test, task.y_test)):
        outputs = net(x)
        seen.append(F.nll_loss(outputs, y).item())
        (outputs.argmax(1) == y).double().mean().item()
    return seen[0], seen[1]


def by_kit(task: Task) -> dict[str, Tensor]:
    training = prepare(task, EPOCHS)
    history = training.run()
    return found(training.net, history.losses.tolist(), [epoch.test_loss for epoch in history.epochs])


def prepare(task: Task, epochs: int, batch: int = 0, seed: int = 0) -> Training:
    """Log-softmax and its loss, Adam; a ``batch`` of 0 is the full one."""
    net = sequential(task.theta)
    recipe = Recipe(epochs=epochs, batch=batch or len(task.y), seed=seed, loss=F.nll_loss)
    adam = torch.optim.Adam(net.parameters(), lr=RATE, fused=True)
    return Training(net, adam, recipe, Examples(task.x, task.y), Examples(task.x_test, task.y_test))


def together(task: Task) -> dict[str, Tensor]:
    progress = train_together(task, range(EPOCHS))
    return {"losses": progress.train_loss[:-1].mT, "test losses": progress.test_loss.mT, **progress.theta}


def found(net: nn.Module, losses: list[float], test_losses: list[float]) -> dict[str, Tensor]:
    like = next(net.parameters())
    theta = dict(zip(SHAPES, parameters(net).values(), strict=True))
    return {"losses": like.new_tensor(losses), "test losses": like.new_tensor(test_losses), **theta}
