"""A small network trained on digits with dropout: its ensemble, member by member, against its weight-scaled self.

784 → n units, ReLU, [mask] → 24 units, ReLU → 10. The masks lie before a ReLU, so weight scaling is an approximation.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest
from bench.kit.data import Pictures, mnist, normalise, statistics

from . import by_hand
from .by_hand import Members, arithmetic, average, geometric
from .problem import EXACT, draw_masks, every_mask, probabilities

TRAIN = 4000
"""Digits to train on, whatever the profile's data set."""
SECOND = 24
BATCH = 50
RATE = 0.1
FIVE = 5.0
"""Standard errors that a difference must be away from 0."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Flattened, normalised digits (N, 784) and their labels (N)."""

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor

    @classmethod
    def load(cls, pictures: Pictures, lab: Lab, test: int) -> Digits:
        mean, deviation = statistics(pictures.train.x)

        def flat(x: Tensor) -> Tensor:
            return normalise(x, mean, deviation, lab.dtype).flatten(1).to(lab.device)

        train, held = pictures.train, pictures.test
        labels = (train.y[:TRAIN].to(lab.device), held.y[:test].to(lab.device))
        return cls(flat(train.x[:TRAIN]), labels[0], flat(held.x[:test]), labels[1])


class Net(nn.Module):
    """Two hidden layers; ``forward`` takes what the masks made of the first one's outputs."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(784, units), nn.Linear(units, SECOND), nn.Linear(SECOND, 10)

    def hidden(self, x: Tensor) -> Tensor:
        return self.first(x).relu()

    def forward(self, hidden: Tensor) -> Tensor:
        """Log-probabilities; hidden (…, n)."""
        return self.last(self.second(hidden).relu()).log_softmax(-1)


def train(lab: Lab, digits: Digits, *, units: int, keep: float, epochs: int) -> Net:
    """SGD, a fresh mask for every example and step; plain dropout (no 1/q), so that evaluation scales by q."""
    stream = lab.generator()
    net = initial(units, stream).to(lab.device, lab.dtype)
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE)
    for _ in lab.track(range(epochs), "epochs"):
        for chosen in torch.randperm(len(digits.train_x), generator=stream).to(lab.device).split(BATCH):
            hidden = net.hidden(digits.train_x[chosen])
            if keep < 1:
                hidden = hidden * draw_masks(tuple(hidden.shape), keep, stream, hidden)
            loss = F.nll_loss(net(hidden), digits.train_y[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return net


def initial(units: int, stream: torch.Generator) -> Net:
    """Normal weights of variance 2 / inputs (He et al. 2015), zero biases."""
    net = Net(units)
    with torch.no_grad():
        for layer in (net.first, net.second, net.last):
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=stream) * (2 / layer.in_features) ** 0.5)
            layer.bias.zero_()
    return net


@torch.no_grad()
def members_of(net: Net, x: Tensor, keep: float) -> Members:
    """What all 2ⁿ sub-networks say about x."""
    hidden = net.hidden(x)
    masks = every_mask(hidden.shape[1], hidden)
    outputs = torch.cat([net(some[:, None, :] * hidden) for some in masks.split(64)])
    return Members(outputs, probabilities(masks, keep))


@dataclass(frozen=True, slots=True)
class Score:
    """Accuracy and cross-entropy on the test digits."""

    accuracy: float
    loss: float

    @classmethod
    def of(cls, log_probability: Tensor, labels: Tensor) -> Score:
        right = log_probability.argmax(-1) == labels
        return cls(float(right.double().mean()), float(F.nll_loss(log_probability, labels)))


def scores(net: Net, members: Members, digits: Digits, keep: float) -> dict[str, Score]:
    """One score for a member drawn at random, for the two ensembles and for the weight-scaled network."""
    log_probability, chance = members
    labels = digits.test_y
    each = (log_probability.argmax(-1) == labels).to(chance).mean(1)
    losses = -log_probability.gather(2, labels.expand(len(chance), -1)[:, :, None]).mean((1, 2))
    return {
        "one member, on average": Score(float(average(each, chance)), float(average(losses, chance))),
        "all members, geometric mean": Score.of(geometric(members), labels),
        "all members, arithmetic mean": Score.of(arithmetic(members), labels),
        "weight scaling, one network": Score.of(scaled_output(net, digits.test_x, keep), labels),
    }


@torch.no_grad()
def scaled_output(net: Net, x: Tensor, keep: float) -> Tensor:
    return net(keep * net.hidden(x))


def study(lab: Lab, units: int) -> None:
    digits = Digits.load(lab.uses(mnist(lab.data)), lab, test=lab.pick(smoke=200, quick=500, full=1000))
    epochs, q = lab.pick(smoke=3, quick=8, full=20), 0.5
    net = train(lab, digits, units=units, keep=q, epochs=epochs)
    members = members_of(net, digits.test_x, q)
    found = scores(net, members, digits, q)
    lab.table(
        "Test digits", [{"who answers": name, "accuracy": s.accuracy, "loss": s.loss} for name, s in found.items()]
    )
    one, geometric, arithmetic, _ = found.values()
    together, single = by_hand.geometric(members), scaled_output(net, digits.test_x, q)
    same = (together.argmax(-1) == single.argmax(-1)).double().mean()
    gain = one.loss - geometric.loss
    off = abs(gain + float(by_hand.normaliser(members).mean()))
    lab.claim("trained: the geometric ensemble gains -log Z, off by", off, at_most=EXACT * 1e2)
    lab.metric("trained: the geometric ensemble loses less than a member by", gain, "nats")
    lab.metric("trained: the arithmetic ensemble loses less than a member by", one.loss - arithmetic.loss, "nats")
    better, error = ahead(members, single, digits.test_y)
    lab.claim("trained: weight scaling is more accurate than a member by", better, at_least=FIVE * error)
    closer, error = ahead(members, single, together.argmax(-1))
    # The right digit is the ensemble's as often as the ensemble is right; a member's share has the error of the digits.
    least = largest([geometric.accuracy, float(same) - closer + FIVE * error])
    lab.claim("trained: weight scaling names the ensemble's digit, share", same, at_least=least)
    lab.metric("trained: largest difference in probability", by_hand.gap(single, together))
    lab.metric("mean difference in probability", (single.exp() - together.exp()).abs().mean())
    for name, score in found.items():
        lab.metric(f"accuracy, {name}", score.accuracy)
        lab.metric(f"loss, {name}", score.loss, "nats")
    without_dropout(lab, digits, units, epochs)


def ahead(members: Members, single: Tensor, labels: Tensor) -> tuple[float, float]:
    """How much more often one network names the label than a member, and the standard error of that over the digits."""
    right = (members.log_probability.argmax(-1) == labels).to(members.chance)
    each = (single.argmax(-1) == labels).to(members.chance) - average(right, members.chance)
    return float(each.mean()), float(each.std() / len(each) ** 0.5)


def without_dropout(lab: Lab, digits: Digits, units: int, epochs: int) -> None:
    """The control: the sub-networks of a network that was trained whole were never trained."""
    net = train(lab, digits, units=units, keep=1.0, epochs=epochs)
    found = scores(net, members_of(net, digits.test_x, 0.5), digits, 0.5)
    lab.metric("accuracy of a sub-network, trained without dropout", found["one member, on average"].accuracy)
    whole = Score.of(scaled_output(net, digits.test_x, 1.0), digits.test_y)
    lab.metric("accuracy of the whole network, trained without dropout", whole.accuracy)
