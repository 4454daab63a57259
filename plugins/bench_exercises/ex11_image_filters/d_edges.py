"""11d: how Canny's detector works."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error

from . import d_canny as cn
from . import figures, reference
from .d_canny import HIGH, LOW, SIGMA
from .d_figures import EDGES, canny_figure
from .d_mistakes import CANNY as BROKEN
from .d_mistakes import Detector
from .problem import first_picture, grey, noisy

NOISE = 20
"""The deviation of the noise in which there is nothing to find, in levels."""


def study(lab: Lab, pic1: str) -> None:
    """Every step of Canny by hand, equal to ``cv2.Canny`` to the pixel, and what each step is for."""
    image = grey(first_picture(lab, pic1))
    smooth = cn.smoothed(image, SIGMA)
    taps = len(cn.gaussian_taps(image, SIGMA))
    theirs = reference.gaussian_blur(image, SIGMA, taps)
    lab.claim("Gaussian by hand = cv2.GaussianBlur", max_error(cn.gaussian(image, SIGMA), theirs), at_most=1e-10)
    flat = noisy_flat(lab, image)
    differing = sum(differing_pixels(cn.canny, p) for p in (image, smooth, disc(image), flat))
    lab.claim("Canny by hand = cv2.Canny: pixels that differ", differing, equals=0)
    whole_components(lab, smooth)
    ring(lab, image)
    noise_needs_smoothing(lab, flat)
    break_it(lab, *mistakes(figures.detail(smooth), disc(image)))
    stages = cn.canny(smooth, LOW, HIGH)
    rows = [
        {"what is left": n, "pixels": c, "% of Pic1": round(100 * c / image.numel(), 2)}
        for n, c in counts(stages, image)
    ]
    lab.table("Canny, step by step", rows)
    lab.figure("Canny on Pic1", canny_figure(image, noisy(lab, image)), EDGES)


def differing_pixels(detector: Detector, picture: Tensor) -> int:
    """Pixels in which a detector and ``cv2.Canny`` differ, for three pairs of thresholds together."""
    pairs = ((LOW, HIGH), (100, 200), (20, 60))
    return sum(int((detector(picture, *pair).edges != reference.canny(picture, *pair)).sum()) for pair in pairs)


def mistakes(smooth: Tensor, round_edge: Tensor) -> list[Mistake]:
    """The classic slips: all must be seen on Pic1 smoothed, or on the disc."""
    same = "Canny by hand = cv2.Canny: pixels that differ"
    found = [Mistake(name=n, fails=same, value=differing_pixels(f, smooth)) for n, f in BROKEN.items()]
    thick = BROKEN["gradients not thinned to ridges"](round_edge, LOW, HIGH).edges
    return [
        *found,
        Mistake(name="the same, on the disc", fails="disc: blocks of 2 × 2 edge pixels", value=solid(thick)),
    ]


def counts(stages: cn.Stages, image: Tensor) -> list[tuple[str, int]]:
    return [
        ("all pixels", image.numel()),
        (f"gradient above {LOW}", int((stages.strength > LOW).sum())),
        ("of these, on a ridge", int(stages.weak.sum())),
        (f"of these, above {HIGH}", int(stages.strong.sum())),
        ("edges: strong ridges, and weak ones joined to them", int(stages.edges.sum())),
    ]


def whole_components(lab: Lab, smooth: Tensor) -> None:
    """Hysteresis keeps or drops a component of weak ridges as a whole; a higher upper threshold only drops."""
    weak = cn.canny(smooth, LOW, LOW).edges
    components = label(weak)
    split = added = unlike = 0
    before = weak
    for high in (100, HIGH, 250):
        stages = cn.canny(smooth, LOW, high)
        edges = stages.edges
        unlike += int((edges != holding(components, stages.strong)).sum())
        kept, dropped = components[edges].unique(), components[weak & ~edges].unique()
        split += int(torch.isin(kept, dropped).sum())
        added += int((edges & ~before).sum())
        before = edges
    lab.claim("hysteresis by hand = components with a strong pixel (scipy): pixels that differ", unlike, equals=0)
    lab.claim("hysteresis: components that are kept only in part", split, equals=0)
    lab.claim("a higher upper threshold: pixels that it adds", added, equals=0)
    lab.metric("components of weak ridges", int(components.max()))
    lab.metric("components that are edges", len(components[cn.canny(smooth, LOW, HIGH).edges].unique()))


def holding(components: Tensor, strong: Tensor) -> Tensor:
    """Hysteresis as a statement and not as a growth: the components that a strong pixel lies in."""
    return torch.isin(components, components[strong].unique()) & (components > 0)


def label(mask: Tensor) -> Tensor:
    """Components of eight neighbours, numbered from 1."""
    from scipy.ndimage import label as numbered

    return torch.from_numpy(numbered(mask.cpu().numpy(), structure=torch.ones(3, 3).numpy())[0]).to(mask.device)


def ring(lab: Lab, like: Tensor) -> None:
    """The disc's edge must be a closed line of one pixel."""
    radius = from_middle(like)
    edges = cn.canny(disc(like), LOW, HIGH).edges
    lab.metric("disc: edge pixels", int(edges.sum()))
    lab.claim("disc: the edge's radii spread over (pixels)", radius[edges].max() - radius[edges].min(), at_most=2**0.5)
    lab.claim("disc: the edge is off the radius 12 by at most (pixels)", (radius[edges] - 12).abs().max(), at_most=1)
    lab.claim("disc: blocks of 2 × 2 edge pixels", solid(edges), equals=0)
    lab.claim("disc: lines", int(label(edges).max()), equals=1)
    inside_out = label_four(~edges)
    lab.claim("disc: regions that its edge separates", inside_out, equals=2)


