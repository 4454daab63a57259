"""ex10: batch sizes, schedules, losses, outputs and class sizes on MNIST.

The network is `network.py`, the training that looks at a test batch after every update `training.py`, by hand
`byhand.py`; b to e train with `bench.kit.training`, by `trainings.py`. Then one module for each subject of the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench import Exercise, Lab, Work, by_profile, hookimpl
from bench.kit.training import Numerics

from . import (
    adam,
    batches,
    imbalance,
    loops,
    losses_trained,
    outputs,
    race,
    schedule,
    speed,
    targets,
    traps,
    variance,
)
from .trainings import Plan

exercise = Exercise(tags=("training", "mnist", "convolution", "batch size"))

TRAINED: dict[str, Any] = {"batch": 32, "epochs": 0, "learning_rate": 0.0, "numerics": "fp32"}
"""Parameters of the trainings of c to e; 0 stands for the profile's number and for the optimizer's usual rate."""


@exercise.study("a.loss", "The network, and why log-softmax is paired with NLL", batch=32)
def loss(lab: Lab, batch: int) -> None:
    batches.the_loss(lab, batch)


@exercise.study(
    "a", "Batch size and learning noise", batch=(1, 8, 32, 50), epochs=0, optimizer="sgd", learning_rate=0.0
)
def curves(lab: Lab, batch: Sequence[int] | int, epochs: int, optimizer: str, learning_rate: float) -> None:
    """``epochs`` and ``learning_rate`` of 0 stand for the profile's number and for the optimizer's usual rate."""
    batches.noisy_curves(lab, batch, epochs=epochs, optimizer=optimizer, learning_rate=learning_rate)


@exercise.study("a.noise", "The variance of the mini-batch gradient is σ²/B", batch=(1, 8, 32, 50))
def gradient_variance(lab: Lab, batch: Sequence[int] | int) -> None:
    variance.falls_with_the_batch(lab, batch)


@exercise.study("a.adam", "Adam beside SGD", batch=(1, 8, 32, 50), epochs=0)
def beside_sgd(lab: Lab, batch: Sequence[int] | int, epochs: int) -> None:
    adam.beside_sgd(lab, batch, epochs)


@exercise.comparison(
    "a.speed",
    "Time and memory by batch size, a test batch after every update",
    reference="idiomatic loop",
    work=lambda batch, optimizer: Work(speed.images(batch), "images"),
    batch=(1, 8, 32, 50),
    optimizer="sgd",
)
def time_and_memory(lab: Lab, batch: int, optimizer: str) -> dict[str, speed.Call]:
    return speed.variants(lab, batch, optimizer)


@exercise.study("b", "The learning rates of a schedule, and the trap of stepping it per batch", gamma=0.9)
def learning_rates(lab: Lab, gamma: float) -> None:
    schedule.learning_rates(lab, gamma)


@exercise.study(
    "b.trained",
    "Trained with and without the schedule",
    batch=50,
    gamma=0.9,
    epochs=0,
    optimizer=("sgd", "adam"),
    learning_rate=0.0,
    numerics="fp32",
)
def scheduled(
    lab: Lab,
    batch: int,
    gamma: float,
    epochs: int,
    optimizer: Sequence[str] | str,
    learning_rate: float,
    numerics: Numerics,
) -> None:
    """``epochs`` and ``learning_rate`` of 0 stand for the profile's number and for each optimizer's usual rate."""
    optimizers = (optimizer,) if isinstance(optimizer, str) else tuple(optimizer)
    images = lab.pick(smoke=100, quick=600, full=None)
    epochs = epochs or lab.pick(smoke=2, quick=6, full=15)
    plan = Plan.of(
        lab, images, epochs=epochs, batch=batch, optimizer=optimizers[0], learning_rate=learning_rate, numerics=numerics
    )
    schedule.trained(lab, plan, optimizers, gamma)


@exercise.comparison(
    "b.speed",
    "A whole training: the kit's loop against the idiomatic one",
    reference="idiomatic loop",
    work=lambda batch, optimizer: Work(loops.EPOCHS * loops.images(batch), "images"),
    batch=50,
    optimizer="sgd",
)
def loop(lab: Lab, batch: int, optimizer: str) -> dict[str, loops.Call]:
    return loops.variants(lab, batch, optimizer)


@exercise.race(
    "b.race",
    "SGD and Adam, constant and falling rate: what it takes to learn so much",
    target=by_profile(smoke="train cost ≤ 2.28", quick="train cost ≤ 2.25", full="train cost ≤ 0.2"),
    batch=50,
    gamma=0.9,
)
def cheaper(lab: Lab, batch: int, gamma: float) -> dict[str, race.Start]:
    return race.methods(lab, batch, gamma)


@exercise.study("c", "Five losses: their targets, what they have in common, how low they get, and traps")
def five_losses(lab: Lab) -> None:
    logits, y = targets.problem(lab)
    targets.written_out(lab, logits, y)
    targets.identities(lab, logits, y)
    targets.infima(lab, logits, y)
    traps.traps(lab, logits, y)
    losses_trained.poisson_is_nll(lab)


@exercise.study(
    "c.trained",
    "Trained with each loss: accuracy and calibration",
    **TRAINED,
    optimizer="adam",
)
def each_loss(lab: Lab, batch: int, epochs: int, optimizer: str, learning_rate: float, numerics: Numerics) -> None:
    images = lab.pick(smoke=96, quick=640, full=None)
    epochs = epochs or lab.pick(smoke=1, quick=3, full=15)
    losses_trained.trained(
        lab,
        Plan.of(
            lab, images, epochs=epochs, batch=batch, optimizer=optimizer, learning_rate=learning_rate, numerics=numerics
        ),
    )


@exercise.study("d", "One output and two: the same model, loss and gradients, and twice the step")
def one_or_two(lab: Lab) -> None:
    outputs.equivalence(lab)
    outputs.one_step(lab)
    outputs.whole_trainings(lab)


@exercise.study(
    "d.trained",
    "One output and two, trained",
    **TRAINED,
    optimizer="adam",
)
def both(lab: Lab, batch: int, epochs: int, optimizer: str, learning_rate: float, numerics: Numerics) -> None:
    images = lab.pick(smoke=96, quick=800, full=None)
    epochs = epochs or lab.pick(smoke=1, quick=3, full=15)
    outputs.trained(
        lab,
        Plan.of(
            lab, images, epochs=epochs, batch=batch, optimizer=optimizer, learning_rate=learning_rate, numerics=numerics
        ),
    )


@exercise.study("e", "Numbers for classes of unequal size, by hand and by scikit-learn")
def measures(lab: Lab) -> None:
    imbalance.measures(lab)


@exercise.study(
    "e.trained",
    "A network that tells zeros, with and without a weight on them",
    **TRAINED,
    optimizer="sgd",
)
def weighted(lab: Lab, batch: int, epochs: int, optimizer: str, learning_rate: float, numerics: Numerics) -> None:
    images = lab.pick(smoke=96, quick=800, full=None)
    epochs = epochs or lab.pick(smoke=1, quick=4, full=15)
    imbalance.trained(
        lab,
        Plan.of(
            lab, images, epochs=epochs, batch=batch, optimizer=optimizer, learning_rate=learning_rate, numerics=numerics
        ),
    )


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
