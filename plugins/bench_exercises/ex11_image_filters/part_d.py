"""11d: how Canny's detector and the bilateral filter work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import bilateral as bf
from . import canny as cn
from . import sheets
from .pictures import first_picture, grey

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOW, HIGH, SIGMA = 50, 150, 1.4
"""Canny: the two thresholds, and the Gaussian before it."""
DIAMETER, SIGMA_COLOR, SIGMA_SPACE = 9, 50.0, 3.0
"""The bilateral filter: the disc's diameter in pixels, σ_c in levels, σ_s in pixels."""
ROUNDING = 0.51
"""8 bits keep whole levels."""

EDGES = (
    "Canny step by step on the middle of Pic1: Gaussian, strength of the gradient, its ridges, two thresholds (strong "
    "ridges black, weak ones orange), and the weak ones kept where they touch a strong one. Below: what happens "
    "without the Gaussian, with a higher upper threshold, and with noise added."
)
SMOOTHING = (
    "Above: noise of 15 levels on the middle of Pic1, smoothed by a Gaussian and by the bilateral filter with the same "
    "σ_s. Middle: what was wrong before and is wrong after, on one scale. Below: the weights of one pixel beside a "
    "step of 150 levels, in space, in level, and multiplied: almost no weight crosses the step."
)


