"""A training as PyTorch and the kit do it, computed once a run, and what is written down of it.

A ``Change`` says what one training does otherwise than the baseline, in plain values: trainings of equal changes are
one training, whichever parts of the exercise need it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import log
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.training import Epoch, Examples, History, Recipe, Training, held_out, l1

from .network import Net, initial
from .problem import Photos, Setting

SWING = 3.5
SHARE = 0.1
"""Of the training pictures, held out for early stopping: of 256 too. Without 64 of them the other 192 of the stand-in
taught nothing that the held-out loss tells from guessing in three of four seeds; without 26, in one of eight."""


class Augmentation(Protocol):
    """New pictures (N, 3, 32, 32) out of a batch of bytes; ``name`` tells one from another."""

    name: str

    def __call__(self, x: Tensor) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one training does otherwise than the baseline; ``shape`` has arguments of ``Net`` as values of JSON."""

    label: str
    shape: Mapping[str, Any] | None = None
    weight_decay: float = 0.0
    l1: float = 0.0
    augment: Augmentation | None = None
    patience: int | None = None
    seed: int | None = None

    def content(self, lab: Lab) -> dict[str, Any]:
        """All that the training depends on besides its setting: values of JSON, without the label."""
        return {
            "shape": {"extra": 0} | dict(self.shape or {}),
            "weight_decay": self.weight_decay,
            "l1": self.l1,
            "augment": self.augment.name if self.augment else "",
            "patience": self.patience,
            "training_seed": self.started(lab),
        }

    def checkpoint(self, lab: Lab) -> Path:
        return lab.checkpoint(f"{self.label}, {self.started(lab)}")

    def started(self, lab: Lab) -> int:
        return lab.seed if self.seed is None else self.seed


BASELINE = Change(label="baseline")


@dataclass(frozen=True, slots=True)
class Trained:
    label: str
    net: Net
    history: History
    shares: Tensor
    """(updates,): of the first linear layer, how much L1 had killed before each update; empty without L1."""


def optimizer(net: nn.Module, setting: Setting, weight_decay: float = 0.0) -> torch.optim.Optimizer:
    """The sheet's SGD; weights of convolutions and linear layers decay, biases and batch norm do not."""
    weights = [p for p in net.parameters() if p.ndim >= 2]
    others = [p for p in net.parameters() if p.ndim < 2]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=setting.learning_rate, momentum=setting.momentum, fused=True)


def resolution(pull: float, momentum: float) -> float:
    """The size below which a weight counts as dead: three and a half steps at full momentum.

    A weight that L1 has pulled to zero crosses it at full speed and swings beyond it by up to 3.43 such steps.
    """
    return SWING * pull / (1 - momentum)


def learned(lab: Lab, trained: Trained, pictures: int) -> None:
    """A network that has learned nothing has a low test loss and no gap: claimed beside what speaks of these."""
    beyond = beyond_guessing(trained.history.kept.train_accuracy, pictures)
    name = f"{trained.label}: training accuracy above guessing, in standard errors"
    lab.claim(name, beyond, at_least=5, as_declared=True)


def beyond_guessing(accuracy: float, pictures: int) -> float:
    """In standard errors: guessing among ten classes is right about 0.1, with a standard error of 0.3 / √n."""
    return (accuracy - 0.1) / (0.3 / pictures**0.5)


def better_than_guessing(lab: Lab, trained: Trained, plain: Trained) -> None:
    """Test losses of a full run; short ones have not left the plateau of guessing, ln 10."""
    loss = trained.history.kept.test_loss
    baseline = plain.history.last.test_loss
    lab.claim(f"{trained.label}: test loss over the baseline's", loss / baseline, at_most=1, as_declared=True)
    lab.claim(f"{trained.label}: test loss over that of guessing", loss / log(10), at_most=0.9, as_declared=True)


def near_zero(weights: Tensor, below: float) -> Tensor:
    """The share of weights no larger than ``below``."""
    return (weights.detach().abs() <= below).double().mean()


class Watched:
    """λ Σ|w|, which also notes at each step what share of one layer is dead. Nothing waits for the device."""

    def __init__(self, strength: float, below: float) -> None:
        self.penalty, self.below = l1(strength), below
        self.shares: list[Tensor] = []

    def __call__(self, net: nn.Module) -> Tensor:
        self.shares.append(near_zero(net.get_parameter("head.0.weight"), self.below))
        return self.penalty(net)


