"""7a: that no test flower is trained on, and that the features are standardised on the training flowers alone."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error
from bench.kit.data import iris

from .problem import Choices, Task, pose_seed, seeds

TOGETHER = "training and test flowers together are the 150, furthest off"
MEASURED = "training features: mean 0 and deviation 1, furthest off"
FLOAT32 = 1e-6
"""The features are rounded to float32: a few of its roundings."""


def study(lab: Lab, choices: Choices) -> None:
    first = seeds(lab, 1)[0]
    raw = pose_seed(first, lab.device, lab.dtype, standardised=False, choices=choices)
    lab.claim(TOGETHER, not_all(raw), at_most=FLOAT32)
    lab.claim(MEASURED, off_standard(pose_seed(first, lab.device, lab.dtype, choices=choices).x), at_most=FLOAT32)


def not_all(raw: Task) -> float:
    """How far the flowers (125, 4) and (25, 4), sorted, are from all 150; infinite where they are not as many."""
    both, every = torch.cat([raw.x, raw.x_test]).cpu(), iris().x.to(raw.x.cpu())
    return max_error(in_order(both), in_order(every)) if both.shape == every.shape else float("inf")


def in_order(x: Tensor) -> Tensor:
    return torch.tensor(sorted(x.tolist()), dtype=x.dtype)


def off_standard(x: Tensor) -> float:
    return largest(x.mean(0).abs().max(), (x.std(0, correction=0) - 1).abs().max())
