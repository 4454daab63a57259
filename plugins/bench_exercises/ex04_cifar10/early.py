"""4a5: early stopping on pictures held out of the training set."""

from __future__ import annotations

import torch

from bench import Lab
from bench.kit.training import Examples, Recipe, held_out, score

from .setting import Photos, Setting, load
from .trainings import Change, record, train

SHARE = 0.1


def stopping(lab: Lab, setting: Setting, patience: int) -> None:
    """Train until ``patience`` epochs have gone by without a lower validation loss; the best weights come back."""
    photos = load(lab, setting)
    count = max(1, round(SHARE * len(photos.train)))
    rest, validation = held_out(photos.train, count, lab.seed)
    lab.claim("held-out pictures that are trained on too", shared(len(photos.train), count, lab.seed), equals=0)
    change = Change(label="early stopping", patience=patience)
    trained = train(lab, setting, Photos(photos.name, rest, photos.test), change, validation=validation)
    history = trained.history
    record(lab, photos, trained)
    best = history.kept
    lab.curve(
        f"loss, early stopping: {photos.name}",
        range(len(history.epochs)),
        [epoch.validation_loss for epoch in history.epochs],
        series="validation",
        x_label="epoch",
        y_label="cross-entropy (nats)",
    )
    lab.metric("epochs run until stopped", history.last.number)
    lab.metric("epoch whose weights are kept", best.number)
    lab.metric("test accuracy at the last epoch run, early stopping", history.last.test_accuracy)
    recipe = Recipe(epochs=1, batch=setting.batch, numerics=setting.numerics)
    again, _ = score(trained.net, validation, recipe)
    lowest = min(epoch.validation_loss for epoch in history.epochs if epoch.validation_loss is not None)
    lab.claim("the network in the end has the lowest validation loss, off by", abs(again - lowest), at_most=1e-5)
    lab.claim("epochs run after the best one", history.last.number - best.number, at_most=patience)


def shared(images: int, count: int, seed: int) -> int:
    """How many pictures are in both parts of the split, told by their numbers."""
    numbers = torch.arange(images)
    rest, validation = held_out(Examples(numbers, numbers), count, seed)
    return len(set(rest.x.tolist()) & set(validation.x.tolist()))
