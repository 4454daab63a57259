"""14c: a rank-1 convolution with its derivatives by hand, and its training."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Rank1(torch.autograd.Function):
    """Z(i) = a[i] V + B[i], with S = Σ b[j] H(j), U = c down the columns of S, V = d along the rows of U."""

    @staticmethod
    def forward(ctx: Any, H: Tensor, B: Tensor, slide: tuple[int, int], *factors: Tensor) -> Tensor:
        (a, b, c, d), (s, p) = factors, slide
        S = F.pad(torch.einsum("j,tjyx->tyx", b, H), (p, p, p, p))[:, None]
        U = F.conv2d(S, c.view(1, 1, -1, 1), stride=(s, 1))
        V = F.conv2d(U, d.view(1, 1, 1, -1), stride=(1, s))
        ctx.save_for_backward(H, *factors, *(S, U, V))
        ctx.s, ctx.p = s, p
        return a[:, None, None] * V + B[:, None, None]

    @staticmethod
    def backward(ctx: Any, dZ: Tensor) -> tuple[Tensor | None, ...]:
        H, a, b, c, d, S, U, V = ctx.saved_tensors
        s, p, (rows, columns) = ctx.s, ctx.p, dZ.shape[2:]
        dV = torch.einsum("i,tiyx->tyx", a, dZ)[:, None]
        dd = torch.stack([(dV * U[..., k::s][..., :columns]).sum() for k in range(len(d))])
        dU = F.conv_transpose2d(dV, d.view(1, 1, 1, -1), stride=(1, s))
        dU = F.pad(dU, (0, U.shape[3] - dU.shape[3]))  # columns that no window reached
        dc = torch.stack([(dU * S[:, :, u::s][:, :, :rows]).sum() for u in range(len(c))])
        dS = F.conv_transpose2d(dU, c.view(1, 1, -1, 1), stride=(s, 1))
        dS = F.pad(dS, (0, 0, 0, S.shape[2] - dS.shape[2]))
        dS = dS[:, 0, p : p + H.shape[2], p : p + H.shape[3]]
        da = torch.einsum("tiyx,tyx->i", dZ, V[:, 0])
        db = torch.einsum("tjyx,tyx->j", H, dS)
        return b[:, None, None] * dS[:, None], dZ.sum((0, 2, 3)), None, da, db, dc, dd


class Rank1Conv2d(nn.Module):
    """(T, M, Y, X) → (T, N, Y', X')."""

    def __init__(self, a: Tensor, b: Tensor, c: Tensor, d: Tensor, *, stride: int = 1, padding: int = 0) -> None:
        super().__init__()
        self.a, self.b, self.c, self.d = (nn.Parameter(factor.clone()) for factor in (a, b, c, d))
        self.B = nn.Parameter(torch.zeros_like(a))
        self.slide = stride, padding

    def forward(self, H: Tensor) -> Any:
        return Rank1.apply(H, self.B, self.slide, *(self.a, self.b, self.c, self.d))


def train(layer: nn.Module, H: Tensor, wanted: Tensor, steps: int, *, learning_rate: float) -> list[float]:
    """Gradient descent on the mean squared error; the loss before every step."""
    optimizer = torch.optim.SGD(layer.parameters(), lr=learning_rate)
    losses = []
    for _ in range(steps):
        loss = F.mse_loss(layer(H), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
