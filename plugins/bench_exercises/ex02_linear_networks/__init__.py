"""ex02: three linear networks, directly, through 4 units, and through 16.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.
"""

from bench import Exercise, Lab, Work, hookimpl, limited

from . import a_descent, a_fits, a_unseen, b_fit, b_fold, b_landscape, b_speed, c_samples

exercise = Exercise(tags=("theory", "linear networks", "optimisation"))


@exercise.study("a", "What each network can reach, and what training reaches")
def quality(lab: Lab) -> None:
    a_fits.study(lab)


@exercise.study(
    "a.epochs",
    "What plain gradient descent has reached after few steps, and after many",
    rate=limited(0.1, above=0),
    steps=limited(1000, at_least=10),
)
def epochs(lab: Lab, rate: float, steps: int) -> None:
    a_descent.study(lab, rate, steps)


@exercise.study("a.unseen", "A worse fit can be the better answer: error on inputs that were not trained on")
def not_seen(lab: Lab) -> None:
    a_unseen.study(lab)


@exercise.study("b", "Why: one matrix of limited rank, and the singular values that are lost")
def reasons(lab: Lab) -> None:
    b_fit.study(lab)


@exercise.study(
    "b.saddles",
    "No local minimum is in the way: every other critical point is a saddle",
    n=limited(40, at_least=1),
    d=limited(8, at_least=1),
    m=limited(6, at_least=1),
)
def saddles(lab: Lab, n: int, d: int, m: int) -> None:
    b_landscape.study(lab, n, d, m)


@exercise.study("c", "What the number of samples decides")
def condition(lab: Lab) -> None:
    c_samples.study(lab)


@exercise.comparison(
    "b.speed",
    "To the optimum of network B: in closed form, or by training",
    reference="two SVDs",
    tolerance=1e-2,  # what is asked of training: 1 % of the largest entry of the fit
    size=limited(8, at_least=b_speed.WIDTH),
)
def to_the_optimum(lab: Lab, size: int) -> b_speed.Variants:
    return b_speed.variants(lab, size)


@exercise.comparison(
    "b.fold",
    "Forward through two linear layers: one after the other, or as one matrix",
    reference="layer after layer",
    work=lambda width, features, batch: Work(batch, "samples"),
    width=limited((4, 64, 256), at_least=1),
    features=limited(256, at_least=1),
    batch=limited(64, at_least=1),
)
def forward(lab: Lab, width: int, features: int, batch: int) -> b_fold.Variants:
    return b_fold.variants(lab, width, features, batch)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
