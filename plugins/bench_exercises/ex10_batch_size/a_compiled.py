"""The training by hand once more, its loops compiled by Numba: the same algebra, without a call for every operation.

Two things are left to torch. It draws the dropout masks, one after another as its own layer does; and for many digits a
step it multiplies features by W₃, which its BLAS does fastest.
"""

import numpy as np
import torch
from torch import nn

from bench.kit.training import seeded

from . import a_compiled_convolution as convolution
from . import a_compiled_linear as linear
from .a_compiled_convolution import by_window
from .network import FLAT, Net
from .problem import Curves, Feed

UNITS = 1024
FEW = 16
"""Up to so many digits a step, W₃'s rows come so slowly from memory that a plain loop keeps up, and wins."""


def arrays(layer: nn.Module) -> tuple[np.ndarray, np.ndarray]:
    """A layer's own parameters: what is written here is written there."""
    return layer.get_parameter("weight").detach().numpy(), layer.get_parameter("bias").detach().numpy()


class Compiled:
    """A network in training on a feed: two blocks of copies, the linear layers in place, and room for a step's numbers.

    A step looks at N digits: B to train on and, after them, the test digits of the step before.
    """

    def __init__(self, net: Net, feed: Feed, rate: float) -> None:
        looked, digits, self.net = 2 * feed.batch, feed.digits, net
        self.first = convolution.Block.of(net.layer1[0], 28, looked, feed.batch)
        self.second = convolution.Block.of(net.layer2[0], 14, looked, feed.batch)
        self.layer3, self.layer4 = arrays(net.layer3[0]), arrays(net.layer4[0])
        self.features, self.z, self.log_p = (self.room(looked, size) for size in (FLAT, UNITS, 10))
        self.dfeatures, self.delta = (self.room(feed.batch, size) for size in (FLAT, UNITS))
        self.mask, self.keep = torch.empty(feed.batch, UNITS, dtype=digits.dtype), 1 - net.dropped
        self.some = np.empty(max(feed.batch, UNITS) + 1, np.int64)
        self.rate = self.features.dtype.type(rate)
        self.train_x, self.test_x = digits.train_x[:, 0].numpy(), digits.test_x[:, 0].numpy()
        self.train_y, self.test_y = digits.train_y.numpy(), digits.test_y.numpy()
        self.table = digits.numbers(torch.arange(256, dtype=torch.uint8)).numpy()

    def room(self, *shape: int) -> np.ndarray:
        return torch.zeros(shape, dtype=self.net.layer3[0].get_parameter("weight").dtype).numpy()

    def step(self, train: np.ndarray, test: np.ndarray) -> tuple[float, float, float, float]:
        """Look at digits ``train`` and ``test``, then learn from ``train``. Loss and error rate of both, one by one."""
        count, trained = len(train) + len(test), len(train)
        features, z, dfeatures = self.features[:count], self.z[:count], self.dfeatures[:trained]
        mask = self.mask[:trained].bernoulli_(self.keep).div_(self.keep).numpy()  # as F.dropout draws it
        convolution.look(
            self.train_x,
            train,
            self.test_x,
            test,
            table=self.table,
            first=self.first,
            second=self.second,
            features=by_window(features),
        )
        multiply(features, *self.layer3, z)
        scores = linear.learn(
            self.rate,
            z=z,
            mask=mask,
            y=self.train_y[train],
            looked_y=self.test_y[test],
            layer3=self.layer3,
            layer4=self.layer4,
            features=features,
            dfeatures=dfeatures,
            log_p=self.log_p[:count],
            delta=self.delta[:trained],
            some=self.some,
        )
        if trained:
            convolution.descend(self.rate, self.first, self.second, by_window(dfeatures))
        return scores

    def finish(self) -> None:
        self.first.write(self.net.layer1[0])
        self.second.write(self.net.layer2[0])


def multiply(features: np.ndarray, weight: np.ndarray, bias: np.ndarray, z: np.ndarray) -> None:
    """z₃ = W₃ f + b₃ (N, 1024)."""
    if len(features) <= FEW:
        linear.hidden(features, weight, bias, z)
    else:
        f, w, b, out = map(torch.from_numpy, (features, weight, bias, z))
        torch.addmm(b, f, w.T, out=out)


@torch.no_grad()
def advance(net: Net, rate: float, feed: Feed, steps: range, curves: Curves) -> None:
    """Train ``net`` in place for ``steps`` of the feed, with plain SGD on the CPU, and write down their curves."""
    hand, none = Compiled(net, feed, rate), np.empty(0, np.int64)
    train, test = feed.train_order.numpy(), feed.test_order.numpy()
    spans = feed.spans[steps.start : steps.stop]
    now = [train[span] for span in spans] + [none]
    before = [none] + [test[span] for span in spans]
    rows = torch.tensor([hand.step(*chosen) for chosen in zip(now, before, strict=True)], dtype=feed.digits.dtype)
    hand.finish()
    curves.write(steps, torch.cat([rows[:-1, :2], rows[1:, 2:]], dim=1))


def compiled(feed: Feed, rate: float, seed: int, net: Net) -> Curves:
    """Once over the feed; every curve as the other loops give it."""
    steps, cpu = len(feed.spans), torch.device("cpu")
    curves = Curves.empty(steps, cpu, feed.digits.dtype)
    with seeded(seed, cpu):
        advance(net, rate, feed, steps=range(steps), curves=curves)
    return curves
