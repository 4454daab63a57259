"""4a4: dropout of 0.5 behind the linear layers and 0.15 behind the others: three places, six, or single values."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from bench import Lab

from .network import initial
from .problem import Setting, load
from .reference import Change, better_than_guessing, learned, record, train


def changes(dropout: float, map_dropout: float, seed: int | None = None) -> tuple[Change, ...]:
    """The sheet's words, "the other layers", are all six convolutions; behind the blocks there are three places."""
    rates: dict[str, Any] = {"dropout": [dropout, map_dropout]}
    return (
        Change(label="dropout", shape=rates, seed=seed),
        Change(label="dropout behind all six", shape=rates | {"places": "convolutions"}, seed=seed),
        Change(label="dropout of single values", shape=rates | {"on_maps": "Dropout"}, seed=seed),
    )


def study(lab: Lab, setting: Setting, dropout: float, map_dropout: float) -> None:
    photos = load(lab, setting)
    for change in changes(dropout, map_dropout):
        passes(lab, setting, change, photos.train.ready(photos.train.x[:20]))
    for change in changes(dropout, map_dropout):
        trained = train(lab, setting, photos, change)
        record(lab, photos, trained)
        if change.label != "dropout of single values" and lab.profile == "full":
            learned(lab, trained, len(photos.train))
            better_than_guessing(lab, trained, train(lab, setting, photos, timed=False))


def passes(lab: Lab, setting: Setting, change: Change, x: torch.Tensor) -> None:
    """Where the layers stand, and that evaluation drops nothing."""
    net = initial(lab.seed, width=setting.width, **(change.shape or {})).to(lab.device)
    found = [layer.p for layer in net.modules() if isinstance(layer, nn.Dropout | nn.Dropout2d)]
    rates = (change.shape or {})["dropout"]
    lab.claim(f"{change.label}: rates other than those asked for", len({*found} - {*rates}), equals=0)
    # Two equal rates could not be told apart, and a rate of 0 has no layer.
    if lab.as_declared:
        places = 6 if change.label == "dropout behind all six" else 3
        lab.claim(f"{change.label}: places behind convolutions", found.count(rates[1]), equals=places)
    if change.label != "dropout":
        return
    lab.claim("nothing drops behind the last layer: it is a linear one", isinstance(net.head[-1], nn.Linear), equals=1)
    with torch.no_grad():
        if any(rates):
            lab.claim("in training two passes differ by", (net(x) - net(x)).abs().max(), at_least=1e-6)
        net.eval()
        lab.claim("in evaluation they differ by", (net(x) - net(x)).abs().max(), equals=0)
