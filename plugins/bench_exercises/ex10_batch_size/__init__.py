"""ex10: batch sizes, schedules, losses, outputs and class sizes on MNIST.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench import Exercise, Lab, Work, by_profile, following, hookimpl, limited
from bench.kit.training import NUMERICS

from . import (
    a_adam,
    a_curves,
    a_loss,
    a_noise,
    a_scaled,
    a_speed,
    a_training,
    b_race,
    b_rates,
    b_speed,
    b_trained,
    c_five,
    c_trained,
    d_one_or_two,
    d_trained,
    e_measures,
    e_trained,
)
from .network import DROPOUT
from .problem import KINDS, RATES

exercise = Exercise(tags=("training", "mnist", "convolution", "batch size"))

BATCHES = limited((1, 8, 32, 50), at_least=1)
RATE = following("optimizer", **RATES)
"""The usual learning rate of the optimiser, which the sheet leaves blank."""
GAMMA = limited(0.9, above=0, below=1)


def trained(epochs: int, quick: int, optimizer: str, batch: int = 32) -> dict[str, Any]:
    """The parameters of the trainings of b to e, of so many epochs in the profiles smoke and quick."""
    return {
        "batch": limited(batch, at_least=1),
        "epochs": limited(by_profile(smoke=epochs, quick=quick, full=15), at_least=1),
        "optimizer": limited(optimizer, one_of=tuple(KINDS)),
        "learning_rate": RATE,
        "dropout": limited(DROPOUT, at_least=0, below=1),
        "numerics": limited("fp32", one_of=NUMERICS),
    }


@exercise.study("a.loss", "The network, its loss and its loop, against a model solution", batch=limited(32, at_least=1))
def loss(lab: Lab, batch: int) -> None:
    a_loss.study(lab, batch)


@exercise.study(
    "a",
    "Batch size and learning noise",
    batch=BATCHES,
    epochs=limited(by_profile(smoke=1, quick=2, full=15), at_least=1),
    faster=limited(by_profile(smoke=1.0, quick=3.0, full=1.0), above=0),
    engine=limited("torch", one_of=a_training.ENGINES),
    optimizer=limited("sgd", one_of=tuple(KINDS)),
    learning_rate=RATE,
    dropout=limited(DROPOUT, at_least=0, below=1),
)
def curves(lab: Lab, batch: Sequence[int] | int, epochs: int, faster: float, **settings: Any) -> None:
    a_curves.study(lab, batch, epochs, faster, **settings)


@exercise.study(
    "a.scaled",
    "The same at a learning rate in proportion to the batch size",
    batch=BATCHES,
    epochs=limited(by_profile(smoke=1, quick=1, full=3), at_least=1),
    per_image=limited(0.001, above=0),
    dropout=limited(DROPOUT, at_least=0, below=1),
)
def at_one_noise_scale(lab: Lab, batch: Sequence[int] | int, epochs: int, *, per_image: float, dropout: float) -> None:
    a_scaled.study(lab, batch, epochs, per_image=per_image, dropout=dropout)


@exercise.study("a.noise", "The variance of the mini-batch gradient is σ²/B", batch=BATCHES)
def gradient_variance(lab: Lab, batch: Sequence[int] | int) -> None:
    a_noise.study(lab, batch)


@exercise.study(
    "a.adam",
    "Adam beside SGD",
    batch=BATCHES,
    epochs=limited(by_profile(smoke=1, quick=2, full=3), at_least=1),
    dropout=limited(DROPOUT, at_least=0, below=1),
)
def beside_sgd(lab: Lab, batch: Sequence[int] | int, epochs: int, dropout: float) -> None:
    a_adam.study(lab, batch, epochs, dropout)


@exercise.comparison(
    "a.speed",
    "Time and memory by batch size, a test batch after every update",
    reference="idiomatic loop",
    work=lambda batch, optimizer: Work(a_speed.images(batch), "images"),
    batch=limited(by_profile(smoke=(1, 50), quick=(1, 50), full=(1, 8, 32, 50)), at_least=1),
    optimizer=limited("sgd", one_of=tuple(KINDS)),
)
def time_and_memory(lab: Lab, batch: int, optimizer: str) -> dict[str, a_speed.Call]:
    return a_speed.variants(lab, batch, optimizer)


@exercise.study("b", "The learning rates of a schedule, and the trap of stepping it per batch", gamma=GAMMA)
def learning_rates(lab: Lab, gamma: float) -> None:
    b_rates.study(lab, gamma)


@exercise.study(
    "b.trained",
    "Trained with and without the schedule",
    gamma=GAMMA,
    **trained(2, 15, "sgd", batch=50) | {"optimizer": limited(("sgd", "adam"), one_of=tuple(KINDS))},
)
def scheduled(
    lab: Lab, gamma: float, optimizer: Sequence[str] | str, learning_rate: Sequence[float] | float, **training: Any
) -> None:
    b_trained.study(lab, gamma, optimizer, learning_rate, **training)


@exercise.comparison(
    "b.speed",
    "A whole training: the kit's loop against the idiomatic one",
    reference="idiomatic loop",
    work=lambda batch, optimizer: Work(b_speed.EPOCHS * b_speed.images(batch), "images"),
    batch=limited(50, at_least=1),
    optimizer=limited("sgd", one_of=tuple(KINDS)),
)
def loop(lab: Lab, batch: int, optimizer: str) -> dict[str, b_speed.Call]:
    return b_speed.variants(lab, batch, optimizer)


@exercise.race(
    "b.race",
    "SGD and Adam, constant and falling rate: what it takes to learn so much",
    target=by_profile(smoke="train cost ≤ 2.28", quick="train cost ≤ 2.27", full="train cost ≤ 0.2"),
    batch=50,
    gamma=0.9,
)
def cheaper(lab: Lab, batch: int, gamma: float) -> dict[str, b_race.Start]:
    return b_race.variants(lab, batch, gamma)


@exercise.study("c", "Five losses: their targets, what they have in common, how low they get, and traps")
def five_losses(lab: Lab) -> None:
    c_five.study(lab)


@exercise.study("c.trained", "Trained with each loss: accuracy and calibration", **trained(1, 4, "adam"))
def each_loss(lab: Lab, **training: Any) -> None:
    c_trained.study(lab, **training)


@exercise.study("d", "One output and two: the same model, loss and gradients, and twice the step")
def one_or_two(lab: Lab) -> None:
    d_one_or_two.study(lab)


@exercise.study("d.trained", "One output and two, trained", **trained(1, 3, "adam"))
def both(lab: Lab, **training: Any) -> None:
    d_trained.study(lab, **training)


@exercise.study("e", "Numbers for classes of unequal size, by hand and by scikit-learn")
def measures(lab: Lab) -> None:
    e_measures.study(lab)


@exercise.study("e.trained", "A network that tells zeros, with and without a weight on them", **trained(1, 3, "adam"))
def weighted(lab: Lab, **training: Any) -> None:
    e_trained.study(lab, **training)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
