"""10a: the network, and why its log-softmax is paired with NLL."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.data import mnist

from .network import FLAT, PARAMETERS, initial
from .problem import Digits

EXACT = 1e-12
UNIFORM = log(10)
"""The cost of knowing nothing: every digit with probability 1/10."""


def study(lab: Lab, batch: int) -> None:
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, images=max(batch, 100))
    net = initial(lab.seed).to(lab.device, lab.dtype).eval()
    x, y = digits.numbers(digits.train_x[:batch]), digits.train_y[:batch]
    with torch.no_grad():
        features, log_p, logits = net.layer2(net.layer1(x)), net(x), net.logits(x)
    lab.claim("layer 2 gives, per image, numbers", features[0].numel(), equals=FLAT)
    lab.claim("the network has so many parameters", sum(p.numel() for p in net.parameters()), equals=PARAMETERS)
    truth = F.cross_entropy(logits, y)
    lab.claim("NLL of the log-softmax = cross-entropy of the logits", gap(F.nll_loss(log_p, y), truth), at_most=EXACT)
    lab.claim(
        "cross-entropy of the log-softmax is the same again", gap(F.cross_entropy(log_p, y), truth), at_most=EXACT
    )
    lab.claim("trap: NLL of the plain softmax is negative", F.nll_loss(log_p.exp(), y), at_most=0)
    lab.metric("cost of the untrained network", truth)
    lab.metric("cost of a uniform answer, ln 10", UNIFORM)


def gap(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).abs()
