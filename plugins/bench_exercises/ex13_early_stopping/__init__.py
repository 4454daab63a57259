"""ex13: early stopping and L2 regularisation, on a linear model with a quadratic cost."""

from bench import Exercise, Lab, Work, hookimpl, limited

from . import a_best, a_conditions, a_fractions, a_gap, a_kernel, a_path, a_risk, a_speed

exercise = Exercise(tags=("theory", "regularisation", "optimisation"))

STEP = limited(0.1, above=0, below=1)
"""A learning rate below 1 / lambda_max, which is 1 here."""


@exercise.study(
    "a",
    "Gradient descent and ridge each keep a fraction of every eigendirection",
    rate=STEP,
    alpha=limited(0.01, above=0),
)
def fractions(lab: Lab, rate: float, alpha: float) -> None:
    a_fractions.study(lab, rate, alpha)


@exercise.study(
    "a.gap",
    "How far apart the two are, direction by direction",
    rate=limited(0.01, above=0, below=0.1),
    alpha=limited(0.1, above=0),
)
def gap(lab: Lab, rate: float, alpha: float) -> None:
    a_gap.study(lab, rate, alpha)


@exercise.study("a.best", "The best ridge for every stopping time", rate=STEP, longest=limited(100_000, at_least=1))
def best_ridge(lab: Lab, rate: float, longest: int) -> None:
    a_best.study(lab, rate, longest)


@exercise.study(
    "a.path",
    "Two dimensions: both paths over the contours of the cost",
    rate=limited(0.2, above=0, below=1),
    steps=limited(600, at_least=1),
)
def trajectory(lab: Lab, rate: float, steps: int) -> None:
    a_path.study(lab, rate, steps)


@exercise.study(
    "a.conditions",
    "What the equivalence needs: a start at zero, and a small learning rate",
    rate=STEP,
    steps=limited(100, at_least=1),
)
def conditions(lab: Lab, rate: float, steps: int) -> None:
    a_conditions.study(lab, rate, steps)


@exercise.study(
    "a.risk", "What it is for: noise, and a stopping time chosen by validation", noise=limited(0.5, above=0)
)
def noisy(lab: Lab, noise: float) -> None:
    a_risk.study(lab, noise)


@exercise.study(
    "a.kernel",
    "The same on a convolution: early stopping learns the loud frequencies of a kernel",
    rate=STEP,
    steps=limited(200, at_least=1),
)
def kernel(lab: Lab, rate: float, steps: int) -> None:
    a_kernel.study(lab, rate, steps)


@exercise.comparison(
    "a.speed",
    "τ steps: one by one, or at once",
    reference="step by step",
    work=lambda features, steps: Work(steps, "steps"),
    tolerance=1e-4,  # steps in float32 add up roundings of 6e-8 each, and the power of a matrix multiplies them
    features=(8, 64),
    steps=(20, 200),
)
def speed(lab: Lab, features: int, steps: int) -> a_speed.Variants:
    return a_speed.variants(lab, features, steps)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
