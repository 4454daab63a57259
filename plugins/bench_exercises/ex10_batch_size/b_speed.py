"""10b, timed: the kit's loop against the loop as it is usually written, with the same evaluations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import ExponentialLR
from torch.utils.data import DataLoader, RandomSampler

from bench import Lab
from bench.kit.data import mnist
from bench.kit.training import Recipe, Training, seeded

from .network import Net, as_problem, initial
from .problem import Digits, make_optimizer
from .reference import Pictures

Call = Callable[[], dict[str, Tensor]]
Loader = DataLoader[tuple[Tensor, Tensor]]
EPOCHS = 1
GAMMA = 0.9


def images(batch: int) -> int:
    """Training digits of one call: two batches; and a fifth as many test digits, as MNIST has a sixth."""
    return 2 * batch


def some(lab: Lab, batch: int) -> Digits:
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, images(batch))
    few = max(1, images(batch) // 5)
    return replace(digits, test_x=digits.test_x[:few], test_y=digits.test_y[:few])


def variants(lab: Lab, batch: int, optimizer: str) -> dict[str, Call]:
    """One short epoch from the same weights, then a step of the schedule; both sets scored before and after."""
    digits = some(lab, batch)
    start = as_problem(initial(lab.seed), lab.device, lab.dtype)
    return {
        "idiomatic loop": partial(usual, digits, start, batch, optimizer=optimizer, seed=lab.seed),
        "kit, channels last": partial(kit, digits, start, batch, optimizer=optimizer, seed=lab.seed),
    }


def twin(start: Net, layout: torch.memory_format = torch.contiguous_format) -> Net:
    return deepcopy(start).to(memory_format=layout)


def kit(digits: Digits, start: Net, batch: int, *, optimizer: str, seed: int) -> dict[str, Tensor]:
    net = twin(start, torch.channels_last)
    stepper = make_optimizer(optimizer, net)
    recipe = Recipe(epochs=EPOCHS, batch=batch, seed=seed, loss=F.nll_loss)
    train, test = digits.examples()
    scheduler = ExponentialLR(stepper, GAMMA)
    training = Training(net, stepper, recipe, train=train, test=test, scheduler=scheduler)
    history = training.run()
    scores = [(epoch.train_loss, epoch.test_loss) for epoch in history.epochs]
    return found(net, history.losses.tolist(), scores)


def usual(digits: Digits, start: Net, batch: int, *, optimizer: str, seed: int) -> dict[str, Tensor]:
    """A Dataset, a DataLoader, ``.item()`` in every iteration."""
    net, device = twin(start), digits.train_y.device
    stepper = make_optimizer(optimizer, net, fused=False)
    scheduler = ExponentialLR(stepper, GAMMA)
    train_set = Pictures(digits.train_x, digits.train_y, digits)
    test_set = Pictures(digits.test_x, digits.test_y, digits)
    order = RandomSampler(train_set, generator=torch.Generator().manual_seed(seed))
    batches = DataLoader(train_set, batch, sampler=order, generator=torch.Generator())
    in_order = [DataLoader(data, batch, generator=torch.Generator()) for data in (train_set, test_set)]
    losses = []
    with seeded(seed, device):
        scores = [both(net, in_order, device)]
        for _ in range(EPOCHS):
            net.train()
            for x, y in batches:
                stepper.zero_grad()
                loss = nn.NLLLoss()(net(x.to(device)), y.to(device))
                loss.backward()
                stepper.step()
                losses.append(loss.item())
            scheduler.step()
            scores.append(both(net, in_order, device))
    return found(net, losses, scores)


def found(net: Net, losses: list[float], scores: list[tuple[float, float]]) -> dict[str, Tensor]:
    """What must agree: the loss of every step, those of the whole sets, and the last weights."""
    weights = net.layer4[0].get_parameter("weight").detach()
    as_tensor = partial(torch.tensor, dtype=weights.dtype, device=weights.device)
    return {"losses": as_tensor(losses), "whole sets": as_tensor(scores), "weights": weights}


def both(net: nn.Module, loaders: Sequence[Loader], device: torch.device) -> tuple[float, float]:
    """The mean losses of the training and of the test set; the accuracies are worked out as well."""
    (train_loss, _), (test_loss, _) = (score(net, loader, device) for loader in loaders)
    return train_loss, test_loss


@torch.no_grad()
def score(net: nn.Module, loader: Loader, device: torch.device) -> tuple[float, float]:
    """Mean loss and accuracy, dropout off."""
    net.eval()
    loss, right, count = 0.0, 0, 0
    for x, y in loader:
        log_p, y = net(x.to(device)), y.to(device)
        loss += nn.NLLLoss(reduction="sum")(log_p, y).item()
        right += (log_p.argmax(1) == y).sum().item()
        count += len(y)
    return loss / count, right / count
