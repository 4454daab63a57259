"""Dropout on the inputs of a linear regression is a ridge penalty that adapts to each column.

Inverted dropout, as frameworks train it: the input is X ⊙ m / q.
(Srivastava et al. 2014, section 9.1; Wager, Wang & Liang 2013.)
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import dropout

from .ensemble import average
from .masks import every_mask, probabilities


@dataclass(frozen=True, slots=True)
class Regression:
    """y ≈ X w: X (examples, n), y (examples), w (n)."""

    inputs: Tensor
    target: Tensor
    weight: Tensor

    @classmethod
    def draw(cls, lab: Lab, *, units: int, examples: int = 12) -> Regression:
        """Standard normal numbers, with columns of growing size so that the penalties differ."""
        stream = lab.generator()
        size = torch.linspace(0.5, 2, units)
        inputs = torch.randn(examples, units, generator=stream) * size
        target, weight = torch.randn(examples, generator=stream), torch.randn(units, generator=stream)
        return cls(*(tensor.to(lab.device, lab.dtype) for tensor in (inputs, target, weight)))


def expected_loss(case: Regression, weight: Tensor, keep: float) -> Tensor:
    """E_m ‖y - (X ⊙ m / q) w‖², every mask enumerated.

    One mask serves all rows here; were each row given its own, the expectation of the sum would be the same.
    """
    masks = every_mask(len(weight), weight)
    kept = [dropout(case.inputs, mask.expand_as(case.inputs), 1 - keep)[0] for mask in masks]
    losses = torch.stack([(case.target - inputs @ weight).square().sum() for inputs in kept])
    return average(losses, probabilities(masks, keep))


def penalised_loss(case: Regression, weight: Tensor, keep: float) -> Tensor:
    """‖y - X w‖² + (1 - q)/q Σ_j ‖X_j‖² w_j²."""
    return (case.target - case.inputs @ weight).square().sum() + (1 - keep) / keep * penalty(case, weight)


def penalty(case: Regression, weight: Tensor) -> Tensor:
    """Σ_j ‖X_j‖² w_j²."""
    return (case.inputs.square().sum(0) * weight.square()).sum()


def ridge_solution(case: Regression, keep: float) -> Tensor:
    """(Xᵀ X + (1 - q)/q diag(Xᵀ X))⁻¹ Xᵀ y."""
    gram = case.inputs.T @ case.inputs
    penalised = gram + (1 - keep) / keep * gram.diagonal().diag()
    return torch.linalg.solve(penalised, case.inputs.T @ case.target)


def gradient(case: Regression, weight: Tensor, keep: float) -> Tensor:
    """d/dw of the expected loss, by autograd through every mask."""
    leaf = weight.clone().requires_grad_()
    return torch.autograd.grad(expected_loss(case, leaf, keep), leaf)[0]
