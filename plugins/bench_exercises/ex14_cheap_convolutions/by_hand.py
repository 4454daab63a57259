"""The rank-1 convolution W = a ∘ b ∘ c ∘ d: forward in the cheapest order, and every derivative, written out.

Letters as in ``answer.md``, 14b. T images go in at once: H is (T, M, Y, X), a (N,), b (M,), c (L,), d (K,). The bias B
is (N,) when it is tied, (N, Y', X') when every place has its own. Z and Δ = ∂L/∂Z are (T, N, Y', X').
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Factors(NamedTuple):
    """a weighs the output channels, b the input channels, c the rows of the kernel, d its columns."""

    a: Tensor
    b: Tensor
    c: Tensor
    d: Tensor


class Saved(NamedTuple):
    """What the backward pass needs: three maps of *one* channel each, beside the input that is there anyway."""

    H: Tensor
    factors: Factors
    S: Tensor
    U: Tensor
    V: Tensor
    untied: bool
    stride: int
    padding: int


class Gradients(NamedTuple):
    H: Tensor
    a: Tensor
    b: Tensor
    c: Tensor
    d: Tensor
    B: Tensor


def forward(
    H: Tensor,
    factors: Factors,
    B: Tensor,
    *,
    stride: int = 1,
    padding: int = 0,
) -> tuple[Tensor, Saved]:
    """Z[i] = a[i]·V + B[i] with S = Σ_j b[j]·H[j],
    U = c down the columns of S, V = d along the rows of U.

    Raises ``ValueError`` for shapes that do not fit together, and for a
    kernel larger than the padded input.
    """
    a, b, c, d = check(H, factors, B, stride=stride, padding=padding)
    S = surround(mix(b, H), padding)
    U = slide(c, S, 1, stride)
    V = slide(d, U, 2, stride)
    bias = B.view(len(a), *(B.shape[1:] or (1, 1)))
    Z = torch.addcmul(bias, a[:, None, None], V[:, None])
    return Z, Saved(
        H=H,
        factors=factors,
        S=S,
        U=U,
        V=V,
        untied=B.ndim == 3,
        stride=stride,
        padding=padding,
    )


def backward(Δ: Tensor, saved: Saved) -> Gradients:
    """The chain rule, last step first; gX stands for ∂L/∂X."""
    (a, b, c, d), s = saved.factors, saved.stride
    gV = mix(a, Δ)
    gU = spread(d, gV, saved.U, axis=2, s=s)
    gS = spread(c, gU, saved.S, axis=1, s=s)
    gS = inside(gS, saved.padding)
    return Gradients(
        H=b[:, None, None] * gS[:, None],
        a=pair_channels(Δ, saved.V),
        b=pair_channels(saved.H, gS),
        c=pair_taps(gU, saved.S, len(c), axis=1, s=s),
        d=pair_taps(gV, saved.U, len(d), axis=2, s=s),
        B=Δ.sum(0) if saved.untied else Δ.sum((0, 2, 3)),
    )


def mix(w: Tensor, maps: Tensor) -> Tensor:
    """Σ_i w[i]·maps[:, i]: many channels become one.

    (C,), (T, C, Y, X) → (T, Y, X).
    """
    return (w[None] @ maps.flatten(2)).view(len(maps), *maps.shape[2:])


def pair_channels(maps: Tensor, one: Tensor) -> Tensor:
    """⟨maps[:, i], one⟩ for every channel i, over all images and places.

    (T, C, Y, X), (T, Y, X) → (C,).
    """
    return (maps.flatten(2) @ one.flatten(1)[:, :, None]).sum((0, 2))


def slide(w: Tensor, x: Tensor, axis: int, s: int) -> Tensor:
    """y[p] = Σ_u w[u]·x[s·p + u] along one axis: a valid correlation."""
    y: Any = sum(w[u] * view for u, view in enumerate(taps(x, len(w), axis, s)))
    return y


def spread(w: Tensor, gy: Tensor, x: Tensor, *, axis: int, s: int) -> Tensor:
    """gx[s·p + u] += w[u]·gy[p]: the transpose of ``slide``.

    It is the full convolution of the zero-stuffed gy with w.
    """
    gx = torch.zeros_like(x)
    for u, view in enumerate(taps(gx, len(w), axis, s)):
        view += w[u] * gy
    return gx


def pair_taps(gy: Tensor, x: Tensor, m: int, *, axis: int, s: int) -> Tensor:
    """⟨gy, x moved by u⟩ for every tap u of a kernel of length m."""
    return torch.stack([(gy * view).sum() for view in taps(x, m, axis, s)])


def taps(x: Tensor, m: int, axis: int, s: int) -> Iterator[Tensor]:
    """What each tap of a sliding kernel sees along the axis, as views:
    x[u], x[s + u], x[2s + u], …
    """
    reach = s * ((x.shape[axis] - m) // s) + 1
    for u in range(m):
        yield x[(slice(None),) * axis + (slice(u, u + reach, s),)]


def surround(x: Tensor, p: int) -> Tensor:
    """Zeros around every map. Padding S is padding H, since Σ_j b[j]·0 = 0, and costs one channel, not M."""
    return torch.nn.functional.pad(x, (p, p, p, p)) if p else x


def inside(x: Tensor, p: int) -> Tensor:
    """The transpose of ``surround``: what reaches the border zeros is dropped."""
    return x[:, p : x.shape[1] - p, p : x.shape[2] - p]


def check(H: Tensor, factors: Factors, B: Tensor, *, stride: int, padding: int) -> Factors:
    """The factors again, or ``ValueError`` with the shapes."""
    shapes = ", ".join(f"{name} {tuple(v.shape)}" for name, v in zip("abcd", factors, strict=True))
    if H.ndim != 4 or any(v.ndim != 1 for v in factors) or len(factors.b) != H.shape[1]:
        raise ValueError(f"H must be (T, M, Y, X) and b (M,), all factors vectors; got H {tuple(H.shape)}, {shapes}")
    if stride < 1 or padding < 0:
        raise ValueError(f"stride must be at least 1 and padding at least 0; got stride={stride}, padding={padding}")
    places = [(side + 2 * padding - len(w)) // stride + 1 for side, w in zip(H.shape[2:], factors[2:], strict=True)]
    if min(places) < 1:
        raise ValueError(
            f"the kernel ({len(factors.c)}, {len(factors.d)}) is larger than H {tuple(H.shape)} padded by {padding}"
        )
    if tuple(B.shape) not in ((len(factors.a),), (len(factors.a), *places)):
        raise ValueError(
            f"B must be (N,) or (N, Y', X') = {(len(factors.a), *places)}; got {tuple(B.shape)} with {shapes}"
        )
    return factors


def kernel(factors: Factors) -> Tensor:
    """W[i, j, l, k] = a[i]·b[j]·c[l]·d[k], of shape (N, M, L, K): the kernel that is never built otherwise."""
    return torch.einsum("i,j,l,k->ijlk", *factors)
