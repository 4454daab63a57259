"""14b (iii): what a rank-1 kernel gains, how to start it, and what it can not express."""

from itertools import pairwise

import torch

from bench import Lab
from bench.kit.compare import largest, smallest

from . import b_low_rank, by_hand, network
from .by_hand import Factors
from .figures import saved
from .problem import SHEET, full_cost


def study(lab: Lab) -> None:
    """14b (iii): parameters, how to start, and what a single term can not express."""
    N, M, L, K = SHEET
    layer = network.normalised(N, M, L, K, generator=lab.generator())
    lab.claim("weights of the rank-1 layer", sum(factor.numel() for factor in layer), equals=102)
    lab.metric("weights of the full kernel", full_cost(N, M, L, K))
    saved(lab, "CP")
    saved(lab, "CP merged")
    starts(lab)
    expressivity(lab)


def starts(lab: Lab) -> None:
    """The variance that a layer gives to white noise, over many draws, in units of the wanted one."""
    generator, draws, gain = lab.generator(), lab.pick(smoke=2000, quick=4000, full=20000), 2.0
    variances = {
        rule.__name__: torch.tensor(
            [network.output_variance(rule(64, 64, 3, 3, generator=generator)) for _ in range(draws)]
        )
        / gain
        for rule in (network.drawn, network.normalised, network.naive)
    }
    # For n normal entries of mean square 1/n, E‖v‖⁴ = 1 + 2/n; the four factors are independent.
    spread = ((1 + 2 / 64) ** 2 * (1 + 2 / 3) ** 2 - 1) ** 0.5
    five_errors = 5 * spread / draws**0.5
    lab.claim(
        "drawn factors: mean variance is right, relative error",
        (variances["drawn"].mean() - 1).abs(),
        at_most=five_errors,
    )
    lab.metric("drawn factors: spread of the variance from draw to draw", variances["drawn"].std(), "of the mean")
    lab.claim(
        "normalised factors: every draw has the right variance", (variances["normalised"] - 1).abs().max(), at_most=1e-5
    )
    # Four variances of 2/MLK each, and MLK products of the four: (2/MLK)³ of the wanted variance of 2 is left.
    left = (2 / (64 * 3 * 3)) ** 3
    lab.claim(
        "each factor drawn like a kernel: what is left of the variance",
        variances["naive"].mean(),
        at_most=left * (1 + five_errors),
    )
    lab.claim(
        "each factor drawn like a kernel: relative error of the law (2/MLK)³",
        (variances["naive"].mean() / left - 1).abs(),
        at_most=five_errors,
    )
    real_noise(lab, generator, gain)


def real_noise(lab: Lab, generator: torch.Generator, gain: float) -> None:
    noise = torch.randn(lab.pick(smoke=16, quick=64, full=64), 64, 20, 20, generator=generator).to(lab.device)
    factors = Factors(*(factor.to(lab.device) for factor in network.normalised(64, 64, 3, 3, generator=generator)))
    Z, _ = by_hand.forward(noise, factors, torch.zeros(64, device=lab.device))
    lab.claim(
        "normalised factors, real noise: relative error of the variance",
        (Z.square().mean() / gain - 1).abs(),
        # Every channel shows the same V, whose neighbours are correlated: Σ ρ² is at most 2.1² for three taps each way.
        at_most=5 * (2 * 2.1**2 / (len(Z) * Z[0, 0].numel())) ** 0.5,
    )


def expressivity(lab: Lab) -> None:
    """Rank-1 kernels are a thin set: a random kernel is far from it, and R terms come nearer."""
    generator, sweeps, starts = lab.generator(), *lab.pick(smoke=(12, 4), quick=(40, 20), full=(150, 100))
    W = torch.randn(8, 8, 3, 3, generator=generator, dtype=torch.float64)
    exact = by_hand.kernel(Factors(*(factor.double() for factor in network.drawn(8, 8, 3, 3, generator=generator))))
    *_, (_, error) = b_low_rank.decompose(exact, 1, 4, generator)
    lab.claim("a rank-1 kernel is found again by one term", error, at_most=1e-8)
    terms, left, rise = (1, 2, 4, 8, 16, 32), [], 0.0
    for R in lab.track(terms, "terms"):
        # Of one term something is claimed, and one start may end in a poor local optimum: the best of several counts.
        runs = (b_low_rank.decompose(W, R, sweeps, generator) for _ in range(starts if R == 1 else 1))
        fits = [[error for _, error in run] for run in runs]
        rise = largest(rise, *(after - before for errors in fits for before, after in pairwise(errors)))
        left.append(smallest(errors[-1] for errors in fits))
    lab.claim("one term misses most of a random kernel, relative error", left[0], at_least=least_missed(W))
    lab.claim("32 terms hold more of it than one, difference of the errors", left[0] - left[-1], at_least=0.5)
    lab.claim("alternating least squares never gets worse, largest rise", rise, at_most=1e-8)
    lab.curve(
        "What R rank-1 terms miss of a random 8×8×3×3 kernel",
        terms,
        left,
        series="relative error after the last sweep",
        x_label="terms R",
        y_label="‖W − CP‖ / ‖W‖",
        scale="log-x",
        kind="law",
    )


def least_missed(W: torch.Tensor) -> float:
    """What any rank-1 kernel misses of W at the least, relative to ‖W‖.

    Laid out as a matrix in whatever way, a rank-1 kernel is a matrix of rank 1, and of those none holds more than the
    largest singular value (Eckart and Young 1936): the layout with the smallest one bounds all.
    """
    layouts = (W.movedim(axis, 0).flatten(1) for axis in range(W.ndim))
    held = smallest(float(torch.linalg.matrix_norm(layout, 2)) for layout in layouts) / float(W.norm())
    return (1 - held**2) ** 0.5
