"""4a5: early stopping on pictures held out of the training set."""

from __future__ import annotations

import torch

from bench import Lab
from bench.kit.compare import max_error, smallest
from bench.kit.training import Examples, Recipe, score

from .problem import Photos, Setting, load
from .reference import Change, Trained, better_than_guessing, learned, record, split, train


def change(patience: int, seed: int | None = None) -> Change:
    return Change(label="early stopping", patience=patience, seed=seed)


def study(lab: Lab, setting: Setting, patience: int) -> None:
    """Train until ``patience`` epochs have gone by without a lower validation loss; the best weights come back."""
    photos = load(lab, setting)
    lab.claim("held-out pictures that are trained on too", shared(len(photos.train), lab.seed), equals=0)
    trained = train(lab, setting, photos, change(patience))
    record(lab, photos, trained)
    report(lab, setting, photos, trained)
    history = trained.history
    lab.claim("epochs run after the best one", history.last.number - history.kept.number, at_most=patience)
    if lab.profile != "smoke":
        learned(lab, trained, len(photos.train))
    if lab.profile == "full":
        better_than_guessing(lab, trained, train(lab, setting, photos, timed=False))


def report(lab: Lab, setting: Setting, photos: Photos, trained: Trained) -> None:
    """The validation loss, which epoch it chose, and that the network is the one of that epoch."""
    history = trained.history
    losses = [float(epoch.validation_loss) for epoch in history.epochs if epoch.validation_loss is not None]
    lab.curve(
        "loss, early stopping",
        range(len(losses)),
        losses,
        series="validation",
        x_label=f"epoch, {photos.name}",
        y_label="cross-entropy (nats)",
        kind="course",
    )
    lab.metric("epochs run until stopped", history.last.number)
    lab.metric("epoch whose weights are kept", history.kept.number)
    lab.metric("test accuracy at the last epoch run, early stopping", history.last.test_accuracy)
    _, validation = split(photos.train, lab.seed, stops=True)
    assert validation is not None
    again, _ = score(trained.net, validation, Recipe(epochs=1, batch=setting.batch, numerics=setting.numerics))
    off = max_error(again, smallest(losses))
    lab.claim("the network in the end has the lowest validation loss, off by", off, at_most=1e-5)


def shared(images: int, seed: int) -> int:
    """How many pictures are in both parts of the split, told by their numbers."""
    numbers = torch.arange(images)
    rest, validation = split(Examples(numbers, numbers), seed, stops=True)
    assert validation is not None
    return len(set(rest.x.tolist()) & set(validation.x.tolist()))
