"""10c: a training with PoissonNLL that is one with NLL, step by step, in float64."""

from __future__ import annotations

import torch

from bench import Lab

from .c_losses import KINDS
from .checks import EXACT, apart, descend, few_digits
from .network import Net, initial

TENTH = "PoissonNLL at 10η trains as NLL at η: largest difference of a weight"


def poisson_is_nll(lab: Lab, rate: float = 0.01) -> None:
    """SGD with PoissonNLL at ten times the learning rate takes the steps of NLL, dropout and all."""
    nll, poisson = descended(lab, "NLL", rate), descended(lab, "PoissonNLL", 10 * rate)
    lab.claim(TENTH, apart(nll, poisson), at_most=EXACT)
    start = initial(lab.seed).to(lab.device, lab.dtype)
    lab.claim("meanwhile a weight has moved as far as", apart(nll, start), at_least=1e-4)


def descended(lab: Lab, loss: str, rate: float, steps: int = 5) -> Net:
    """The network of the lab's seed after a few steps of SGD on a few digits."""
    x, y = few_digits(lab)
    net = initial(lab.seed).to(lab.device, lab.dtype)
    sgd = torch.optim.SGD(net.parameters(), lr=rate)
    descend(net, sgd, KINDS[loss].loss, x=x, y=y, steps=steps, seed=lab.seed)
    return net
