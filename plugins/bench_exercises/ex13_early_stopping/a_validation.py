"""Choosing how much to regularise: by the error on samples that were held out, for a stopping time or for an alpha."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab

from . import by_hand
from .problem import inputs

TRAINING, HELD_OUT = 40, 40


def chosen_by_validation(lab: Lab, curvature: Tensor, noise: float, draws: int) -> dict[str, Tensor]:
    """The mean over ``draws`` sets of targets of (w - w_true)^T H (w - w_true), for four ways to fit.

    Works in the eigenbasis, where least squares has the coordinates c = Q^T X^+ y and both methods are fractions.
    """
    stream, (d,) = lab.generator(), curvature.shape
    x, u, q = inputs(stream, TRAINING, curvature.tolist())
    held = torch.randn(HELD_OUT, d, generator=stream).double() * curvature.sqrt().cpu() @ q.T
    true = q @ (torch.randint(2, (d, draws), generator=stream).double() * 2 - 1)
    targets, controls = (a @ true + noise * torch.randn(len(a), draws, generator=stream).double() for a in (x, held))
    fit = (u.T @ targets) / (TRAINING * curvature.cpu()[:, None]).sqrt()
    held, true, fit, controls = (t.to(curvature) for t in (held @ q, q.T @ true, fit, controls))
    times = torch.logspace(-1, 6, 141, dtype=torch.float64).to(curvature)[:, None]
    errors = {}
    for name, kept in {
        "stopped": by_hand.flowed(curvature, times),
        "ridge": by_hand.shrunk(curvature, 1 / times),
    }.items():
        estimates = kept[..., None] * fit
        seen = (held @ estimates - controls).square().mean(dim=1)
        excess = ((estimates - true).square() * curvature[:, None]).sum(dim=1)
        errors[f"{name} by validation"] = excess.gather(0, seen.argmin(dim=0, keepdim=True)).mean()
        errors[f"{name} by an oracle"] = excess.min(dim=0).values.mean()
    return errors | {"trained to the end": ((fit - true).square() * curvature[:, None]).sum(dim=0).mean()}