def canny(lab: Lab, pic1: str) -> None:
    """Every step of Canny by hand, equal to ``cv2.Canny`` to the pixel, and what each step is for."""
    image = grey(first_picture(lab, pic1))
    smooth = cn.smoothed(image, SIGMA)
    thresholds = ((LOW, HIGH), (100, 200), (20, 60))
    differing = sum(
        int((cn.canny(picture, *pair).edges != cn.by_opencv(picture, *pair)).sum())
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
        edges = cn.by_opencv(smooth, LOW, high)
        kept, dropped = components[edges].unique(), components[weak & ~edges].unique()
        split += int(torch.isin(kept, dropped).sum())
        added += int((edges & ~before).sum())
        before = edges
    lab.claim("hysteresis: components that are kept only in part", split, equals=0)
    lab.claim("a higher upper threshold: pixels that it adds", added, equals=0)
    lab.metric("components of weak ridges", int(components.max()))
    lab.metric("components that are edges", len(components[cn.by_opencv(smooth, LOW, HIGH)].unique()))


def label(mask: Tensor) -> Tensor:
    """Components of eight neighbours, numbered from 1."""
    from scipy.ndimage import label as numbered

    return torch.from_numpy(numbered(mask.cpu().numpy(), structure=torch.ones(3, 3).numpy())[0]).to(mask.device)


def ring(lab: Lab, like: Tensor) -> None:
    """A disc of radius 12: its edge must be a closed line of one pixel."""
    axis = torch.arange(41, device=like.device, dtype=like.dtype) - 20
    radius = (axis[:, None].square() + axis[None, :].square()).sqrt()
    edges = cn.by_opencv(torch.where(radius <= 12, 200.0, 50.0).to(like), LOW, HIGH)
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
    bare, smooth = (cn.by_opencv(p, LOW, HIGH).double().mean() for p in (flat, cn.smoothed(flat, 2.0)))
    lab.claim("noise on a flat picture: part of it that cv2.Canny calls edge", bare, at_least=0.05)
    lab.claim("the same noise behind a Gaussian: part of it that cv2.Canny calls edge", smooth, at_most=0.001)


def noisy(lab: Lab, image: Tensor) -> Tensor:
    noise = torch.randn(image.shape, generator=lab.generator()).to(image)
    return (image + 15 * noise).round().clamp(0, 255)


def bilateral(lab: Lab, pic1: str) -> None:
    """The bilateral filter by hand and by OpenCV, its limits, and a noisy step."""
    picture = first_picture(lab, pic1)
    image = grey(picture)
    setting = (DIAMETER, SIGMA_COLOR, SIGMA_SPACE)
    for name, p in (("grey", image), ("colour", picture)):
        off = (bf.bilateral(p, *setting) - bf.by_opencv(p, *setting)).abs().max()
        lab.claim(f"bilateral by hand = cv2.bilateralFilter, {name}, up to rounding", off, at_most=ROUNDING)
    limits(lab, image)
    noisy_step(lab, image)
    lab.figure(
        "Bilateral filter on Pic1", bilateral_figure(sheets.detail(image), sheets.detail(noisy(lab, image))), SMOOTHING
    )


def limits(lab: Lab, image: Tensor) -> None:
    """σ_c → ∞ and σ_c → 0; and what it does not share with a linear filter."""
    blur = bf.gaussian(image, DIAMETER, SIGMA_SPACE)
    wide = bf.bilateral(image, DIAMETER, 1e9, SIGMA_SPACE)
    lab.claim("σ_c = 10⁹: bilateral = Gaussian", (wide - blur).abs().max(), at_most=1e-9)
    theirs = bf.by_opencv(image, DIAMETER, 1e9, SIGMA_SPACE)
    lab.claim(
        "σ_c = 10⁹: cv2.bilateralFilter = Gaussian, up to rounding", (theirs - blur).abs().max(), at_most=ROUNDING
    )
    same = bf.bilateral(image, DIAMETER, 1e-3, SIGMA_SPACE)
    lab.claim("σ_c → 0: bilateral changes nothing", (same - image).abs().max(), at_most=1e-9)
    B = bf.bilateral(image, DIAMETER, SIGMA_COLOR, SIGMA_SPACE)
    lifted = bf.bilateral(image + 30, DIAMETER, SIGMA_COLOR, SIGMA_SPACE)
    lab.claim("light that is added passes through", (lifted - B - 30).abs().max(), at_most=1e-9)
    doubled = bf.bilateral(2 * image, DIAMETER, SIGMA_COLOR, SIGMA_SPACE)
    lab.claim("not linear: B(2I) and 2B(I) differ by (levels)", (doubled - 2 * B).abs().max(), at_least=1)
    both = bf.bilateral(2 * image, DIAMETER, 2 * SIGMA_COLOR, SIGMA_SPACE)
    lab.claim("twice the levels with twice the σ_c: B(2I) = 2B(I)", (both - 2 * B).abs().max(), at_most=1e-9)


def noisy_step(lab: Lab, like: Tensor) -> None:
    """A step from 50 to 200 with noise of 5 levels: the jump at the edge, and the noise that is left beside it."""
    step = torch.where(torch.arange(96) < 48, 50.0, 200.0).expand(96, 96)
    picture = (step + 5 * torch.randn(96, 96, generator=lab.generator())).to(like).round()
    smooth = {
        "noisy": picture,
        "Gaussian": bf.gaussian(picture, DIAMETER, SIGMA_SPACE),
        "bilateral": bf.by_opencv(picture, DIAMETER, SIGMA_COLOR, SIGMA_SPACE),
    }
    jump = {name: float((p[:, 48] - p[:, 47]).mean()) for name, p in smooth.items()}
    spread = {name: float(p[:, :40].std()) for name, p in smooth.items()}
    lab.claim(
        "noisy step: part of the jump that the bilateral filter keeps", jump["bilateral"] / jump["noisy"], at_least=0.95
    )
    lab.claim("noisy step: part of the jump that the Gaussian keeps", jump["Gaussian"] / jump["noisy"], at_most=0.5)
    for name in ("bilateral", "Gaussian"):
        lab.claim(f"noisy step: noise before over noise after, {name}", spread["noisy"] / spread[name], at_least=3)
    rows = [
        {"picture": n, "jump at the edge": round(jump[n], 1), "noise beside it": round(spread[n], 2)} for n in smooth
    ]
    lab.table("A noisy step", rows)
    low = torch.where(torch.arange(96) < 48, 50.0, 80.0).expand(96, 96).to(like)
    left = bf.bilateral(low, DIAMETER, SIGMA_COLOR, SIGMA_SPACE)[48]
    lab.metric(
        "step of 30 levels without noise: the jump that the bilateral filter leaves", left[48] - left[47], "levels"
    )
    for name, p in smooth.items():
        x, y = range(-12, 12), p[48, 36:60]
        lab.curve("One row of the noisy step", x, y, series=name, x_label="pixels from the edge", y_label="level")


def canny_figure(image: Tensor, noise: Tensor) -> Figure:
    smooth = cn.smoothed(image, SIGMA)
    stages = cn.canny(smooth, LOW, HIGH)
    cut = sheets.detail
    figure, panels = sheets.sheet(3, 3, cut(image), extra=0.35)
    sheets.grey(panels[0, 0], cut(smooth), f"Gaussian, σ = {SIGMA}", bar=False)
    strength = cut(stages.strength)
    sheets.grey(
        panels[0, 1], strength, f"|g$_x$| + |g$_y$|, 0 … {strength.max():.0f}", top=float(strength.max()), bar=False
    )
    sheets.mask(panels[0, 2], [(cut(stages.ridge), sheets.INK)], "ridges: thin, but everywhere")
    two = [(cut(stages.weak), sheets.ORANGE), (cut(stages.strong), sheets.INK)]
    sheets.mask(panels[1, 0], two, f"two thresholds: > {LOW}, > {HIGH}")
    sheets.mask(panels[1, 1], [(cut(stages.edges), sheets.INK)], "hysteresis: the edges")
    lost = [(cut(stages.weak & ~stages.edges), sheets.BLUE)]
    sheets.mask(panels[1, 2], lost, "weak ridges that were dropped")
    others = {
        "without the Gaussian": cn.by_opencv(image, LOW, HIGH),
        "upper threshold 400": cn.by_opencv(smooth, LOW, 400),
        "noise of 15 levels, no Gaussian": cn.by_opencv(noise, LOW, HIGH),
    }
    for axes, (title, edges) in zip(panels[2], others.items(), strict=True):
        sheets.mask(axes, [(cut(edges), sheets.INK)], title)
    return figure


def bilateral_figure(clean: Tensor, noise: Tensor) -> Figure:
    figure, panels = sheets.sheet(3, 3, clean, extra=0.36)
    smooth = {
        "with noise": noise,
        "Gaussian": bf.gaussian(noise, DIAMETER, SIGMA_SPACE),
        "bilateral": bf.bilateral(noise, DIAMETER, SIGMA_COLOR, SIGMA_SPACE),
    }
    most = largest(float((p - clean).abs().max()) for p in smooth.values())
    for (top, middle), (name, p) in zip(panels[:2].T, smooth.items(), strict=True):
        sheets.grey(top, p, name, bar=False)
        rms = float((p - clean).square().mean().sqrt())
        sheets.signed(middle, p - clean, f"its error, RMS {rms:.1f} levels", most)
    for axes, (title, weights) in zip(panels[2], weights_beside_a_step(clean).items(), strict=True):
        sheets.cells(axes, weights, title)
    return figure


def weights_beside_a_step(like: Tensor) -> dict[str, Tensor]:
    """(9, 9) weights of the pixel in the middle; a step of 150 levels lies two pixels to its right."""
    steps = torch.arange(-4, 5, device=like.device, dtype=like.dtype)
    distance = steps[:, None].square() + steps[None, :].square()
    space = torch.exp(-distance / (2 * SIGMA_SPACE**2)) * (distance <= (DIAMETER // 2) ** 2)
    gap = torch.where(steps[None, :] >= 2, 150.0, 0.0).expand(9, 9)
    level = torch.exp(-gap.square() / (2 * SIGMA_COLOR**2)).to(like)
    return {"weight in space, a disc": space, "weight in level": level, "their product": space * level}
