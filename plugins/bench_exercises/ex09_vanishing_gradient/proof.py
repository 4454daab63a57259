"""Claims that the batched networks compute what PyTorch would: gradients, and whole trainings seed by seed."""

from collections.abc import Sequence
from math import inf

from bench import Lab
from bench.kit.compare import by_rounding, largest, smallest

from . import checks
from .experiment import seeds
from .models import Model
from .task import Task

EXACT, AMPLIFIED = 1e-12, 1e-8
"""In float64, where rounding alone goes no further. Through nineteen batch norms it grows by some powers of ten."""
BLIND = 1e-3
"""Where rounding may go so far, nothing can be told from it."""


def prove(lab: Lab, task: Task, models: Sequence[Model], depths: Sequence[int]) -> None:
    """All models with batch norm, or all without."""
    normed = models[0].normed
    suffix, bound = (", batch norm", AMPLIFIED) if normed else ("", EXACT)
    chosen, ends = seeds(lab, 2), {min(depths), max(depths)}
    every = [(model, depth) for model in models for depth in depths]
    autograd = largest(checks.autograd_error(*each, chosen, task) for each in every)
    nudged = largest(checks.nudged_gradients(*each, chosen, task) for each in every)
    if normed and models[0].width == 1:
        # Batch norm takes out the scale of what it is given, and a single weight has nothing but a scale: its gradient
        # is what the ε under the root leaves of it, and no error can be relative to that.
        nudged = inf
    same(lab, f"gradients of every layer by hand = autograd{suffix}", autograd, bound, nudged)
    if normed:
        deepest = [(model, max(depths)) for model in models]
        error = largest(checks.autograd_error(*each, chosen, task, evaluating=True) for each in deepest)
        nudged = largest(checks.nudged_gradients(*each, chosen, task, evaluating=True) for each in deepest)
        same(lab, "gradients by hand = autograd, batch norm in evaluation mode", error, bound, nudged)
    differences(lab, task, models, depth=min(depths), suffix=suffix)
    steps = 5 if normed else 20  # past the first epoch
    pairs = [(model, depth) for model in models for depth in ends]
    apart = largest(checks.training_error(*each, chosen, task, steps=steps) for each in pairs)
    nudged = largest(checks.nudged_training(*each, chosen, task, steps=steps) for each in pairs)
    same(lab, f"weights trained together = one after another in plain PyTorch{suffix}", apart, bound, nudged)


def same(lab: Lab, name: str, error: float, bound: float, nudged: float) -> None:
    """A claim that two computations agree, made wherever an error could be told from rounding; ``nudged`` is how far
    nudged parameters take one of them."""
    allowed = by_rounding(nudged)
    lab.claim(name, error, at_most=max(bound, allowed), as_declared=not allowed <= BLIND)


def differences(lab: Lab, task: Task, models: Sequence[Model], *, depth: int, suffix: str) -> None:
    """Where gradients are not yet too small to be seen: a cost near 1 is known to 1e-16, its slope to about 1e-10."""
    found = [checks.differences_error(model, depth, seeds(lab, 6), task) for model in models]
    worst, fewest = largest(error for error, _ in found), smallest(n for _, n in found)
    # A difference is off by its third derivative too, which batch norm makes as large as the batch is flat; and of
    # deep networks of ReLU there may be none that keeps clear of every kink.
    lab.claim(f"gradients by hand = central differences{suffix}", worst, at_most=1e-5, as_declared=True)
    lab.claim(f"networks that were held against differences{suffix}", fewest, at_least=1, as_declared=True)
