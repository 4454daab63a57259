"""Claims that the batched networks compute what PyTorch would: gradients, and whole trainings seed by seed."""

from collections.abc import Sequence

from bench import Lab

from . import checks
from .experiment import seeds
from .models import Model
from .task import Task

EXACT, AMPLIFIED = 1e-12, 1e-8
"""In float64. Through nineteen batch norms a rounding error grows by some powers of ten."""


def prove(lab: Lab, task: Task, models: Sequence[Model], depths: Sequence[int]) -> None:
    """All models with batch norm, or all without."""
    normed = models[0].normed
    suffix, bound = (", batch norm", AMPLIFIED) if normed else ("", EXACT)
    chosen, ends = seeds(lab, 2), {min(depths), max(depths)}
    autograd = max(checks.autograd_error(model, depth, chosen, task) for model in models for depth in depths)
    # How far rounding grows through batch norms hangs on their number.
    lab.claim(f"gradients of every layer by hand = autograd{suffix}", autograd, at_most=bound, as_declared=normed)
    if normed:
        error = max(checks.autograd_error(model, max(depths), chosen, task, evaluating=True) for model in models)
        name = "gradients by hand = autograd, batch norm in evaluation mode"
        lab.claim(name, error, at_most=bound, as_declared=True)
    differences(lab, task, models, depth=min(depths), suffix=suffix)
    steps = 5 if normed else 20  # past the first epoch
    apart = max(checks.training_error(model, depth, chosen, task, steps=steps) for model in models for depth in ends)
    name = f"weights trained together = one after another in plain PyTorch{suffix}"
    lab.claim(name, apart, at_most=bound, as_declared=normed)


def differences(lab: Lab, task: Task, models: Sequence[Model], *, depth: int, suffix: str) -> None:
    """Where gradients are not yet too small to be seen: a cost near 1 is known to 1e-16, its slope to about 1e-10."""
    found = [checks.differences_error(model, depth, seeds(lab, 6), task) for model in models]
    worst, fewest = max(error for error, _ in found), min(n for _, n in found)
    lab.claim(f"gradients by hand = central differences{suffix}", worst, at_most=1e-5, as_declared=True)
    lab.claim(f"networks that were held against differences{suffix}", fewest, at_least=1, as_declared=True)
