"""The two convolutions, forward and backward: loops that Numba compiles.

A block is a convolution 3 × 3, max-pooling 2 × 2 and ReLU, in one pass over the windows of the pooling; the ReLU comes
last, as it commutes with a maximum. Pictures lie channels last in a frame of zeros, (N, H + 2, W + 2, C), so that no
loop asks where the border is. ``where`` says which pixel of a window was the largest, 0 to 3 row by row, or SHUT where
the ReLU lets nothing through: of ∂L/∂z at most one number in four is not zero, and only those are visited.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numba import njit

C1, C2 = 16, 32
SHUT = np.int32(4)
"""Of 32 bits, as everything that is compared beside float32 numbers in one loop."""
CONTRACT = {"contract"}
"""A product and a sum may become one instruction, rounded once. Nothing else is reordered."""


class Block(NamedTuple):
    """A block's parameters, and what it writes for N digits at most, the first B of them to train on.

    ``weight`` is (C, 3, 3, O), so that the outputs of a pixel are neighbours; ``back`` the same numbers as (O, 3, 3·C),
    so that its inputs are. ``x`` and ``dx`` are in frames, ``z`` (4, O) holds one window's convolution; ``at``, which
    is unsigned, and ``d`` have room for the windows of one channel, and three more.
    """

    weight: Any
    back: Any
    bias: Any
    x: Any
    z: Any
    where: Any
    dx: Any
    dback: Any
    dbias: Any
    at: Any
    d: Any

    @classmethod
    def of(cls, layer: torch.nn.Module, side: int, looked: int, trained: int) -> "Block":
        """Room for pictures of ``side`` × ``side`` pixels. The parameters are copies."""
        weight, bias = (layer.get_parameter(name).detach() for name in ("weight", "bias"))
        dtype, (outputs, inputs, _, _), half = weight.dtype, weight.shape, side // 2

        def zeros(*shape: int, dtype: torch.dtype = dtype) -> np.ndarray:
            # Torch's memory begins where a cache line does; a vector that lies across two lines costs twice.
            return torch.zeros(shape, dtype=dtype).numpy()

        block = cls(
            weight=zeros(inputs, 3, 3, outputs),
            back=zeros(outputs, 3, 3 * inputs),
            bias=zeros(outputs),
            x=zeros(looked, side + 2, side + 2, inputs),
            z=zeros(4, outputs),
            where=zeros(looked, half, half, outputs, dtype=torch.uint8),
            dx=zeros(trained, side + 2, side + 2, inputs),
            dback=zeros(outputs, 3, 3 * inputs),
            dbias=zeros(outputs),
            at=np.zeros(half * half + 3, np.uintp),
            d=zeros(half * half + 3),
        )
        block.weight[:], block.bias[:] = weight.permute(1, 2, 3, 0), bias
        block.back[:] = weight.permute(0, 2, 3, 1).reshape(outputs, 3, -1)
        return block

    def write(self, layer: torch.nn.Module) -> None:
        """The parameters, back into the layer that they came from."""
        layer.get_parameter("weight").copy_(torch.from_numpy(self.weight).permute(3, 0, 1, 2))
        layer.get_parameter("bias").copy_(torch.from_numpy(self.bias))


@njit(cache=True)
def frame(pictures, chosen, table, x):
    """Picture ``chosen[i]`` (H, W) of bytes into the frame ``x[i]``: a look-up of the number that each shade is."""
    for i in range(len(chosen)):
        picture = pictures[chosen[i]]
        for row in range(picture.shape[0]):
            for column in range(picture.shape[1]):
                x[i, row + 1, column + 1, 0] = table[picture[row, column]]


def forward(inputs: int, outputs: int) -> Callable[..., None]:
    """A block's forward pass. Its channels are known, so that the compiler can unroll what loops over them.

    All in one function, as it is optimised before it is joined to others: with the window's convolution apart, LLVM
    takes the wrong loop side by side, and the first block three times as long.
    """

    @njit(cache=True, fastmath=CONTRACT)
    def block(count, x, weight, bias, z, where, a):
        """Activations ``a`` (N, P, Q, O) and ``where`` of the first ``count`` pictures ``x``."""
        zero = bias.dtype.type(0)
        for n in range(count):
            for p in range(a.shape[1]):
                for q in range(a.shape[2]):
                    for o in range(outputs):
                        z[0, o] = z[1, o] = z[2, o] = z[3, o] = bias[o]
                    for c in range(inputs):
                        for k in range(3):
                            upper, lower, left = 2 * p + k, 2 * p + k + 1, 2 * q
                            x00, x01 = x[n, upper, left, c], x[n, upper, left + 1, c]
                            x02, x03 = x[n, upper, left + 2, c], x[n, upper, left + 3, c]
                            x10, x11 = x[n, lower, left, c], x[n, lower, left + 1, c]
                            x12, x13 = x[n, lower, left + 2, c], x[n, lower, left + 3, c]
                            for o in range(outputs):
                                w0, w1, w2 = weight[c, k, 0, o], weight[c, k, 1, o], weight[c, k, 2, o]
                                z[0, o] = z[0, o] + x00 * w0 + x01 * w1 + x02 * w2
                                z[1, o] = z[1, o] + x01 * w0 + x02 * w1 + x03 * w2
                                z[2, o] = z[2, o] + x10 * w0 + x11 * w1 + x12 * w2
                                z[3, o] = z[3, o] + x11 * w0 + x12 * w1 + x13 * w2
                    for o in range(outputs):
                        best, at = zero, SHUT
                        for i in range(4):
                            if z[i, o] > best:
                                best, at = z[i, o], np.int32(i)
                        z[0, o], where[n, p, q, o] = best, at
                    for o in range(outputs):  # apart, since the channels of ``a`` need not be neighbours
                        a[n, p, q, o] = z[0, o]

    return block


forward1, forward2 = forward(1, C1), forward(C1, C2)


def by_window(features: np.ndarray) -> np.ndarray:
    """Features (N, 1568), one channel after another as W₃ meets them, seen as (N, 7, 7, 32)."""
    return features.reshape(-1, C2, 7, 7).transpose(0, 2, 3, 1)


@njit(cache=True)
def look(train_x, train, test_x, test, table, first, second, features):
    """Features (N, 7, 7, 32) of the training digits ``train`` and, after them, the test digits ``test``."""
    frame(train_x, train, table, first.x)
    frame(test_x, test, table, first.x[len(train) :])
    inside = second.x[:, 1:-1, 1:-1]
    count = len(features)
    forward1(count, first.x, weight=first.weight, bias=first.bias, z=first.z, where=first.where, a=inside)
    forward2(count, second.x, weight=second.weight, bias=second.bias, z=second.z, where=second.where, a=features)


@njit(cache=True)
def opened(n, o, where, da, line, inputs, at, d):
    """The windows of channel o that the ReLU lets through: how many, ``d`` of each, and ``at`` which number of the
    picture's line the 3 × 3 pixels begin that its largest z was computed from."""
    count = 0
    for p in range(da.shape[1]):
        for q in range(da.shape[2]):
            # Written down in any case, counted if open: no branch for the processor to guess.
            i = where[n, p, q, o]
            at[count] = (2 * p + i // 2) * line + (2 * q + i % 2) * inputs
            d[count] = da[n, p, q, o]
            count += i != SHUT
    for i in range(count, count + 3):  # so that they can be taken four by four
        at[i], d[i] = 0, 0
    return count


def backward(inputs: int, outputs: int, width: int) -> Callable[..., None]:
    """Both gradients of a block whose frames are ``width`` pixels wide, from ∂L/∂a ``da`` (B, P, Q, O).

    A frame is one line of numbers here, (N, H·W·C): three pixels in a row are neighbours, with all their channels.
    An index made of ``at`` is unsigned: a signed one may count from the end, and each would be asked whether it does.
    """
    line, three = width * inputs, 3 * inputs

    @njit(cache=True, fastmath=CONTRACT)
    def gather(n, o, windows, at, d, x, dweight):
        """∂L/∂w (3, 3·C) of channel o: d times the 3 × 3 pixels, four windows at once."""
        for i in range(0, windows, 4):
            d0, d1, d2, d3 = d[i], d[i + 1], d[i + 2], d[i + 3]
            for k in range(3):
                row = np.uintp(k * line)
                x0, x1, x2, x3 = at[i] + row, at[i + 1] + row, at[i + 2] + row, at[i + 3] + row
                for j in range(three):
                    u = np.uintp(j)
                    total = dweight[o, k, j] + d0 * x[n, x0 + u] + d1 * x[n, x1 + u]
                    dweight[o, k, j] = total + d2 * x[n, x2 + u] + d3 * x[n, x3 + u]

    @njit(cache=True, fastmath=CONTRACT)
    def scatter(n, o, windows, at, d, weight, dx):
        """∂L/∂x: d times the weight (3, 3·C) of channel o, added to the 3 × 3 pixels."""
        for i in range(windows):
            for k in range(3):
                to = at[i] + np.uintp(k * line)
                for j in range(three):
                    dx[n, to + np.uintp(j)] += d[i] * weight[o, k, j]

    @njit(cache=True)
    def gradients(block, da):
        x, dx = block.x.reshape(len(block.x), -1), block.dx.reshape(len(block.dx), -1)
        where, back, dback, dbias, at, d = block.where, block.back, block.dback, block.dbias, block.at, block.d
        dx[: len(da)], dback[:], dbias[:] = 0, 0, 0
        for n in range(len(da)):
            for o in range(outputs):
                windows = opened(n, o, where, da, line=line, inputs=inputs, at=at, d=d)
                for i in range(windows):
                    dbias[o] += d[i]
                gather(n, o, windows, at=at, d=d, x=x, dweight=dback)
                scatter(n, o, windows, at=at, d=d, weight=back, dx=dx)

    return gradients


gradients2 = backward(C1, C2, width=16)


@njit(cache=True, fastmath=CONTRACT)
def gradients1(count, block, da):
    """The gradient (3, 3, O) of the first block's ``weight``: it looks at one channel, and nobody needs its ∂L/∂x.

    A window's ∂L/∂z is spread over its four pixels, as one d and three zeros, so that all channels go
    side by side. ``da`` lies in a frame, (B, P + 2, Q + 2, O).
    """
    x, where, total, dbias = block.x, block.where, block.dback.reshape(3, 3, -1), block.dbias
    zero = x.dtype.type(0)
    total[:], dbias[:] = 0, 0
    for n in range(count):
        for p in range(where.shape[1]):
            for q in range(where.shape[2]):
                for k in range(3):
                    upper, lower, left = 2 * p + k, 2 * p + k + 1, 2 * q
                    x00, x01 = x[n, upper, left, 0], x[n, upper, left + 1, 0]
                    x02, x03 = x[n, upper, left + 2, 0], x[n, upper, left + 3, 0]
                    x10, x11 = x[n, lower, left, 0], x[n, lower, left + 1, 0]
                    x12, x13 = x[n, lower, left + 2, 0], x[n, lower, left + 3, 0]
                    for o in range(where.shape[3]):
                        d, at = da[n, p + 1, q + 1, o], where[n, p, q, o]
                        d0, d1 = d if at == 0 else zero, d if at == 1 else zero
                        d2, d3 = d if at == 2 else zero, d if at == 3 else zero
                        total[k, 0, o] += d0 * x00 + d1 * x01 + d2 * x10 + d3 * x11
                        total[k, 1, o] += d0 * x01 + d1 * x02 + d2 * x11 + d3 * x12
                        total[k, 2, o] += d0 * x02 + d1 * x03 + d2 * x12 + d3 * x13
                for o in range(where.shape[3]):
                    dbias[o] += da[n, p + 1, q + 1, o] if where[n, p, q, o] != SHUT else zero
    return total


@njit(cache=True)
def descend(rate, first, second, dfeatures):
    """One step of both blocks along the gradients that ∂L/∂f ``dfeatures`` (B, 7, 7, 32) gives."""
    gradients2(second, dfeatures)
    total = gradients1(len(dfeatures), first, second.dx)
    for block in (first, second):
        for o in range(len(block.bias)):
            block.bias[o] -= rate * block.dbias[o]
    for k in range(3):
        for column in range(3):
            for o in range(C1):
                first.weight[0, k, column, o] -= rate * total[k, column, o]
            for o in range(C2):
                for c in range(C1):
                    i = column * C1 + c
                    second.back[o, k, i] -= rate * second.dback[o, k, i]
                    second.weight[c, k, column, o] = second.back[o, k, i]
