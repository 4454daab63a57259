"""Plain stochastic gradient descent on one vector, in place: what Adam is to be held against."""

from torch import Tensor

from .models import RATE


class SGD:
    """θ ← θ - η g; ``theta`` and ``gradient`` are 1-D and shared with whoever computes the gradient."""

    def __init__(self, theta: Tensor, gradient: Tensor, rate: float = RATE) -> None:
        self.theta, self.gradient, self.rate = theta, gradient, rate

    def step(self) -> None:
        self.theta.add_(self.gradient, alpha=-self.rate)
