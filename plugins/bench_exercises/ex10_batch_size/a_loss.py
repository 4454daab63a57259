"""10a: the network, and why its log-softmax is paired with NLL."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import max_error
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
    nll, twice = F.nll_loss(log_p, y), F.cross_entropy(log_p, y)
    lab.claim("NLL of the log-softmax = cross-entropy of the logits", max_error(nll, truth), at_most=EXACT)
    lab.claim("cross-entropy of the log-softmax is the same again", max_error(twice, truth), at_most=EXACT)
    of_probabilities(lab, logits, y)
    lab.metric("cost of the untrained network", truth)
    lab.metric("cost of a uniform answer, ln 10", UNIFORM)


def of_probabilities(lab: Lab, logits: Tensor, y: Tensor) -> None:
    """The trap: NLL of the plain softmax is -p_y, and its slope p_y times that of the cross-entropy."""
    z = logits.clone().requires_grad_()
    p_y = z.softmax(1).gather(1, y[:, None])
    (wrong,) = torch.autograd.grad(F.nll_loss(z.softmax(1), y, reduction="sum"), z)
    (right,) = torch.autograd.grad(F.cross_entropy(z, y, reduction="sum"), z)
    lab.claim(
        "trap: the gradient of NLL of the plain softmax is p_y times that of cross-entropy",
        max_error(wrong, p_y.detach() * right),
        at_most=EXACT,
    )
    lab.metric("trap: NLL of the plain softmax", -p_y.mean())
