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
from bench.kit.compare import largest

from .by_hand import average
from .problem import EXACT, every_mask, probabilities


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


def study(lab: Lab, units: int, keep: tuple[float, ...]) -> None:
    case = Regression.draw(lab, units=units)
    rows, slopes = [], []
    for q in keep:
        masks, penalised = (float(way(case, case.weight, q)) for way in (expected_loss, penalised_loss))
        rows.append({"keep q": q, "mean over all masks": masks, "loss + ridge penalty": penalised})
        slopes.append(gradient(case, ridge_solution(case, q), q).abs().max())
    lab.table("Expected loss of dropout, both ways", rows)
    worst = largest(abs(row["mean over all masks"] / row["loss + ridge penalty"] - 1) for row in rows)
    lab.claim("mean loss over all masks = loss + ridge penalty (relative)", worst, at_most=EXACT)
    lab.claim("the ridge solution is where the mean loss is flat: largest slope", largest(slopes), at_most=1e-10)
    plain = torch.linalg.lstsq(case.inputs, case.target).solution
    smaller = penalty(case, ridge_solution(case, 0.5)) / penalty(case, plain)
    lab.claim("it shrinks: Σ w² ‖X‖² over that of least squares", smaller, at_most=shrinkage(case, 0.5))


def shrinkage(case: Regression, keep: float) -> float:
    """The most that the penalty of the ridge solution can be of that of least squares.

    In v_j = ‖X_j‖ w_j it is plain ridge on unit columns: each eigendirection of their Gram matrix, of eigenvalue μ,
    keeps μ / (μ + (1 - q)/q), and the largest of them the most.
    """
    unit = case.inputs / case.inputs.norm(dim=0)
    steepest = torch.linalg.eigvalsh(unit.T @ unit).max()
    return float((steepest / (steepest + (1 - keep) / keep)).square())
