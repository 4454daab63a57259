"""One training, and what is written down of it: the two charts, the values, the time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.training import Epoch, Examples, History, Recipe, Training

from .network import Net, initial
from .setting import Photos, Setting


@dataclass(frozen=True, slots=True)
class Trained:
    label: str
    net: Net
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one training does otherwise than the baseline."""

    label: str
    shape: dict[str, Any] | None = None
    weight_decay: float = 0.0
    penalty: Callable[[nn.Module], Tensor] | None = None
    augment: Callable[[Tensor], Tensor] | None = None
    patience: int | None = None
    seed: int | None = None


BASELINE = Change(label="baseline")


def optimizer(net: nn.Module, setting: Setting, weight_decay: float = 0.0) -> torch.optim.Optimizer:
    """The sheet's SGD; weights of convolutions and linear layers decay, biases and batch norm do not."""
    weights = [p for p in net.parameters() if p.ndim >= 2]
    others = [p for p in net.parameters() if p.ndim < 2]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=setting.rate, momentum=setting.momentum, fused=True)


def train(
    lab: Lab, setting: Setting, photos: Photos, change: Change = BASELINE, *, validation: Examples | None = None
) -> Trained:
    """From the initial weights and with the batches of the seed; records the wall time of a whole training."""
    seed = lab.seed if change.seed is None else change.seed
    net = initial(seed, width=setting.width, **(change.shape or {})).to(lab.device)
    net = net.to(memory_format=torch.channels_last)
    recipe = Recipe(
        epochs=setting.epochs,
        batch=setting.batch,
        seed=seed,
        penalty=change.penalty,
        augment=change.augment,
        numerics=setting.numerics,
        static=True,
        patience=change.patience,
    )
    training = Training(
        net,
        optimizer(net, setting, change.weight_decay),
        recipe,
        train=photos.train,
        test=photos.test,
        validation=validation,
    )
    checkpoint = lab.checkpoint(change.label)
    # What is left of an interrupted training takes less than a training does: that time is not recorded.
    with nullcontext() if checkpoint.exists() else lab.timed(f"training time, {change.label}"):
        history = training.run(lab.track, change.label, checkpoint)
    return Trained(change.label, net, history)


def record(lab: Lab, photos: Photos, trained: Trained) -> None:
    """Accuracy and loss of the whole sets by epoch, in evaluation mode and without penalty; a table of the values."""
    epochs = trained.history.epochs
    kept = trained.history.kept
    for kind, unit in (("accuracy", "accuracy"), ("loss", "cross-entropy (nats)")):
        for split in ("train", "test"):
            values = [getattr(epoch, f"{split}_{kind}") for epoch in epochs]
            lab.curve(
                f"{kind}, {trained.label}: {photos.name}",
                range(len(epochs)),
                values,
                series=split,
                x_label="epoch",
                y_label=unit,
            )
            lab.metric(f"{split} {kind}, {trained.label}", getattr(kept, f"{split}_{kind}"))
    lab.metric(f"gap, {trained.label}", kept.gap)
    lab.table(f"every epoch, {trained.label}: {photos.name}", map(row, epochs))


def row(epoch: Epoch) -> dict[str, Any]:
    found: dict[str, Any] = {"epoch": epoch.number, "train loss": epoch.train_loss, "test loss": epoch.test_loss}
    found |= {"train accuracy": epoch.train_accuracy, "test accuracy": epoch.test_accuracy}
    if epoch.validation_loss is not None:
        found |= {"validation loss": epoch.validation_loss, "validation accuracy": epoch.validation_accuracy}
    return found
