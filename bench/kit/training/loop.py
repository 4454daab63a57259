"""The training loop: data on the device, batches by index, and one wait for the device an epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from bench.errors import BenchError
from bench.kit.training import randomness
from bench.kit.training.checkpoint import ANEW, load, save
from bench.kit.training.examples import Examples
from bench.kit.training.history import Epoch, History
from bench.kit.training.numerics import forward, products
from bench.kit.training.recipe import Recipe
from bench.kit.training.replay import Replay, Step
from bench.kit.training.scoring import score

Track = Callable[[range, str], Iterable[int]]


class Diverged(BenchError):
    """A loss is no longer a finite number."""


class Scheduler(Protocol):
    """What the loop needs of a ``torch.optim.lr_scheduler.LRScheduler``."""

    def step(self) -> None: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state_dict: dict[str, Any], /) -> None: ...


class Training:
    """A training in progress: ``net`` and ``optimizer`` are changed in place.

    ``scheduler`` is stepped once an epoch, after the optimiser's last step of it. Raises ``ValueError`` when
    ``patience`` has no validation set to look at, or ``static`` an optimiser that is not fused.
    """

    def __init__(
        self,
        net: nn.Module,
        optimizer: torch.optim.Optimizer,
        recipe: Recipe,
        train: Examples,
        test: Examples,
        *,
        validation: Examples | None = None,
        scheduler: Scheduler | None = None,
    ) -> None:
        if recipe.patience is not None and validation is None:
            raise ValueError("early stopping needs a validation set, split from the training set by held_out()")
        if recipe.static and not all(group.get("fused") for group in optimizer.param_groups):
            raise ValueError("a static training needs a fused optimiser: give it fused=True")
        self.net, self.optimizer, self.recipe, self.scheduler = net, optimizer, recipe, scheduler
        self.train, self.test, self.validation = train, test, validation
        # Its own stream, as a DataLoader with a generator has: how many masks dropout draws does not move the order.
        self.order = torch.Generator().manual_seed(recipe.seed)
        self.streams: dict[str, Tensor] = {}
        self.epochs: list[Epoch] = []
        self.losses: list[Tensor] = []
        self.best_weights: dict[str, Tensor] = {}
        self.update: Step = self._step

    def run(
        self,
        track: Track = lambda epochs, _: epochs,
        label: str = "",
        checkpoint: Path | None = None,
        *,
        until: int = 0,
        every: int = 1,
    ) -> History:
        """Train to the recipe's last epoch, or to epoch ``until`` and no further.

        ``checkpoint`` is written after every epoch, or after ``every`` so many, and after the last. Where it is there
        already, the training in it goes on, and what
        comes out is bit by bit what an uninterrupted one gives. Raises ``Diverged`` with the epoch when the loss is no
        longer finite, and ``BenchError`` when the checkpoint cannot be used.
        """
        if checkpoint is not None and checkpoint.exists():
            self._restore(load(checkpoint), checkpoint)
        self.update = self._make_update()
        device = self.train.device
        with randomness.seeded(self.recipe.seed, device), products(self.recipe.numerics, device):
            # A training that goes on takes its streams up where they were, instead of at the seed.
            if self.streams:
                randomness.set_streams(self.streams, self.order, device)
            if not self.epochs:
                self._note()
            end = min(until or self.recipe.epochs, self.recipe.epochs)
            for done in track(range(self.epochs[-1].number, end), label):
                if self.stopped:
                    break
                self._epoch()
                if checkpoint is not None and (done + 1 == end or self.stopped or (done + 1) % every == 0):
                    save(checkpoint, self._state())
        return self._finish()

    @property
    def best(self) -> int:
        """The epoch with the lowest validation loss; the last one where nothing is validated."""
        if self.recipe.patience is None:
            return len(self.epochs) - 1
        return min(range(len(self.epochs)), key=lambda i: self.epochs[i].validation_loss)  # type: ignore[arg-type,return-value]

    @property
    def stopped(self) -> bool:
        """Whether patience has run out."""
        patience = self.recipe.patience
        return patience is not None and len(self.epochs) - 1 - self.best >= patience

    def _epoch(self) -> None:
        order = randomness.permutation(len(self.train), self.order, self.train.device)
        batches = torch.split(order, self.recipe.batch)
        # On the device: to read one is to wait for the device, which would then idle between updates.
        losses = torch.empty(len(batches), device=self.train.device, dtype=torch.float64)
        self.net.train()
        rate = self._rate()
        for step, chosen in enumerate(batches):
            losses[step] = self.update(*self._batch(chosen))
        if self.scheduler is not None:
            self.scheduler.step()
        self._check(losses)
        self.losses.append(losses.cpu())
        self._note(rate)

    def _make_update(self) -> Step:
        """One update: done as it stands, or replayed."""
        device = self.train.device
        static = self.recipe.static and device.type == "cuda"
        return Replay(self._step, device, self.optimizer) if static else self._step

    def _batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Raw inputs and targets of a batch; augmentation draws on the CPU and stays outside what is replayed."""
        x, y = self.train.x[chosen], self.train.y[chosen]
        return (x if self.recipe.augment is None else self.recipe.augment(x)), y

    def _step(self, x: Tensor, y: Tensor) -> Tensor:
        """One update; the loss of its batch before it, still on the device."""
        recipe = self.recipe
        self.optimizer.zero_grad()
        outputs = forward(self.net, self.train.ready(x), recipe.numerics)
        loss = recipe.loss(outputs, y)
        (loss if recipe.penalty is None else loss + recipe.penalty(self.net)).backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.detach()

    def _check(self, losses: Tensor) -> None:
        bad = ~losses.isfinite()
        if bool(bad.any()):
            step = int(bad.int().argmax())
            raise Diverged(
                f"the loss diverged in epoch {len(self.epochs)} (its step {step + 1}: {losses[step].item()}): "
                "lower the learning rate"
            )

    def _note(self, rate: float | None = None) -> None:
        """Score the network as it is now, remember it if it is the best, and where the random streams are."""
        sets = [self.train, self.test] + ([] if self.validation is None else [self.validation])
        scores = [score(self.net, examples, self.recipe) for examples in sets]
        if not all(math.isfinite(loss) for loss, _ in scores):
            raise Diverged(f"the loss diverged by the end of epoch {len(self.epochs)}: lower the learning rate")
        rate = self._rate() if rate is None else rate
        self.epochs.append(Epoch.of(len(self.epochs), rate, scores))
        if self.recipe.patience is not None and self.best == len(self.epochs) - 1:
            # Clones, for the optimiser writes into the parameters themselves.
            self.best_weights = {name: value.clone() for name, value in self.net.state_dict().items()}
        # Without a checkpoint too: ``run`` may be called again after ``until``, and seeds the streams anew.
        self.streams = randomness.streams(self.order, self.train.device)

    def _rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def _finish(self) -> History:
        # Not when it pauses at ``until``: it goes on from its last weights, not from its best.
        if self.best_weights and (self.stopped or len(self.epochs) > self.recipe.epochs):
            self.net.load_state_dict(self.best_weights)
        losses = torch.cat(self.losses) if self.losses else torch.empty(0, dtype=torch.float64)
        return History(tuple(self.epochs), losses, self.best)

    def _kind(self) -> dict[str, Any]:
        """What must be the same where a training goes on."""
        recipe = self.recipe
        shapes = {name: list(value.shape) for name, value in self.net.state_dict().items()}
        return {"batch": recipe.batch, "seed": recipe.seed, "numerics": recipe.numerics, "shapes": shapes} | {
            "examples": len(self.train),
            "optimizer": type(self.optimizer).__name__,
        }

    def _state(self) -> dict[str, Any]:
        return {
            "kind": self._kind(),
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "losses": self.losses,
            "best weights": self.best_weights,
            "streams": self.streams,
        }

    def _restore(self, state: dict[str, Any], path: Path) -> None:
        # Going on with anything else would be a third training, of neither recipe.
        if state.get("kind") != self._kind():
            raise BenchError(f"{path} is the checkpoint of another training: {ANEW}")
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.epochs = [Epoch(**epoch) for epoch in state["epochs"]]
        self.losses, self.best_weights, self.streams = state["losses"], state["best weights"], state["streams"]
