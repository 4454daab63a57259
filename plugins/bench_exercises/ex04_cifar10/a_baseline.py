"""4a: the sheet's network trained as it stands, and that it learns its pictures by heart."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from bench import Lab

from . import checks
from .figures import contact_sheet
from .network import FLAT, PARAMETERS, count, initial
from .problem import Photos, Setting, load
from .reference import Trained, beyond_guessing, record, train


def study(lab: Lab, setting: Setting) -> None:
    photos = load(lab, setting)
    sheet = initial(lab.seed)
    lab.claim("the network of the sheet has so many parameters", count(sheet), equals=PARAMETERS)
    flat = sheet.features(torch.zeros(1, 3, 32, 32)).numel()
    lab.claim("the missing number: what the first linear layer takes", flat, equals=FLAT)
    lab.metric("width of the network", setting.width)
    lab.metric("parameters trained", count(initial(lab.seed, width=setting.width)))
    lab.metric("training images", len(photos.train))
    lab.metric("epochs", setting.epochs)
    lab.metric("learning rate", setting.learning_rate)
    lab.figure(
        "ten of each class", contact_sheet(photos), f"One row a class, 0 to 9, training pictures: {photos.name}."
    )
    trained = train(lab, setting, photos)
    record(lab, photos, trained)
    checks.recount(lab, photos, trained)
    checks.same_start(lab, setting, photos, trained)
    checks.same_network(lab)
    checks.same_training(lab, setting)
    if lab.profile != "smoke":
        learned(lab, photos, trained)


def learned(lab: Lab, photos: Photos, trained: Trained) -> None:
    """It fits what it was shown, and does so better than what it was not: beyond what chance does to a test loss."""
    end, best = trained.history.last, min(epoch.test_loss for epoch in trained.history.epochs)
    known = lab.pick(smoke=0.0, quick=0.95, full=0.99)
    lab.claim("training accuracy of the baseline", end.train_accuracy, at_least=known, as_declared=True)
    generalises(lab, end.test_accuracy, len(photos.test))
    error = standard_error(photos, trained)
    lab.metric("standard error of the test loss, baseline", error)
    lab.claim("gap of the baseline in standard errors", end.gap / error, at_least=5, as_declared=True)
    lab.metric("lowest test loss of any epoch, baseline", best)
    lab.claim(
        "test loss in the end above its lowest, in standard errors",
        (end.test_loss - best) / error,
        at_least=5,
        as_declared=True,
    )


def generalises(lab: Lab, accuracy: float, pictures: int) -> None:
    """A network that has only learned its pictures by heart guesses others."""
    beyond = beyond_guessing(accuracy, pictures)
    lab.claim("baseline: test accuracy above guessing, in standard errors", beyond, at_least=4, as_declared=True)


@torch.no_grad()
def standard_error(photos: Photos, trained: Trained) -> float:
    """Of the mean test loss, over the test pictures."""
    net = trained.net.eval()
    losses = [F.cross_entropy(net(x), y, reduction="none") for x, y in photos.test.batches(500)]
    return float(torch.cat(losses).double().std()) / len(photos.test) ** 0.5
