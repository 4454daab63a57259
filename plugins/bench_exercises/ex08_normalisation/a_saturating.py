"""8a, advantage 3: eight sigmoid layers. Small weights let the gradient vanish, large ones saturate the units.

The two are different failures. With weights of variance 1/inputs no unit is saturated, but every layer multiplies the
gradient by a slope of at most a quarter. With large weights most units are nearly binary; the gradient does not vanish:
the few steep ones pass it on times large weights, and it grows.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Lab

from .a_sweep import NAMES, tensor
from .checks import below, density
from .network import Design, Networks, final, train
from .problem import CHANCE, examples

GAINS = (1.0, 64.0)
"""Times 1/√inputs: ordinary weights, and weights that saturate."""
SEEDS = 3
RATE = 0.2
FLAT = 0.01
"""A sigmoid whose slope is below this, where it is at most 0.25, counts as saturated: |z| > 4.6."""
Hidden = dict[str, Tensor]


def study(lab: Lab) -> None:
    steps, stream = lab.pick(smoke=200, quick=250, full=400), lab.generator()
    gains = tensor(lab, GAINS)
    probe = examples(512, stream, gains)
    last, share = {}, {}
    for normed, name in NAMES.items():
        networks = ordinary_output(Networks.draw(Design(normed, "sigmoid"), gains, SEEDS, stream), gains)
        share[name] = saturated(networks, probe[0])
        if not normed:
            passage(lab, networks, probe)
        losses = train(
            networks, torch.full_like(gains, RATE).repeat(SEEDS), list(lab.track(range(steps), name)), stream
        )
        draw(lab, name, losses)
        last[name] = final(losses).view(SEEDS, -1) / CHANCE
    claims(lab, last, share)


def ordinary_output(networks: Networks, gains: Tensor) -> Networks:
    """With the output layer at gain 1: the losses are then those of the hidden layers, not of huge logits."""
    with torch.no_grad():
        networks.weights[-1] /= gains.repeat(SEEDS)[:, None, None]
    return networks


def claims(lab: Lab, last: Hidden, share: Hidden) -> None:
    """Final losses over chance (SEEDS, gains) and shares of saturated units (gains), of both designs."""
    small, large = last["plain"].T
    off = (small - 1).abs().max() * CHANCE
    lab.claim("8 sigmoid layers, plain: |loss - chance|, worst of 3", off, at_most=0.02)
    lab.claim("8 sigmoid layers, large weights, plain: loss over chance, best of 3", large.min(), at_least=0.9)
    lab.claim("8 sigmoid layers, batch norm: loss over chance, worst of 3", last["batch norm"].max(), at_most=0.5)
    lab.metric("saturated units at the start, large weights, plain", 100 * share["plain"][1], "%")
    flat = sum(beyond(q) for q in variances(GAINS[1])) / len(variances(GAINS[1]))
    lab.claim(
        "large weights, plain: share of saturated units, off the law by", abs(share["plain"][1] - flat), at_most=0.03
    )
    lab.claim("batch norm: share of saturated units at any weights", share["batch norm"].max(), at_most=1e-3)


def saturated(networks: Networks, x: Tensor) -> Tensor:
    """The share of hidden units and points x at which the sigmoid is flat, for each gain."""
    with torch.no_grad():
        slopes = torch.stack([slope(z) for z in networks.layers(x)[:-1]])
    return (slopes < FLAT).to(x).mean((0, 2, 3)).view(SEEDS, -1).mean(0)


def slope(z: Tensor) -> Tensor:
    return torch.sigmoid(z) * (1 - torch.sigmoid(z))


def variances(gain: float, depth: int = 8) -> list[Tensor]:
    """What z varies by in each hidden layer of wide networks: q ← gain² E[σ(√q ξ)²], from q = gain² of the inputs."""
    q, found = torch.tensor(gain**2, dtype=torch.float64), []
    for _ in range(depth):
        found.append(q)
        q = gain**2 * expected(lambda z: torch.sigmoid(z).square(), q)
    return found


def expected(f: Callable[[Tensor], Tensor], q: Tensor) -> Tensor:
    """E[f(√q t)] for a standard normal t, as a sum over a fine grid."""
    t = torch.linspace(-8, 8, 3201, dtype=torch.float64)
    return (f(q.sqrt() * t) * density(t)).sum() * (t[1] - t[0])


def beyond(q: Tensor) -> float:
    """P(slope < FLAT) for z normal with variance q: both tails from the z at which σ(1 - σ) = FLAT."""
    edge = torch.logit((1 + torch.sqrt(1 - 4 * torch.tensor(FLAT, dtype=torch.float64))) / 2)
    return float(2 * below(-edge / q.sqrt()))


def passage(lab: Lab, networks: Networks, probe: tuple[Tensor, Tensor]) -> None:
    """By what a gradient at z is multiplied on its way down a layer: against gain · √E[σ'²]."""
    x, y = probe
    layers = networks.layers(x)
    logits = layers[-1][:, 0]
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, y.expand_as(logits), reduction="sum")
    first, last = (
        g.square().mean((1, 2)).view(SEEDS, -1).sqrt() for g in torch.autograd.grad(loss, (layers[0], layers[-2]))
    )
    factors = (first / last).log().mean(0).div(len(layers) - 2).exp()
    # A few steep units of 32 decide what large weights pass on: it varies more from draw to draw.
    for gain, found, weights, most in zip(GAINS, factors, ("small", "large"), (0.15, 0.3), strict=True):
        lab.metric(f"{weights} weights, plain: a layer multiplies the gradient by", found)
        lab.metric(f"{weights} weights: factor a layer by the law", law(gain))
        off = abs(found / law(gain) - 1)
        lab.claim(f"{weights} weights, plain: factor a layer over the law, off 1 by", off, at_most=most)


def law(gain: float) -> Tensor:
    """The geometric mean over layers; each meets the slopes of the layer below it."""
    below_the_top = variances(gain)[:-1]
    return (
        torch.stack([gain * expected(lambda z: slope(z).square(), q).sqrt() for q in below_the_top]).log().mean().exp()
    )


def draw(lab: Lab, name: str, losses: Tensor) -> None:
    for losses_of_gain, weights in zip(losses.view(len(losses), SEEDS, -1).mean(1).T, ("small", "large"), strict=True):
        lab.curve(
            "Eight layers of sigmoids",
            range(len(losses)),
            losses_of_gain,
            series=f"{name}, {weights} weights",
            x_label="step",
            y_label="cross-entropy, mean of 3 seeds",
            kind="course",
        )
