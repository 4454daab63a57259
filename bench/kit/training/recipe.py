"""How a network is trained, apart from the network, its optimiser and its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from bench.kit.training.numerics import NUMERICS, Numerics

Loss = Callable[[Tensor, Tensor], Tensor]
Penalty = Callable[[nn.Module], Tensor]


def argmax_right(outputs: Tensor, targets: Tensor) -> Tensor:
    """Whether the largest of the outputs (N, classes) is the target (N,), as bool (N,)."""
    return outputs.argmax(dim=1) == targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a training does.

    - ``loss(outputs, targets)`` is the mean over a batch; ``right(outputs, targets)`` says which were right, bool (B,).
    - ``penalty(net)`` is added to what is differentiated, and never to a reported loss.
    - ``augment`` changes a batch of raw training inputs before ``prepare``; it draws from the global stream.
    - ``numerics`` is a class of its own: results of different classes are not the same result.
    - ``static``: every update does the same operations on the device, waits for nothing and draws nothing on the CPU,
      apart from ``augment``. On CUDA it is then recorded and replayed (``Replay``); the optimiser must be a fused one.
    - ``patience``: so many epochs without a better validation loss end the training, and the best weights come back.

    Raises ``ValueError`` for numbers that make no training.
    """

    epochs: int
    batch: int = 32
    seed: int = 0
    loss: Loss = F.cross_entropy
    right: Loss = argmax_right
    penalty: Penalty | None = None
    augment: Callable[[Tensor], Tensor] | None = None
    numerics: Numerics = "fp32"
    static: bool = False
    patience: int | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "patience"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"a training takes {name} of at least 1, not {value}")
        if self.numerics not in NUMERICS:
            raise ValueError(f"numerics is one of {', '.join(NUMERICS)}, not {self.numerics!r}")
