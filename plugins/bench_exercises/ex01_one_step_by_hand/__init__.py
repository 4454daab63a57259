"""ex01: One step of SGD and Adam by hand.

A network of three inputs, two hidden nodes and one output, with its eight weights given: one iteration of
back-propagation with every number shown, what back-propagation saves, and what Newton, RMSprop and Adam do.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from bench import Exercise, Lab, hookimpl, limited

from . import a_one_step, a_speed, b_passes, b_saved_work, b_speed, c_newton, d_rules
from .network import LOSSES
from .problem import ORDERINGS, Some

exercise = Exercise(tags=("theory", "backpropagation", "optimisers"))


@exercise.study(
    "a",
    "One iteration of back-propagation with SGD and with Adam",
    ordering=limited(ORDERINGS, one_of=ORDERINGS),
    loss=limited(tuple(LOSSES), one_of=tuple(LOSSES)),
    lr=limited((0.1, 0.01, 1.0), above=0),
    adam_lr=limited((0.001, 0.01, 0.1), above=0),
)
def one_iteration(lab: Lab, ordering: Some[str], loss: Some[str], lr: Some[float], adam_lr: Some[float]) -> None:
    a_one_step.study(lab, ordering=ordering, loss=loss, lr=lr, adam_lr=adam_lr)


@exercise.comparison(
    "a.speed", "The same steps of SGD without the overhead of a framework", reference="autograd", steps=(1, 100)
)
def speed_of_steps(lab: Lab, steps: int) -> Mapping[str, Callable[[], Tensor]]:
    return a_speed.variants(lab, steps)


@exercise.study("b", "How back-propagation avoids repeated differentiation", devices=("cpu",), widths=(3, 4, 4, 4, 1))
def shared_suffixes(lab: Lab, widths: tuple[int, ...]) -> None:
    b_saved_work.study(lab, widths)


@exercise.study("b.passes", "The price of a gradient, in forward passes", devices=("cpu",))
def price_in_passes(lab: Lab) -> None:
    b_passes.study(lab)


@exercise.comparison(
    "b.speed",
    "The gradient of P = 2 width² + width weights, five ways",
    reference="back-propagation",
    width=(3, 6, 12),
)
def speed_of_gradients(lab: Lab, width: int) -> Mapping[str, Callable[[], Tensor]]:
    return b_speed.variants(lab, width)


@exercise.study("c", "Newton's method: its one step, its saddle, its divergence", devices=("cpu",))
def newtons_method(lab: Lab) -> None:
    c_newton.study(lab)


@exercise.study("d", "What RMSprop and Adam are good at, and what spoils it", devices=("cpu",))
def adaptive_rates(lab: Lab) -> None:
    d_rules.study(lab)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
