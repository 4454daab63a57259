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
from bench.kit.training import seeded

from .problem import LEARNING_RATE, Task, Variants, pose_seed, stacked
from .reference import kit_training, parameters, sequential, train_together

EPOCHS = 2


def variants(lab: Lab, networks: int) -> Variants:
    """Every variant gives, of each network, the loss before each step, the test loss around it, and the parameters."""
    lab.uses(iris())
    tasks = [pose_seed(seed, lab.device, lab.dtype) for seed in range(lab.seed, lab.seed + networks)]
    return {
        "idiomatic loop": partial(one_by_one, by_loader, tasks),
        "kit": partial(one_by_one, by_kit, tasks),
        "together": partial(together, stacked(tasks)),
    }


def one_by_one(train: Callable[[Task], dict[str, Tensor]], tasks: list[Task]) -> dict[str, Tensor]:
    trainings = [train(task) for task in tasks]
    return {name: torch.stack([training[name] for training in trainings]) for name in trainings[0]}


def by_loader(task: Task) -> dict[str, Tensor]:
    """As it is usually written: a data set, a loader, and after each epoch a look at both sets."""
    net = sequential(task.theta)
    adam = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    data = TensorDataset(task.x, task.y)
    order = RandomSampler(data, generator=torch.Generator().manual_seed(0))
    loader = DataLoader(data, batch_size=len(data), sampler=order, generator=torch.Generator())
    losses, test_losses = [], [scores(net, task)[1]]
    with seeded(0, task.y.device):
        for _ in range(EPOCHS):
            net.train()
            for x, y in loader:
                adam.zero_grad()
                loss = F.nll_loss(net(x), y)
                loss.backward()
                adam.step()
                losses.append(loss.item())
            test_losses.append(scores(net, task)[1])
    return result(net, losses, test_losses)


@torch.no_grad()
def scores(net: nn.Module, task: Task) -> list[float]:
    """The losses of both sets."""
    net.eval()
    losses = []
    for x, y in ((task.x, task.y), (task.x_test, task.y_test)):
        outputs = net(x)
        losses.append(F.nll_loss(outputs, y).item())
        (outputs.argmax(1) == y).double().mean().item()  # everyone looks at the accuracy too, and so does the kit
    return losses


def by_kit(task: Task) -> dict[str, Tensor]:
    training = kit_training(task, EPOCHS)
    history = training.run()
    return result(training.net, history.losses.tolist(), [epoch.test_loss for epoch in history.epochs])


def together(task: Task) -> dict[str, Tensor]:
    progress = train_together(task, range(EPOCHS))
    return {"losses": progress.train_loss[:-1].mT, "test losses": progress.test_loss.mT, **progress.theta}


def result(net: nn.Module, losses: list[float], test_losses: list[float]) -> dict[str, Tensor]:
    theta = parameters(net)
    like = theta["W1"]
    return {"losses": like.new_tensor(losses), "test losses": like.new_tensor(test_losses), **theta}
