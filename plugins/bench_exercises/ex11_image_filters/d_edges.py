"""11d: how Canny's detector works."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab

from . import d_canny as cn
from . import reference
from .d_canny import HIGH, LOW, SIGMA
from .d_figures import EDGES, canny_figure
from .problem import first_picture, grey, noisy


def study(lab: Lab, pic1: str) -> None:
    """Every step of Canny by hand, equal to ``cv2.Canny`` to the pixel, and what each step is for."""
    image = grey(first_picture(lab, pic1))
    smooth = reference.gaussian_blur(image, SIGMA)
    thresholds = ((LOW, HIGH), (100, 200), (20, 60))
    differing = sum(
        int((cn.canny(picture, *pair).edges != reference.canny(picture, *pair)).sum())
        for picture in (image, smooth)
        for pair in thresholds
    )
    lab.claim("Canny by hand = cv2.Canny: pixels that differ", differing, equals=0)
    whole_components(lab, smooth)
    ring(lab, image)
    noise_needs_smoothing(lab, image)
    stages = cn.canny(smooth, LOW, HIGH)
    rows = [
        {"what is left": n, "pixels": c, "% of Pic1": round(100 * c / image.numel(), 2)}
        for n, c in counts(stages, image)
    ]
    lab.table("Canny, step by step", rows)
    lab.figure("Canny on Pic1", canny_figure(image, noisy(lab, image)), EDGES)


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
    split = added = 0
    before = weak
    for high in (100, HIGH, 250):
        edges = reference.canny(smooth, LOW, high)
        kept, dropped = components[edges].unique(), components[weak & ~edges].unique()
        split += int(torch.isin(kept, dropped).sum())
        added += int((edges & ~before).sum())
        before = edges
    lab.claim("hysteresis: components that are kept only in part", split, equals=0)
    lab.claim("a higher upper threshold: pixels that it adds", added, equals=0)
    lab.metric("components of weak ridges", int(components.max()))
    lab.metric("components that are edges", len(components[reference.canny(smooth, LOW, HIGH)].unique()))


def label(mask: Tensor) -> Tensor:
    """Components of eight neighbours, numbered from 1."""
    from scipy.ndimage import label as numbered

    return torch.from_numpy(numbered(mask.cpu().numpy(), structure=torch.ones(3, 3).numpy())[0]).to(mask.device)


def ring(lab: Lab, like: Tensor) -> None:
    """A disc of radius 12: its edge must be a closed line of one pixel."""
    axis = torch.arange(41, device=like.device, dtype=like.dtype) - 20
    radius = (axis[:, None].square() + axis[None, :].square()).sqrt()
    edges = reference.canny(torch.where(radius <= 12, 200.0, 50.0).to(like), LOW, HIGH)
    lab.metric("disc: edge pixels", int(edges.sum()))
    lab.claim("disc: the edge's radii spread over (pixels)", radius[edges].max() - radius[edges].min(), at_most=2**0.5)
    lab.claim("disc: the edge is off the radius 12 by at most (pixels)", (radius[edges] - 12).abs().max(), at_most=1)
    solid = edges[1:, 1:] & edges[:-1, 1:] & edges[1:, :-1] & edges[:-1, :-1]
    lab.claim("disc: blocks of 2 × 2 edge pixels", int(solid.sum()), equals=0)
    lab.claim("disc: lines", int(label(edges).max()), equals=1)
    inside_out = label_four(~edges)
    lab.claim("disc: regions that its edge separates", inside_out, equals=2)


def label_four(mask: Tensor) -> int:
    """The number of components of four neighbours: a line of eight neighbours separates these."""
    from scipy.ndimage import label as numbered

    return int(numbered(mask.cpu().numpy())[1])


def noise_needs_smoothing(lab: Lab, like: Tensor) -> None:
    """``cv2.Canny`` itself smooths nothing: on a flat picture with noise it finds edges everywhere."""
    noise = torch.randn(160, 160, generator=lab.generator()).to(like)
    flat = (128 + 20 * noise).round().clamp(0, 255)
    bare, smooth = (reference.canny(p, LOW, HIGH).double().mean() for p in (flat, reference.gaussian_blur(flat, 2.0)))
    lab.claim("noise on a flat picture: part of it that cv2.Canny calls edge", bare, at_least=0.05)
    lab.claim("the same noise behind a Gaussian: part of it that cv2.Canny calls edge", smooth, at_most=0.001)
