"""8a: what batch norm does, and its four advantages, each by an experiment."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import batch_norm, gradient_errors
from bench.kit.byhand import batch_norm_backward as backward
from bench.kit.compare import largest

from .by_hand import gap, normal, over_batch
from .network import BATCH, CAP, CHANCE, Design, Networks, examples, final, train

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
GAINS = (1 / 64, 1 / 16, 1 / 4, 1.0, 2**0.5, 4.0, 16.0)
HE = 2**0.5
NAMES = {False: "plain", True: "batch norm"}
LEARNED = CHANCE / 2


def layer(lab: Lab) -> None:
    """The layer by hand, and what it does not see: the scale of the weights below it."""
    stream, like = lab.generator(), torch.zeros((), device=lab.device, dtype=lab.dtype)
    x, gamma, beta = (normal(shape, stream, like) for shape in ((64, 6), (6,), (6,)))
    y, _ = batch_norm(3 * x + 5, gamma, beta)
    lab.claim(
        "batch norm by hand = torch",
        gap(y, F.batch_norm(3 * x + 5, None, None, weight=gamma, bias=beta, training=True)),
        at_most=1e-12,
    )
    lab.claim("every feature's mean is β", gap(y.mean(0), beta), at_most=1e-12)
    errors = gradient_errors(batch_norm, backward, (x, gamma, beta))
    lab.claim("batch norm: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    lab.claim("batch norm: gradients by hand = central differences", largest(errors.differences), at_most=1e-6)
    lab.claim("ε = 0: BN(1000 x) = BN(x)", gap(over_batch(1000 * x, 0), over_batch(x, 0)), at_most=1e-10)
    lab.claim("BN(x + 7) = BN(x): a bias below it is lost", gap(over_batch(x + 7), over_batch(x)), at_most=1e-10)
    weight, upstream = normal((6, 6), stream, like), normal((64, 6), stream, like)
    small, large = (weight_gradient(x, scale * weight, upstream) for scale in (1, 10))
    lab.claim("weights 10 times as large: the gradient is a tenth", gap(10 * large, small), at_most=1e-10)
    along = (weight * small).sum(0).abs().max()
    lab.claim("no gradient along the weights themselves", along, at_most=1e-10)


def weight_gradient(x: Tensor, weight: Tensor, upstream: Tensor) -> Tensor:
    """d/dW of Σ upstream · BN(x W), ε = 0."""
    leaf = weight.clone().requires_grad_()
    return torch.autograd.grad((over_batch(x @ leaf, 0) * upstream).sum(), leaf)[0]


def sweep(lab: Lab, design: Design, gains: Tensor, rates: Tensor) -> Tensor:
    """Final losses (seeds, V) of networks that differ in gain or in rate; the same numbers for every design."""
    seeds, steps = lab.pick(smoke=1, quick=3, full=5), lab.pick(smoke=150, quick=200, full=400)
    stream = lab.generator()
    networks = Networks.draw(design, gains, seeds, stream)
    losses = train(networks, rates.repeat(seeds), list(lab.track(range(steps), NAMES[design.normed])), stream)
    return final(losses).view(seeds, -1)


def tensor(lab: Lab, values: tuple[float, ...]) -> Tensor:
    return torch.tensor(values, device=lab.device, dtype=lab.dtype)


def settings_that_learn(values: tuple[float, ...], losses: Tensor) -> list[float]:
    """Those of the V settings whose losses (seeds, V) come below half of chance in every seed."""
    good = (losses.amax(0) < LEARNED).tolist()
    return [value for value, learned in zip(values, good, strict=True) if learned]


def draw_losses(lab: Lab, name: str, x: tuple[float, ...], *, x_label: str, losses: dict[str, Tensor]) -> None:
    for series, found in losses.items():
        lab.curve(
            name,
            x,
            found.mean(0),
            series=series,
            x_label=x_label,
            y_label=f"final cross-entropy ({CAP:g}: diverged)",
            scale="log-log",
        )


def higher_rates(lab: Lab) -> None:
    """Advantage 1: eight ReLU layers, He's initial weights, seven learning rates."""
    rates = tensor(lab, RATES)
    losses = {
        name: sweep(lab, Design(normed, "ReLU"), torch.full_like(rates, HE), rates) for normed, name in NAMES.items()
    }
    draw_losses(lab, "Which learning rates work?", RATES, x_label="learning rate", losses=losses)
    largest = {name: max(settings_that_learn(RATES, found)) for name, found in losses.items()}
    for name, rate in largest.items():
        lab.metric(f"largest learning rate that learns, {name}", rate)
    lab.claim("largest learning rate: batch norm over plain", largest["batch norm"] / largest["plain"], at_least=3)
    for name, found in losses.items():
        lab.metric(f"loss at the best learning rate, {name}", found.mean(0).min(), "nats")