def from_middle(like: Tensor) -> Tensor:
    """(41, 41): the distance of every pixel from the one in the middle."""
    axis = torch.arange(41, device=like.device, dtype=like.dtype) - 20
    return (axis[:, None].square() + axis[None, :].square()).sqrt()


def disc(like: Tensor) -> Tensor:
    """(41, 41): a disc of radius 12 and level 200 on level 50."""
    return torch.where(from_middle(like) <= 12, 200.0, 50.0).to(like)


def solid(edges: Tensor) -> int:
    """How many 2 × 2 blocks are all edge: none where every line is one pixel wide."""
    return int((edges[1:, 1:] & edges[:-1, 1:] & edges[1:, :-1] & edges[:-1, :-1]).sum())


def label_four(mask: Tensor) -> int:
    """The number of components of four neighbours: a line of eight neighbours separates these."""
    from scipy.ndimage import label as numbered

    return int(numbered(mask.cpu().numpy())[1])


def noisy_flat(lab: Lab, like: Tensor) -> Tensor:
    """(160, 160): level 128 with noise."""
    noise = torch.randn(160, 160, generator=lab.generator()).to(like)
    return (128 + NOISE * noise).round().clamp(0, 255)


def below(threshold: float) -> float:
    """P(|g_x| + |g_y| ≤ t) in noise of deviation σ: both are normal, independent, of deviation √12 σ."""
    return math.erf(threshold / (2 * math.sqrt(12) * NOISE)) ** 2


def standard_error(seen: Tensor) -> Tensor:
    """Of the mean of a picture (160, 160), whose neighbours hang together: from squares of 20 × 20, which do not."""
    squares = seen.double().unfold(0, 20, 20).unfold(1, 20, 20).mean((2, 3))
    return squares.std() / squares.numel() ** 0.5


def noise_needs_smoothing(lab: Lab, flat: Tensor) -> None:
    """Canny without its first step finds edges everywhere in noise; behind a Gaussian it finds none."""
    bare, smooth = (cn.canny(p, LOW, HIGH).edges.double().mean() for p in (flat, cn.smoothed(flat, 2.0)))
    strong = cn.canny(flat, LOW, HIGH).strength > HIGH
    off = (strong.double().mean() - (1 - below(HIGH))).abs() / standard_error(strong)
    lab.claim("noise: gradients above the upper threshold, off the theory by (standard errors)", off, at_most=5)
    # Of three independent strengths the middle one is the largest, and above the threshold, in this share of cases:
    # so many are strong ridges. All edges are more, for weak ridges are joined to them.
    ridges = (1 - below(HIGH) ** 3) / 3
    lab.claim("noise on a flat picture: part of it that cv2.Canny calls edge", bare, at_least=ridges)
    # Behind the Gaussian the deviation is 8 σ / (√(8π) 2²) = 8, and 150 is out of reach.
    lab.claim("the same noise behind a Gaussian: part of it that cv2.Canny calls edge", smooth, equals=0)
