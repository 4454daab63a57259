"""What the activation adds: exclusive or, which no single layer computes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.compare import max_error

from . import figures
from .network import conv2d
from .problem import EXACT


def exclusive_or() -> nn.Sequential:
    """max(a-b, 0) + max(b-a, 0) at every pixel: two 1×1 layers, written down rather than trained."""
    hidden, out = nn.Conv2d(2, 2, 1, bias=False), nn.Conv2d(2, 1, 1, bias=False)
    hidden.weight = nn.Parameter(torch.tensor([[1.0, -1.0], [-1.0, 1.0]])[:, :, None, None])
    out.weight = nn.Parameter(torch.ones(1, 2, 1, 1))
    return nn.Sequential(hidden, nn.ReLU(), out)


def best_single_layer() -> tuple[Tensor, Tensor]:
    """Weight (1, 2) and bias (1,) of the 1×1 layer nearest to exclusive or: least squares over the four cases."""
    cases = torch.cartesian_prod(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0])).double()
    design = torch.cat([cases, torch.ones(4, 1, dtype=torch.double)], dim=1)
    solution = torch.linalg.lstsq(design, (cases[:, :1] != cases[:, 1:]).double()).solution
    return solution[:2].T, solution[2]


def pattern(side: int) -> Tensor:
    """Two binary maps (1, 2, side, side), a disk and stripes, in which all four pairs of values occur."""
    if side < 8:
        raise ValueError(f"a disk and stripes need a side of at least 8 pixels, not {side}")
    y, x = torch.meshgrid(torch.linspace(-1, 1, side), torch.linspace(-1, 1, side), indexing="ij")
    disk = x**2 + y**2 < 0.6
    stripes = (torch.arange(side) // (side // 8) % 2 == 1).expand(side, side)
    return torch.stack([disk, stripes])[None].float()


def study(lab: Lab, side: int) -> None:
    maps = pattern(side).to(lab.device, lab.dtype)
    wanted = (maps[:, :1] != maps[:, 1:]).to(lab.dtype)
    weight, bias = (tensor.to(lab.device, lab.dtype) for tensor in best_single_layer())
    single = conv2d(maps, weight, bias)
    both = exclusive_or().to(lab.device, lab.dtype)(maps).detach()
    least = (single - wanted).abs().min()
    lab.claim("1×1, ReLU, 1×1 computes exclusive or: largest error", max_error(both, wanted), equals=0)
    lab.claim("the best single 1×1 layer is this far off at every pixel", least, at_least=0.5 - EXACT)
    lab.figure(
        "Exclusive or",
        figures.exclusive_or(maps, single, both),
        "One 1×1 layer can do no better than grey everywhere; two of them with a ReLU between compute exclusive or.",
    )
