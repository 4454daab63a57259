"""What a training leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """The state after ``number`` epochs: losses without penalty and accuracies, in evaluation mode, over whole sets.

    ``rate`` is the learning rate that the epoch used; in epoch 0, before the training, the one that the first will use.
    """

    number: int
    rate: float
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None

    @classmethod
    def of(cls, number: int, rate: float, scores: Sequence[tuple[float, float]]) -> Epoch:
        """From loss and accuracy on the training set, on the test set, and on a validation set if there is one."""
        (train_loss, train_accuracy), (test_loss, test_accuracy), *validation = scores
        loss, accuracy = validation[0] if validation else (None, None)
        return cls(
            number=number,
            rate=rate,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            validation_loss=loss,
            validation_accuracy=accuracy,
        )

    @property
    def gap(self) -> float:
        """How much worse the test loss is than the training loss."""
        return self.test_loss - self.train_loss


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """``epochs`` from 0, before the training; ``losses`` (steps,) on the CPU, each of a training batch in training mode
    before its update, without penalty; the network holds the weights that it had after epoch ``best``."""

    epochs: tuple[Epoch, ...]
    losses: Tensor
    best: int

    @property
    def last(self) -> Epoch:
        return self.epochs[-1]

    @property
    def kept(self) -> Epoch:
        """The epoch whose weights the network holds."""
        return self.epochs[self.best]

    def packed(self) -> dict[str, Any]:
        """Tensors and numbers alone, as a file or ``Lab.shared`` keeps them."""
        return {"epochs": [asdict(epoch) for epoch in self.epochs], "losses": self.losses, "best": self.best}

    @classmethod
    def unpacked(cls, state: Mapping[str, Any]) -> History:
        """From what ``packed`` gave."""
        return cls(tuple(Epoch(**epoch) for epoch in state["epochs"]), state["losses"], state["best"])