def train(lab: Lab, setting: Setting, photos: Photos, change: Change = BASELINE, *, timed: bool = True) -> Trained:
    """From the initial weights and with the batches of the seed; records the wall time of a whole training, unless it
    is done only to compare another one with."""
    shape = {"width": setting.width} | dict(change.shape or {})
    net = initial(change.started(lab), **shape).to(lab.device)
    net = net.to(memory_format=torch.channels_last)
    # What is left of an interrupted training takes less than a training does: that time is not recorded.
    whole = not change.checkpoint(lab).exists()
    name = f"training time, {change.label}" if timed and whole else ""
    make = Maker(lab, setting, photos, change)
    state = lab.shared("training", lambda: make(net), timed=name, **asdict(setting), **change.content(lab))
    net.load_state_dict(state["net"])
    history = History(tuple(Epoch(**epoch) for epoch in state["epochs"]), state["losses"], state["best"])
    return Trained(change.label, net, history, state["shares"])


@dataclass(frozen=True, slots=True)
class Maker:
    """Does the training of a ``Change``, for whichever part needs it first."""

    lab: Lab
    setting: Setting
    photos: Photos
    change: Change

    def __call__(self, net: Net) -> dict[str, Any]:
        change, setting = self.change, self.setting
        watched = Watched(change.l1, resolution(setting.learning_rate * change.l1, setting.momentum))
        train, validation = split(self.photos.train, change.started(self.lab), stops=change.patience is not None)
        training = Training(
            net,
            optimizer(net, setting, change.weight_decay),
            self.recipe(watched if change.l1 else None),
            train=train,
            test=self.photos.test,
            validation=validation,
        )
        history = training.run(self.lab.track, change.label, change.checkpoint(self.lab))
        return {
            "net": net.state_dict(),
            "epochs": [asdict(epoch) for epoch in history.epochs],
            "losses": history.losses,
            "best": history.best,
            "shares": torch.stack(watched.shares) if watched.shares else torch.zeros(0),
        }

    def recipe(self, penalty: Callable[[nn.Module], Tensor] | None) -> Recipe:
        return Recipe(
            epochs=self.setting.epochs,
            batch=self.setting.batch,
            seed=self.change.started(self.lab),
            penalty=penalty,
            augment=self.change.augment,
            numerics=self.setting.numerics,
            static=True,
            patience=self.change.patience,
        )


def split(train: Examples, seed: int, *, stops: bool) -> tuple[Examples, Examples | None]:
    """What is trained on, and what is held out to decide when to stop: nothing where nobody stops."""
    if not stops:
        return train, None
    return held_out(train, max(1, round(SHARE * len(train))), seed)


def record(lab: Lab, photos: Photos, trained: Trained) -> None:
    """Accuracy and loss of the whole sets by epoch, in evaluation mode and without penalty; a table of the values."""
    epochs = trained.history.epochs
    kept = trained.history.kept
    for kind, unit in (("accuracy", "accuracy"), ("loss", "cross-entropy (nats)")):
        for of in ("train", "test"):
            values = [getattr(epoch, f"{of}_{kind}") for epoch in epochs]
            lab.curve(
                f"{kind}, {trained.label}",
                range(len(epochs)),
                values,
                series=of,
                x_label=f"epoch, {photos.name}",
                y_label=unit,
                kind="course",
            )
            lab.metric(f"{of} {kind}, {trained.label}", getattr(kept, f"{of}_{kind}"))
    lab.metric(f"gap, {trained.label}", kept.gap)
    lab.table(f"every epoch, {trained.label}", map(row, epochs))


def row(epoch: Epoch) -> dict[str, Any]:
    found: dict[str, Any] = {"epoch": epoch.number, "train loss": epoch.train_loss, "test loss": epoch.test_loss}
    found |= {"train accuracy": epoch.train_accuracy, "test accuracy": epoch.test_accuracy}
    if epoch.validation_loss is not None:
        found |= {"validation loss": epoch.validation_loss, "validation accuracy": epoch.validation_accuracy}
    return found
