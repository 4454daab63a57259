"""14d: the derivatives of the ordinary convolution, and how those of 14b are contained in them."""

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit import byhand
from bench.kit.compare import largest, max_error, relative_error

from . import by_hand, checks, d_plain
from .figures import matrix_figure, taps_of_matrix
from .problem import SETTINGS, SMALL, Problem, Setting, draw, layer_bytes, layer_operations
from .reference import counted


def study(lab: Lab) -> None:
    names = ("conv2d", "autograd", "as convolutions", "kit", "contractions")
    worst = dict.fromkeys(names, 0.0)
    for setting in SETTINGS:
        errors = one_setting(draw(lab, setting))
        worst = {name: largest(worst[name], errors[name]) for name in names}
    lab.claim("plain convolution over taps = conv2d", worst["conv2d"], at_most=1e-12)
    lab.claim("dH, dW, dB over taps = autograd", worst["autograd"], at_most=1e-12)
    lab.claim("dH as a full, dW as a dilated convolution = over taps", worst["as convolutions"], at_most=1e-12)
    lab.claim("the library of layers by hand gives the same", worst["kit"], at_most=1e-12)
    lab.claim("dH, dW, dB over taps = central differences", differences_error(lab), at_most=1e-6)
    lab.claim("da, db, dc, dd of 14b are contractions of dW", worst["contractions"], at_most=1e-10)
    lab.claim("pixels that a stride of 3 leaves out get exactly 0", unseen(lab), equals=0)
    lab.claim("dH is the transposed matrix times Δ", transposed_error(lab), at_most=1e-12)
    counted_work(lab)
    lab.figure(
        "The layer as a matrix",
        matrix_figure(5, 3),
        "One channel of 5 × 5 pixels, kernel 3 × 3, weights numbered row by row.",
    )


def one_setting(p: Problem) -> dict[str, float]:
    W, B = p.W, p.bias
    Z, gradients = d_plain.forward(p.H, W, B, **p.slide), d_plain.backward(p.Δ, p.H, W, **p.slide)
    expected_Z, expected = by_autograd(p, W, B)
    Z_kit, saved = byhand.conv2d(p.H, W, B, **p.slide)
    dH, dW, dB = byhand.conv2d_backward(p.Δ, saved)
    assert dB is not None
    return {
        "conv2d": relative_error(Z, expected_Z),
        "autograd": relative_error(gradients, expected),
        "as convolutions": relative_error(d_plain.backward_as_convolutions(p.Δ, p.H, W, **p.slide), gradients),
        "kit": relative_error([Z_kit, dH, dW, dB], [Z, *gradients]),
        "contractions": contraction_error(p),
    }


def differences_error(lab: Lab) -> float:
    """The slope of L = Σ log cosh Z in every entry of H, W and B; here Δ = tanh Z."""
    worst = 0.0
    for p in (draw(lab, setting) for setting in lab.pick(smoke=SMALL, quick=SETTINGS, full=SETTINGS)):
        W, B = p.W, p.bias
        Δ = torch.tanh(d_plain.forward(p.H, W, B, **p.slide))
        slopes = checks.by_differences(lambda *values, p=p: d_plain.forward(*values, **p.slide), (p.H, W, B))
        worst = largest(worst, relative_error(d_plain.backward(Δ, p.H, W, **p.slide), slopes))
    return worst


def by_autograd(p: Problem, W: Tensor, B: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
    leaves = H, W, B = tuple(value.clone().requires_grad_() for value in (p.H, W, B))
    Z = F.conv2d(H, W, B, **p.slide)
    return Z.detach(), torch.autograd.grad(Z, leaves, p.Δ)


def contraction_error(p: Problem) -> float:
    """da[i] = Σ_jlk dW[i, j, l, k]·b[j]·c[l]·d[k], and so on: the detour over dW that 14b spares itself."""
    a, b, c, d = p.factors
    _, dW, _ = d_plain.backward(p.Δ, p.H, by_hand.kernel(p.factors), **p.slide)
    detour = (
        torch.einsum("ijlk,j,l,k->i", dW, *(b, c, d)),
        torch.einsum("ijlk,i,l,k->j", dW, *(a, c, d)),
        torch.einsum("ijlk,i,j,k->l", dW, *(a, b, d)),
        torch.einsum("ijlk,i,j,l->k", dW, *(a, b, c)),
    )
    _, saved = by_hand.forward(p.H, p.factors, p.B, **p.slide)
    return relative_error(by_hand.backward(p.Δ, saved)[1:5], detour)


def unseen(lab: Lab) -> float:
    """9 × 8 pixels, kernel 2 × 3, stride 3: row 3 (from 1) and those after it in step lie between the windows."""
    p = draw(lab, Setting(T=2, M=2, Y=9, X=8, N=2, L=2, K=3, stride=3))
    dH, _, _ = d_plain.backward(p.Δ, p.H, p.W, **p.slide)
    left_out = dH[:, :, 2::3]
    return max_error(left_out, torch.zeros_like(left_out))


def counted_work(lab: Lab) -> None:
    """Operations as PyTorch counts them; bytes of what goes in and of its derivative, or out and what comes back."""
    s = Setting(T=2, M=5, Y=6, X=7, N=4, L=3, K=3, padding=1)
    p, places = draw(lab, s), 2 * 6 * 7
    found = 2 * counted(lambda: by_autograd(p, p.W, p.bias))
    lab.claim(
        "operations counted by PyTorch = 3·2·NMLK a place", found, equals=layer_operations(4, 5, 3, 3, places=places)
    )
    traffic = 2 * 4 * sum(tensor.numel() for tensor in (p.H, p.W, p.bias, p.Δ))  # float32, each and its like
    lab.claim("bytes of all tensors = the formula", traffic, equals=layer_bytes(4, 5, 3, 3, places=places))


def transposed_error(lab: Lab) -> float:
    """Fill the picture's matrix with weights: T Hᵛᵉᶜ is the layer, Tᵀ Δᵛᵉᶜ its derivative."""
    values = torch.randn(9 + 25 + 9, generator=lab.generator()).to(lab.device, lab.dtype)
    W, H, Δ = values[:9].view(1, 1, 3, 3), values[9:34].view(1, 1, 5, 5), values[34:].view(1, 1, 3, 3)
    weights = torch.cat([W.new_zeros(1), W.flatten()])
    T = weights[taps_of_matrix(5, 3).to(lab.device)]
    dH, _, _ = d_plain.backward(Δ, H, W)
    return relative_error([T @ H.flatten(), T.T @ Δ.flatten()], [F.conv2d(H, W).flatten(), dH.flatten()])