def any_initial_weights(lab: Lab) -> None:
    """Advantage 2: eight ReLU layers, rate 0.1, initial weights over a factor of a thousand."""
    gains = tensor(lab, GAINS)
    losses = {
        name: sweep(lab, Design(normed, "ReLU"), gains, torch.full_like(gains, 0.1)) for normed, name in NAMES.items()
    }
    draw_losses(lab, "Which initial weights work?", GAINS, x_label="initial weights, times 1/√inputs", losses=losses)
    good = {name: settings_that_learn(GAINS, found) for name, found in losses.items()}
    ranges = {name: max(found) / min(found) if found else 0.0 for name, found in good.items()}
    lab.claim("initial scales that learn, largest over smallest, batch norm", ranges["batch norm"], at_least=16)
    lab.claim("initial scales that learn, largest over smallest, plain", ranges["plain"], at_most=4)


def saturating(lab: Lab) -> None:
    """Advantage 3: eight sigmoid layers, rate 0.1, three seeds."""
    steps, stream = lab.pick(smoke=200, quick=400, full=400), lab.generator()
    gains = tensor(lab, (1.0,))
    for normed, name in NAMES.items():
        networks = Networks.draw(Design(normed, "sigmoid"), gains, 3, stream)
        losses = train(networks, gains.repeat(3) * 0.1, list(lab.track(range(steps), name)), stream)
        lab.curve(
            "Eight layers of sigmoids",
            range(steps),
            losses.mean(1),
            series=name,
            x_label="step",
            y_label="cross-entropy, mean of 3 seeds",
        )
        last = final(losses)
        if normed:
            lab.claim("8 sigmoid layers, batch norm: loss over chance, worst of 3", last.max() / CHANCE, at_most=0.5)
        else:
            off = (last - CHANCE).abs().max()
            lab.claim("8 sigmoid layers, plain: |loss - chance|, worst of 3", off, at_most=0.02)


def batch_noise(lab: Lab) -> None:
    """Advantage 4, the mechanism: what one example gets depends on who is in its batch."""
    stream, like = lab.generator(), torch.zeros((), device=lab.device, dtype=lab.dtype)
    example, repetitions = normal((1, 64), stream, like), lab.pick(smoke=400, quick=1000, full=4000)
    sizes = [8, 16, 32, 64, 128, 256]
    noise = [spread(example, size, repetitions, stream) for size in sizes]
    lab.curve(
        "How much one example's activations vary with its batch",
        sizes,
        noise,
        x_label="batch size",
        y_label="standard deviation",
        scale="log-log",
    )
    log_x, log_y = (torch.tensor(values, dtype=torch.float64).log() for values in (sizes, noise))
    exponent = ((log_x - log_x.mean()) * log_y).sum() / (log_x - log_x.mean()).square().sum()
    lab.metric("noise of batch norm in a batch of 8", noise[0])
    lab.metric("exponent of the noise", exponent)
    lab.claim("noise of batch norm ~ batch^-1/2, exponent off by", (exponent + 0.5).abs(), at_most=0.1)


def spread(example: Tensor, batch: int, repetitions: int, stream: torch.Generator) -> float:
    """Standard deviation of x̂ of one example (1, F), over batches of random others; root mean square over F."""
    others = normal((repetitions, batch - 1, example.shape[1]), stream, example)
    whole = torch.cat([example.expand(repetitions, 1, -1), others], 1).transpose(0, 1)
    return float(over_one_axis(whole)[0].var(0).mean().sqrt())


def over_one_axis(x: Tensor) -> Tensor:
    """Batch norm of many batches at once, (batch, repetitions, F)."""
    return over_batch(x.flatten(1)).view_as(x)


def drift(lab: Lab) -> None:
    """Internal covariate shift: how the inputs of the last activation move while the layers below learn."""
    steps, every, stream = lab.pick(smoke=60, quick=150, full=400), 5, lab.generator()
    probe, _ = examples(512, stream, tensor(lab, (0.0,)))
    moved = {}
    for normed, name in NAMES.items():
        rate = tensor(lab, (0.1,))
        networks = Networks.draw(Design(normed, "ReLU"), tensor(lab, (HE,)), 1, lab.generator())
        start, distances = statistics(networks, probe), []
        batches = lab.generator()
        for step in lab.track(range(steps), name):
            networks.step(*examples(BATCH, batches, rate), rate)
            if step % every == 0:
                distances.append(float((statistics(networks, probe) - start).square().mean().sqrt()))
        moved[name] = distances
        lab.curve(
            "Drift of the inputs of the last activation",
            range(0, steps, every),
            distances,
            series=name,
            x_label="step",
            y_label="root mean square change of mean and deviation",
        )
        lab.metric(f"drift of the last activation's inputs, {name}", distances[-1])
    ratio = moved["plain"][-1] / moved["batch norm"][-1]
    lab.claim("drift of the last activation's inputs: plain over batch norm", ratio, at_least=2)


@torch.no_grad()
def statistics(networks: Networks, probe: Tensor) -> Tensor:
    """Mean and standard deviation over the probe of each unit in the last hidden layer, before its activation."""
    z = networks.layers(probe)[-2]
    return torch.cat([z.mean(2), z.std(2)])
