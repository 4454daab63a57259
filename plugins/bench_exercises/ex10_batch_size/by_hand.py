"""The same training with SGD, its backward pass written out: every step is algebra, and every result the same.

Four things are saved over autograd. A test batch is looked at together with the *next* training batch, since both meet
the same weights: they are read once. The pooling goes before the ReLU, which commutes with a maximum. The gradient of
the large matrix W₃ is never stored: with δ = ∂L/∂z₃ and features f, the update W₃ ← W₃ − η δᵀf is one product
accumulated in place. And rows of δ that are zero for every digit, by the dropout or the ReLU, are left alone when
there are many of them: at batch size 1 about three in four.
"""

from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from bench.kit.training import Replay, seeded

from .network import FLAT, Net
from .problem import Curves, Digits, Feed, Update, error_rate

ONE, TWO, NONE = [1, 1], [2, 2], [0, 0]
FEW = 0.5
"""Rows are gathered when fewer than this share of them has a gradient; a gather costs a copy."""


@dataclass(slots=True, kw_only=True)
class Block:
    """Convolution 3 × 3, max-pooling, ReLU; and what its backward pass needs of the last forward pass."""

    weight: Tensor
    bias: Tensor
    x: Tensor = field(init=False)
    z: Tensor = field(init=False)
    where: Tensor = field(init=False)
    a: Tensor = field(init=False)

    def forward(self, x: Tensor) -> Tensor:
        self.x, self.z = x, F.conv2d(x, self.weight, self.bias, padding=1)
        pooled, self.where = F.max_pool2d(self.z, 2, return_indices=True)
        self.a = pooled.relu_()
        return self.a

    def update(self, da: Tensor, rate: float, needs_dx: bool) -> Tensor | None:
        """Descend along this block's gradients over the first B digits, given ∂L/∂a (B, …); gives ∂L/∂x if asked."""
        n = len(da)
        dpooled = da * (self.a[:n] > 0)
        dz = torch.ops.aten.max_pool2d_with_indices_backward(
            dpooled,
            self.z[:n],
            kernel_size=TWO,
            stride=TWO,
            padding=NONE,
            dilation=ONE,
            ceil_mode=False,
            indices=self.where[:n],
        )
        dx, dweight, dbias = torch.ops.aten.convolution_backward(
            dz,
            self.x[:n],
            self.weight,
            bias_sizes=[len(self.bias)],
            stride=ONE,
            padding=ONE,
            dilation=ONE,
            transposed=False,
            output_padding=NONE,
            groups=1,
            output_mask=[needs_dx, True, True],
        )
        self.weight.sub_(dweight, alpha=rate)
        self.bias.sub_(dbias, alpha=rate)
        return dx


