"""11d: how the bilateral filter works."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error

from . import d_bilateral as bf
from . import d_canny as cn
from . import figures, reference
from .d_bilateral import DIAMETER, SIGMA_COLOR, SIGMA_SPACE
from .d_canny import HIGH, LOW
from .d_figures import FILTERED, SMOOTHING, noise_figure, pic1_figure
from .d_mistakes import COLOUR, GREY, Smoother
from .problem import first_picture, grey, noisy

ROUNDING = 0.51
"""8 bits keep whole levels: half a level, and what OpenCV's table of exponentials adds."""
SETTING = (DIAMETER, SIGMA_COLOR, SIGMA_SPACE)
SAME = "bilateral by hand = cv2.bilateralFilter, {}, up to rounding"


def study(lab: Lab, pic1: str) -> None:
    """The bilateral filter by hand and by OpenCV on Pic1, beside Canny; its limits, and a noisy step."""
    picture = first_picture(lab, pic1)
    image = grey(picture)
    for name, p in (("grey", image), ("colour", picture)):
        lab.claim(SAME.format(name), off(bf.bilateral, p), at_most=ROUNDING)
    on_pic1(lab, picture)
    limits(lab, image)
    noisy_step(lab, image)
    break_it(lab, *mistakes(figures.detail(image), figures.detail(picture)))
    lab.figure(
        "Noise, the Gaussian, and the bilateral filter",
        noise_figure(figures.detail(image), figures.detail(noisy(lab, image))),
        SMOOTHING,
    )


def off(smoother: Smoother, picture: Tensor) -> float:
    """How far it is from ``cv2.bilateralFilter`` on this picture, in levels."""
    return max_error(smoother(picture, *SETTING), reference.bilateral_filter(picture, *SETTING))


def mistakes(image: Tensor, picture: Tensor) -> list[Mistake]:
    slips = [("grey", image, n, f) for n, f in GREY.items()] + [("colour", picture, n, f) for n, f in COLOUR.items()]
    return [Mistake(name=n, fails=SAME.format(kind), value=off(f, p)) for kind, p, n, f in slips]


def on_pic1(lab: Lab, picture: Tensor) -> None:
    """Pic1 as it is, filtered in colour by OpenCV, and what Canny finds in both."""
    smooth = {
        "unfiltered": picture,
        "bilateral": reference.bilateral_filter(picture, *SETTING),
        "Gaussian": bf.gaussian(picture, DIAMETER, SIGMA_SPACE).round(),
    }
    seen = {name: cn.canny(grey(p), LOW, HIGH) for name, p in smooth.items()}
    edge = seen["unfiltered"].edges
    rows = [{"Pic1": name} | on_and_off(stages, edge) for name, stages in seen.items()]
    lab.table("What Canny finds in Pic1 before and after", rows)
    kept = {name: float(stages.strength[edge].mean()) for name, stages in seen.items()}
    for name in ("bilateral", "Gaussian"):
        lab.metric(f"Pic1: gradient at its edges that is kept, {name}", 100 * kept[name] / kept["unfiltered"], "%")
    # The control: a Gaussian with the same disc and the same σ_s, which differs by the weight in level alone.
    ratio = kept["bilateral"] / kept["Gaussian"]
    lab.claim("Pic1: gradient kept at its edges, bilateral over Gaussian", ratio, at_least=1.2)
    lab.figure("The bilateral filter on Pic1, beside Canny", pic1_figure(smooth, seen), FILTERED)


def on_and_off(stages: cn.Stages, edge: Tensor) -> dict[str, float]:
    """How strong the gradient is where unfiltered Pic1 has its edges, and elsewhere."""
    return {
        "edge pixels": int(stages.edges.sum()),
        "mean gradient at the edges": round(float(stages.strength[edge].mean()), 1),
        "mean gradient elsewhere": round(float(stages.strength[~edge].mean()), 1),
    }


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


def middle_column(like: Tensor) -> float:
    """Of a clean step the Gaussian keeps the share of the weights that lie in the middle column: a pixel's window and
    its right neighbour's differ in one column."""
    impulse = torch.zeros(2 * DIAMETER + 1, 2 * DIAMETER + 1, device=like.device, dtype=like.dtype)
    impulse[DIAMETER, DIAMETER] = 1
    return float(bf.gaussian(impulse, DIAMETER, SIGMA_SPACE)[:, DIAMETER].sum())


def noisy_step(lab: Lab, like: Tensor) -> None:
    """A step from 50 to 200 with noise of 5 levels: the jump at the edge, and the noise that is left beside it."""
    step = torch.where(torch.arange(96) < 48, 50.0, 200.0).expand(96, 96)
    picture = (step + 5 * torch.randn(96, 96, generator=lab.generator())).to(like).round()
    smooth = {
        "noisy": picture,
        "Gaussian": bf.gaussian(picture, DIAMETER, SIGMA_SPACE),
        "bilateral": bf.bilateral(picture, *SETTING),
    }
    jump = {name: float((p[:, 48] - p[:, 47]).mean()) for name, p in smooth.items()}
    spread = {name: float(p[:, :40].std()) for name, p in smooth.items()}
    lab.claim(
        "noisy step: part of the jump that the bilateral filter keeps", jump["bilateral"] / jump["noisy"], at_least=0.95
    )
    lab.claim("noisy step: part of the jump that the Gaussian keeps", jump["Gaussian"] / jump["noisy"], at_most=0.5)
    clean = bf.gaussian(step.to(like), DIAMETER, SIGMA_SPACE)[48]
    share = float(clean[48] - clean[47]) / 150
    error = max_error(share, middle_column(like))
    lab.claim("clean step: the Gaussian keeps the weight of its middle column, up to", error, at_most=1e-12)
    for name in ("bilateral", "Gaussian"):
        # Weights with Σ w² = 1/46 leave 1/6.8 of the noise. Neighbours share weights, so that the deviation measured
        # on 96 × 40 pixels has a standard error of 5.5 %: five of them below 6.8 is 4.9.
        lab.claim(f"noisy step: noise before over noise after, {name}", spread["noisy"] / spread[name], at_least=4.9)
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
