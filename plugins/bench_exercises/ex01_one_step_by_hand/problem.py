"""What the sheet gives: eight weights, three inputs, a target; and what it leaves open: which arrow is which weight."""

from __future__ import annotations

import math
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor

from bench import Lab

T = TypeVar("T")
Some: TypeAlias = T | tuple[T, ...]
WEIGHTS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, -0.4)
INPUTS = (1.5, 1.0, 1.0)
PROBE = (-4.0, 1.0, 1.0)
"""The sheet's input never makes h2 negative; this one does, so that the slope 0.2 matters."""
TARGET = 0.0
SLOPE = 0.2
ORDERINGS = ("source_major", "target_major")


def given(lab: Lab) -> tuple[Tensor, Tensor, Tensor]:
    """The sheet's weights (8,) and input (3,), and the probe (3,)."""
    w, x, probe = (torch.tensor(values, dtype=lab.dtype, device=lab.device) for values in (WEIGHTS, INPUTS, PROBE))
    return w, x, probe


def several(value: Some[T]) -> tuple[T, ...]:
    """A parameter as a tuple: ``--param lr=0.1`` gives one value where the default gives several."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def rotation(degrees: float) -> Tensor:
    """R (2, 2), float64."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return torch.tensor([[c, -s], [s, c]], dtype=torch.float64)


def valley(degrees: float, eigenvalues: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """A quadratic's matrix R diag(eigenvalues) R^T, and the start R (1, 1): one problem in rotated coordinates."""
    turn = rotation(degrees)
    return turn @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ turn.T, turn.sum(1)
