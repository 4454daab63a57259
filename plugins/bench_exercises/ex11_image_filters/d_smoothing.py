"""11d: how the bilateral filter works."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab

from . import d_bilateral as bf
from . import figures, reference
from .d_bilateral import DIAMETER, SIGMA_COLOR, SIGMA_SPACE
from .d_figures import SMOOTHING, bilateral_figure
from .problem import first_picture, grey, noisy

ROUNDING = 0.51
"""8 bits keep whole levels."""


def study(lab: Lab, pic1: str) -> None:
    """The bilateral filter by hand and by OpenCV, its limits, and a noisy step."""
    picture = first_picture(lab, pic1)
    image = grey(picture)
    setting = (DIAMETER, SIGMA_COLOR, SIGMA_SPACE)
    for name, p in (("grey", image), ("colour", picture)):
        off = (bf.bilateral(p, *setting) - reference.bilateral_filter(p, *setting)).abs().max()
        lab.claim(f"bilateral by hand = cv2.bilateralFilter, {name}, up to rounding", off, at_most=ROUNDING)
    limits(lab, image)
    noisy_step(lab, image)
    lab.figure(
        "Bilateral filter on Pic1",
        bilateral_figure(figures.detail(image), figures.detail(noisy(lab, image))),
        SMOOTHING,
    )


def limits(lab: Lab, image: Tensor) -> None:
    """σ_c → ∞ and σ_c → 0; and what it does not share with a linear filter."""
    blur = bf.gaussian(image, DIAMETER, SIGMA_SPACE)
    wide = bf.bilateral(image, DIAMETER, 1e9, SIGMA_SPACE)
    lab.claim("σ_c = 10⁹: bilateral = Gaussian", (wide - blur).abs().max(), at_most=1e-9)
    theirs = reference.bilateral_filter(image, DIAMETER, 1e9, SIGMA_SPACE)
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
        "bilateral": reference.bilateral_filter(picture, DIAMETER, SIGMA_COLOR, SIGMA_SPACE),
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
