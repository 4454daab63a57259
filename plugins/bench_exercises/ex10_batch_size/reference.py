"""The same in PyTorch: a step and a look by autograd, a Dataset and its loader, and the trainings of b to e."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, Dataset

from bench import Lab
from bench.kit.data import mnist
from bench.kit.training import (
    Examples,
    History,
    Numerics,
    Recipe,
    Training,
    argmax_right,
    computing,
)
from bench.kit.training.scoring import BATCH

from .network import DROPOUT
from .problem import RATES, Digits, error_rate, make_optimizer


def learn(net: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """One update; loss and error rate of the batch before it."""
    net.train()
    optimizer.zero_grad()
    log_p = net(x)
    loss = F.nll_loss(log_p, y)
    loss.backward()
    optimizer.step()
    return loss.detach(), error_rate(log_p.detach(), y)


@torch.inference_mode()
def look(net: nn.Module, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and error rate of a batch, dropout off."""
    net.eval()
    log_p = net(x)
    return F.nll_loss(log_p, y), error_rate(log_p, y)


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Digits one by one, each scaled and normalised when it is asked for, as ToTensor and Normalize do it."""

    def __init__(self, pixels: Tensor, labels: Tensor, digits: Digits) -> None:
        self.pixels, self.labels, self.digits = pixels.cpu(), labels.cpu(), digits

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        image = self.pixels[index].to(self.digits.dtype) / 255
        return (image - self.digits.mean) / self.digits.std, self.labels[index]


def loader(data: Pictures, order: Tensor, batch: int) -> DataLoader[tuple[Tensor, Tensor]]:
    """Batches in a given order. ``shuffle=True`` draws such an order itself, from the stream that dropout uses too."""
    return DataLoader(data, batch_size=batch, sampler=order.tolist(), generator=torch.Generator())


Loss = Callable[[Tensor, Tensor], Tensor]
Schedule = Callable[[torch.optim.Optimizer], LRScheduler]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is the same in all trainings of a part."""

    lab: Lab
    train: Examples
    test: Examples
    epochs: int
    batch: int
    optimizer: str
    learning_rate: float
    numerics: Numerics
    dropout: float = DROPOUT

    @classmethod
    def of(
        cls,
        lab: Lab,
        images: int | None,
        *,
        epochs: int,
        batch: int,
        optimizer: str = "adam",
        learning_rate: float | None = None,
        numerics: Numerics = "fp32",
        dropout: float = DROPOUT,
    ) -> Plan:
        """Train on the first ``images`` digits, or on all, and test on the whole test set; where there are few to train
        on, on 500, and in smoke on as few. Without a ``learning_rate`` it is the optimizer's usual one."""
        digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32)
        train, test = digits.examples()
        if images is not None:
            train = train.take(torch.arange(min(images, len(train)), device=lab.device))
            # The classes are not spread evenly over the test set: take digits from all of it.
            tests = lab.pick(smoke=images, quick=500, full=len(test))
            test = test.take(torch.arange(0, len(test), max(1, len(test) // tests), device=lab.device))
        return cls(
            lab=lab,
            train=train,
            test=test,
            epochs=epochs,
            batch=batch,
            optimizer=optimizer,
            learning_rate=RATES[optimizer] if learning_rate is None else learning_rate,
            numerics=numerics,
            dropout=dropout,
        )

    def relabelled(self, labels: Callable[[Tensor], Tensor]) -> Plan:
        """The same digits with other targets."""
        train, test = (replace(sides, y=labels(sides.y)) for sides in (self.train, self.test))
        return replace(self, train=train, test=test)

    def first(self, images: int) -> Plan:
        """The same, trained on the first of these digits alone."""
        few = torch.arange(min(images, len(self.train)), device=self.train.device)
        return replace(self, train=self.train.take(few))

    def fit(
        self,
        net: nn.Module,
        name: str,
        loss: Loss,
        right: Loss = argmax_right,
        *,
        optimizer: torch.optim.Optimizer | None = None,
        schedule: Schedule | None = None,
        validation: Examples | None = None,
        epochs: int = 0,
    ) -> History:
        """Train ``net`` in place; a training that was cut off goes on where it was."""
        optimizer = optimizer or make_optimizer(self.optimizer, net, self.learning_rate)
        scheduler = None if schedule is None else schedule(optimizer)
        recipe = Recipe(
            epochs=epochs or self.epochs,
            batch=self.batch,
            seed=self.lab.seed,
            loss=loss,
            right=right,
            numerics=self.numerics,
            static=True,
        )
        training = Training(
            net, optimizer, recipe, train=self.train, test=self.test, validation=validation, scheduler=scheduler
        )
        return training.run(self.lab.track, name, self.lab.checkpoint(name))

    def placed(self, net: nn.Module) -> nn.Module:
        """On the device; channels last is the faster."""
        return net.to(self.lab.device).to(memory_format=torch.channels_last)

    @torch.inference_mode()
    def outputs(self, net: nn.Module) -> Tensor:
        """Of the whole test set in evaluation mode, (N, …) in float64 on the CPU."""
        net.eval()
        with computing(self.numerics, self.lab.device):
            return torch.cat([net(x).double().cpu() for x, _ in self.test.batches(BATCH)])
