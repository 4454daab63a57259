"""8c, what folding saves: convolution and batch norm in evaluation mode, as two layers or one."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

from bench import Lab

from .c_folding import Norm, by_hand, fold, torchs
from .problem import like, normal


def variants(lab: Lab, channels: int, side: int) -> dict[str, Callable[[], Tensor]]:
    """Folding itself is done before the clock starts, as it is once, after training."""
    stream, zero = lab.generator(), like(lab)
    maps, kernel, bias = (
        normal(shape, stream, zero) for shape in ((16, channels, side, side), (channels, channels, 3, 3), (channels,))
    )
    kernel = kernel / (9 * channels) ** 0.5
    norm = Norm.draw(channels, stream, zero)
    folded = fold(kernel, bias, norm)
    return {
        "convolution, batch norm": lambda: torchs(F.conv2d(maps, kernel, bias, padding=1), norm),
        "convolution, batch norm by hand": lambda: by_hand(F.conv2d(maps, kernel, bias, padding=1), norm),
        "folded": lambda: F.conv2d(maps, *folded, padding=1),
    }
