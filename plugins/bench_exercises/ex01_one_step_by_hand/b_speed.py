"""1b: the gradient of all weights of one net, five ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from bench import Lab

from . import b_gradients as gradients
from . import b_paths as paths


def variants(lab: Lab, width: int) -> Mapping[str, Callable[[], Tensor]]:
    """A net width-width-width-1."""
    widths = paths.checked((width, width, width, 1))
    layers, x = paths.draw(widths, lab.generator())
    w = torch.cat([layer.flatten() for layer in layers]).to(lab.device, lab.dtype)
    x = x[:, None].to(w)
    loss = gradients.loss_in_w(widths, x)
    return {
        "back-propagation": lambda: gradients.backpropagation(loss, w),
        "back-propagation by hand": lambda: gradients.backpropagation_by_hand(widths, x, w),
        "forward mode": lambda: gradients.forward_mode(widths, x, w),
        "differences at once": lambda: gradients.differences_at_once(loss, w),
        "differences one by one": lambda: gradients.differences(loss, w),
    }