@dataclass(slots=True, kw_only=True)
class Hand:
    """The network's own parameters, in the order of the sheet, and the learning rate."""

    block1: Block
    block2: Block
    w3: Tensor
    b3: Tensor
    w4: Tensor
    b4: Tensor
    rate: float
    keep: float

    @classmethod
    def of(cls, net: Net, rate: float) -> "Hand":
        w1, b1, w2, b2, w3, b3, w4, b4 = (parameter.detach() for parameter in net.parameters())
        block1, block2, keep = Block(weight=w1, bias=b1), Block(weight=w2, bias=b2), 1 - net.dropped
        return cls(block1=block1, block2=block2, w3=w3, b3=b3, w4=w4, b4=b4, rate=rate, keep=keep)

    def forward(self, x: Tensor, trained: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Log-probabilities (N, 10), with dropout for the first ``trained`` digits only; features, units and mask."""
        features = self.block2.forward(self.block1.forward(x)).reshape(-1, FLAT)
        units = torch.addmm(self.b3, features, self.w3.T).relu_()
        ones = torch.ones_like(units[:trained], dtype=torch.float32)
        mask = F.dropout(ones, 1 - self.keep).to(units.dtype)  # drawn as the layer itself draws it
        units[:trained] *= mask
        return torch.addmm(self.b4, units, self.w4.T).log_softmax(1), features, units, mask

    def update(self, log_p: Tensor, y: Tensor, features: Tensor, units: Tensor, mask: Tensor) -> None:
        """One step of SGD along the gradient of the mean NLL of the digits with labels ``y``, the first B."""
        n = len(y)
        d4 = (log_p[:n].exp() - F.one_hot(y, 10)) / n  # ∂L/∂logits, (B, 10)
        d3 = (d4 @ self.w4) * mask * (units[:n] > 0)  # ∂L/∂z₃, (B, 1024)
        self.w4.addmm_(d4.T, units[:n], alpha=-self.rate)
        self.b4.sub_(d4.sum(0), alpha=self.rate)
        self.b3.sub_(d3.sum(0), alpha=self.rate)
        da2 = self.descend_w3(d3, features[:n]).reshape(-1, 32, 7, 7)
        da1 = self.block2.update(da2, self.rate, needs_dx=True)
        assert da1 is not None
        self.block1.update(da1, self.rate, needs_dx=False)

    def descend_w3(self, d3: Tensor, features: Tensor) -> Tensor:
        """∂L/∂features by the old W₃, which is then updated in place; only its rows that have a gradient, if few."""
        # On a GPU the number of rows would have to be waited for, at every step.
        rows = d3[0].nonzero().squeeze(1) if len(d3) == 1 and d3.device.type == "cpu" else None
        if rows is None or len(rows) > FEW * len(self.w3):
            dfeatures = d3 @ self.w3
            self.w3.addmm_(d3.T, features, alpha=-self.rate)
            return dfeatures
        few, active = d3[:, rows], self.w3[rows]
        dfeatures = few @ active
        self.w3.index_copy_(0, rows, active.addmm_(few.T, features, alpha=-self.rate))
        return dfeatures

    def step(self, digits: Digits, chosen: Tensor, looked: Tensor) -> Tensor:
        """Learn from the training digits ``chosen``; a row (4,) of the curves, its test digits ``looked`` at before."""
        (x, y), (test_x, test_y) = digits.train(chosen), digits.test(looked)
        if x.device.type == "cuda":
            # cuDNN chooses a convolution's algorithm by its number of images, and one by Winograd is less exact than
            # the reference: apart, both batches are of the sizes that the other loops give it.
            tested = self.forward(test_x, 0)[0] if len(test_y) else test_x.new_empty(0, 10)
            log_p, *saved = self.forward(x, len(y))
        else:
            both, *saved = self.forward(torch.cat([x, test_x]), len(y))
            log_p, tested = both[: len(y)], both[len(y) :]
        self.update(log_p, y, *saved)
        return torch.stack([*score(log_p, y), *score(tested, test_y)])


class ByHand:
    """A network in training on a feed with plain SGD, every curve as the other loops give it.

    ``replay``, on CUDA only: a step is recorded in the first training, and is one launch from then on.
    """

    def __init__(self, feed: Feed, rate: float, seed: int, net: Net, replay: bool = False) -> None:
        self.hand, self.feed, self.seed = Hand.of(net, rate), feed, seed
        self.device = feed.train_order.device
        self.step = partial(self.hand.step, feed.digits)
        self.update: Update = Replay(self.step, self.device) if replay else self.step

    @torch.no_grad()
    def train(self) -> Curves:
        """Once over the feed. The test digits of a step are looked at in the next, at the same weights."""
        feed, steps = self.feed, len(self.feed.spans)
        rows = torch.empty(steps + 1, 4, device=self.device, dtype=feed.digits.dtype)
        with seeded(self.seed, self.device):
            chosen, looked = feed.chosen(0)
            rows[0] = self.step(chosen, looked[:0])
            for row, step in zip(rows[1:], range(1, steps), strict=False):
                chosen, now = feed.chosen(step)
                row.copy_(self.update(chosen, looked))
                looked = now
            x, y = feed.digits.test(looked)
            rows[steps, 2:] = torch.stack(score(self.hand.forward(x, 0)[0], y))
        return Curves(rows[:-1, 0], rows[:-1, 1], rows[1:, 2], rows[1:, 3])


def score(log_p: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return F.nll_loss(log_p, y), error_rate(log_p, y)
