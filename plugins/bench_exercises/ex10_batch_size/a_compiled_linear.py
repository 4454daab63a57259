"""The two linear layers, dropout, log-softmax and their updates: loops that Numba compiles.

Most of δ = ∂L/∂z₃ is zero, silenced by the dropout or the ReLU: both products with it pass over the zeros. The gradient
of W₃ is never stored: its rows go into W₃ as they are formed.
"""

import numpy as np
from numba import njit

from .network import FLAT

QUICK = {"contract", "reassoc"}
"""A product may be rounded together with its sum, and a sum be taken in parts side by side, as every BLAS does."""


@njit(cache=True, fastmath=QUICK)
def dot(a, b):
    total = a.dtype.type(0)
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@njit(cache=True, fastmath=QUICK)
def hidden(features, weight, bias, z):
    """z₃ = W₃ f + b₃ (N, 1024): two rows of W₃ meet two digits at a time, four products for four numbers read."""
    for j in range(0, len(weight), 2):
        upper, lower = weight[j], weight[j + 1]
        for n in range(0, len(features), 2):
            m = min(n + 1, len(features) - 1)  # an odd last digit is computed twice
            f, g = features[n], features[m]
            upper_f = upper_g = bias[j]
            lower_f = lower_g = bias[j + 1]
            for i in range(FLAT):
                upper_f += upper[i] * f[i]
                upper_g += upper[i] * g[i]
                lower_f += lower[i] * f[i]
                lower_g += lower[i] * g[i]
            z[n, j], z[m, j] = upper_f, upper_g
            z[n, j + 1], z[m, j + 1] = lower_f, lower_g


@njit(cache=True)
def log_softmax(n, logits):
    """Of row n, in place."""
    largest, total = logits[n, 0], logits.dtype.type(0)
    for k in range(logits.shape[1]):
        largest = max(largest, logits[n, k])
    for k in range(logits.shape[1]):
        total += np.exp(logits[n, k] - largest)
    for k in range(logits.shape[1]):
        logits[n, k] -= largest + np.log(total)


@njit(cache=True)
def answer(z, mask, weight, bias, log_p):
    """Log-probabilities (N, 10) of z₃ (N, 1024), which becomes the units: after the ReLU and, if trained, the mask."""
    zero = z.dtype.type(0)
    for n in range(len(z)):
        for j in range(z.shape[1]):
            z[n, j] = max(z[n, j], zero)
        if n < len(mask):
            for j in range(z.shape[1]):
                z[n, j] *= mask[n, j]
        for k in range(len(bias)):
            log_p[n, k] = bias[k] + dot(weight[k], z[n])
        log_softmax(n, log_p)


@njit(cache=True)
def score(log_p, y):
    """Mean loss and error rate of digits with labels ``y``."""
    loss, wrong = log_p.dtype.type(0), 0
    for n in range(len(y)):
        loss -= log_p[n, y[n]]
        guess = 0
        for k in range(log_p.shape[1]):
            if log_p[n, k] > log_p[n, guess]:
                guess = k
        wrong += guess != y[n]
    count = max(len(y), 1)
    return loss / count, wrong / count


@njit(cache=True, fastmath=QUICK)
def descend_w4(rate, log_p, y, units, mask, weight, bias, delta):
    """δ (B, 1024) by the old W₄, then one step of W₄ and b₄ along the gradient of the mean NLL."""
    zero, one, count = delta.dtype.type(0), delta.dtype.type(1), delta.dtype.type(len(y))
    d4 = np.empty_like(log_p)  # ∂L/∂logits, (B, 10)
    for n in range(len(y)):
        for j in range(delta.shape[1]):
            delta[n, j] = zero
        for k in range(len(bias)):
            d4[n, k] = (np.exp(log_p[n, k]) - (one if k == y[n] else zero)) / count
            for j in range(delta.shape[1]):
                delta[n, j] += d4[n, k] * weight[k, j]
        for j in range(delta.shape[1]):
            delta[n, j] = delta[n, j] * mask[n, j] if units[n, j] > zero else zero
    for n in range(len(y)):
        for k in range(len(bias)):
            step = rate * d4[n, k]
            bias[k] -= step
            for j in range(units.shape[1]):
                weight[k, j] -= step * units[n, j]


@njit(cache=True)
def back_w3(delta, weight, dfeatures, some):
    """∂L/∂f = δ W₃, (B, 1568)."""
    one = delta.dtype.type(1)
    for n in range(len(delta)):
        dfeatures[n] = 0
        accumulate(one, delta[n], weight, total=dfeatures[n], some=some)


@njit(cache=True)
def descend_w3(rate, delta, features, weight, bias, some):
    """W₃ ← W₃ - η δᵀf, and b₃ likewise; a row without a gradient is left alone."""
    for j in range(len(weight)):
        accumulate(-rate, delta[:, j], features, total=weight[j], some=some)
        for n in range(len(delta)):
            bias[j] -= rate * delta[n, j]


@njit(cache=True, fastmath={"contract"})
def sweep_w3(rate, delta, features, weight, bias, dfeatures):
    """Both for one digit, (1024,) and (1568,): a row of W₃ comes from memory once."""
    dfeatures[:] = 0
    for j in range(len(weight)):
        d = delta[j]
        if d != 0:
            bias[j] -= rate * d
            for i in range(FLAT):
                w = weight[j, i]
                dfeatures[i] += d * w
                weight[j, i] = w - rate * d * features[i]


@njit(cache=True, fastmath={"contract"})
def accumulate(scale, factors, rows, total, some):
    """``total`` ← total + scale · Σ fᵢ rowᵢ over the factors that are not zero, four at a time: a sum is read and
    written once for four products. ``some`` is room for as many integers as there are factors."""
    count = 0
    for i in range(len(factors)):
        # Written down in any case, counted if not zero: no branch for the processor to guess.
        some[count] = i
        count += factors[i] != 0
    whole = count - count % 4
    for at in range(0, whole, 4):
        i, j, k, m = some[at], some[at + 1], some[at + 2], some[at + 3]
        a, b, c, d = scale * factors[i], scale * factors[j], scale * factors[k], scale * factors[m]
        x, y, z, w = rows[i], rows[j], rows[k], rows[m]
        for column in range(FLAT):
            total[column] = total[column] + a * x[column] + b * y[column] + c * z[column] + d * w[column]
    for at in range(whole, count):
        a, x = scale * factors[some[at]], rows[some[at]]
        for column in range(FLAT):
            total[column] += a * x[column]


@njit(cache=True)
def learn(rate, z, mask, y, looked_y, layer3, layer4, features, dfeatures, log_p, delta, some):
    """Judge B training digits with labels ``y`` and a ``mask`` and, after them, test digits; then one step of both
    layers. Gives losses and error rates (4,), of training and test, and ``dfeatures`` (B, 1568)."""
    trained = len(y)
    answer(z, mask, weight=layer4[0], bias=layer4[1], log_p=log_p)
    scores = (*score(log_p[:trained], y), *score(log_p[trained:], looked_y))
    if trained:
        descend_w4(
            rate,
            log_p=log_p[:trained],
            y=y,
            units=z[:trained],
            mask=mask,
            weight=layer4[0],
            bias=layer4[1],
            delta=delta,
        )
        if trained == 1:
            sweep_w3(rate, delta[0], features[0], weight=layer3[0], bias=layer3[1], dfeatures=dfeatures[0])
        else:
            back_w3(delta, layer3[0], dfeatures, some)
            descend_w3(rate, delta, features[:trained], weight=layer3[0], bias=layer3[1], some=some)
    return scores
