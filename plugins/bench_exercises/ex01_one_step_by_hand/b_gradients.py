"""1b: five ways to the gradient of all P weights of one net, kept as one flat vector w (P,)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from .b_paths import checked, loss_of
from .checks import by_differences

Loss = Callable[[Tensor], Tensor]


def unflatten(w: Tensor, widths: Sequence[int]) -> list[Tensor]:
    """w (P,) as one matrix (to, from) per layer: views, no copies."""
    sizes = [come * to for come, to in pairwise(checked(widths))]
    if w.shape != (sum(sizes),):
        raise ValueError(f"widths {tuple(widths)} need {sum(sizes)} weights, w has shape {tuple(w.shape)}")
    return [part.view(to, come) for part, (come, to) in zip(w.split(sizes), pairwise(widths), strict=True)]


def loss_in_w(widths: Sequence[int], x: Tensor) -> Loss:
    """The loss at the input x (n, 1) as a function of w alone, computed in the dtype of w."""
    return lambda w: loss_of(unflatten(w, widths), x.to(w.dtype))


def backpropagation(loss: Loss, w: Tensor) -> Tensor:
    """One forward and one backward pass of autograd."""
    leaf = w.detach().requires_grad_()
    return torch.autograd.grad(loss(leaf), leaf)[0]


def backpropagation_by_hand(widths: Sequence[int], x: Tensor, w: Tensor) -> Tensor:
    """The same passes written out: delta_l = (W_{l+1}^T delta_{l+1}) * f'(z_l), dL/dW_l = delta_l a_{l-1}^T."""
    layers = unflatten(w, widths)
    values = [x]
    for layer in layers[:-1]:
        values.append(torch.tanh(layer @ values[-1]))
    o = torch.sigmoid(layers[-1] @ values[-1])
    delta = o * o * (1 - o)
    gradients = [delta @ values[-1].T]
    for layer, below, above in zip(layers[:0:-1], values[-2::-1], values[:0:-1], strict=True):
        delta = (layer.T @ delta) * (1 - above**2)
        gradients.append(delta @ below.T)
    return torch.cat([gradient.flatten() for gradient in reversed(gradients)])


def differences(loss: Loss, w: Tensor) -> Tensor:
    """Central differences, a weight at a time: 2 P forward passes.

    In float64, whatever w is: in float32 they keep four digits, and no other gradient could be told from a wrong one.
    """
    return by_differences(loss, w.double()).to(w.dtype)


def differences_at_once(loss: Loss, w: Tensor) -> Tensor:
    """Central differences with all 2 P nets in one batch: the same work and P^2 numbers of memory, in few calls."""
    step, at = torch.finfo(torch.float64).eps ** (1 / 3), w.double()
    shifts = step * torch.eye(w.numel(), dtype=at.dtype, device=at.device)
    batch = torch.func.vmap(loss)
    return ((batch(at + shifts) - batch(at - shifts)) / (2 * step)).to(w.dtype)


def forward_mode(widths: Sequence[int], x: Tensor, w: Tensor) -> Tensor:
    """Exact derivatives pushed forward along all P weights at once: D_l = f'(z_l) * (W_l D_{l-1} + (dW_l) a_{l-1}).

    D_l is (n_l, P): column p holds the derivatives of layer l by weight p.
    """
    layers = unflatten(w, widths)
    a, pushed, first = x, w.new_zeros(x.shape[0], w.numel()), 0
    for number, layer in enumerate(layers, start=1):
        direct = torch.block_diag(*a.T.expand(len(layer), -1).unsqueeze(1))
        pushed = layer @ pushed
        pushed[:, first : first + layer.numel()] += direct
        first += layer.numel()
        a = layer @ a
        a = torch.sigmoid(a) if number == len(layers) else torch.tanh(a)
        pushed = pushed * (a * (1 - a) if number == len(layers) else 1 - a**2)
    return (a * pushed).flatten()


def multiply_adds(call: Callable[[], object]) -> int:
    """How many multiply-adds the matrix products of a call do, as PyTorch's own counter sees them."""
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops() // 2


def forward_passes(loss: Loss, w: Tensor, gradient: Callable[[Loss, Tensor], Tensor]) -> int:
    """How often ``gradient`` evaluates the loss."""
    calls = 0

    def counted(w: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return loss(w)

    gradient(counted, w)
    return calls
