"""11d: how the bilateral filter works."""

from __future__ import annotations

import math
from typing import Any

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
from .problem import first_picture, grey, luma, noisy

ROUNDING = 0.51
"""8 bits keep whole levels: half a level, and what OpenCV's table of exponentials adds."""
NOISE = 5
"""The deviation of the noise on the step, in levels."""
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
    where_it_changes(lab, luma(smooth["bilateral"] - picture).abs(), seen)
    lab.figure("The bilateral filter on Pic1, beside Canny", pic1_figure(smooth, seen), FILTERED)


STRENGTHS = ((0, LOW), (LOW, HIGH), (HIGH, 400), (400, math.inf))


def where_it_changes(lab: Lab, change: Tensor, seen: dict[str, cn.Stages]) -> None:
    """The steeper, the more is changed, but of the gradient most is kept: by the strength |g_x| + |g_y| in Pic1."""
    before, after = seen["unfiltered"].strength, seen["bilateral"].strength
    rows = [of_strength(ends, before, after=after, change=change) for ends in STRENGTHS]
    lab.table("What the bilateral filter changes in Pic1, by the strength of the gradient", rows)
    by_strength = torch.stack([change[within(before, ends)].mean() for ends in STRENGTHS])
    growth = (by_strength[1:] / by_strength[:-1]).min()
    lab.claim("Pic1: mean change over that where it is one class less steep", growth, at_least=1, as_declared=True)
    lab.metric("Pic1: mean change above 400 over that below 50", by_strength[-1] / by_strength[0])
    _, weak, _, strong = (after[at].sum() / before[at].sum() for at in (within(before, ends) for ends in STRENGTHS))
    lab.metric("Pic1: gradient kept where it is 50 to 150", 100 * weak, "%")
    lab.metric("Pic1: gradient kept where it is above 400", 100 * strong, "%")
    lab.claim(
        "Pic1: gradient kept, where it is strong over where it is weak", strong / weak, at_least=1.2, as_declared=True
    )


def within(strength: Tensor, ends: tuple[float, float]) -> Tensor:
    return (strength >= ends[0]) & (strength < ends[1])


def of_strength(ends: tuple[float, float], before: Tensor, *, after: Tensor, change: Tensor) -> dict[str, Any]:
    at = within(before, ends)
    return {
        "gradient": f"{ends[0]} to {ends[1]}" if ends[1] < math.inf else f"above {ends[0]}",
        "% of Pic1": round(100 * float(at.double().mean()), 1),
        "mean |change| (levels)": round(float(change[at].mean()), 1),
        "% of the gradient kept": round(100 * float(after[at].sum() / before[at].sum()), 1),
    }


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
    # Levels twice as far apart are weighed as with half the σ_c, which says how far from linear the filter is.
    half = 2 * (bf.bilateral(image, DIAMETER, SIGMA_COLOR / 2, SIGMA_SPACE) - B)
    said = float(half.abs().max())
    lab.claim("not linear: B(2I) and 2B(I) differ by (levels)", (doubled - 2 * B).abs().max(), at_least=said - 1e-9)
    lab.claim("B(2I) = 2B(I) with half the σ_c", max_error(doubled - 2 * B, half), at_most=1e-9)
    both = bf.bilateral(2 * image, DIAMETER, 2 * SIGMA_COLOR, SIGMA_SPACE)
    lab.claim("twice the levels with twice the σ_c: B(2I) = 2B(I)", (both - 2 * B).abs().max(), at_most=1e-9)


def columns(like: Tensor) -> Tensor:
    """The Gaussian's weights, summed over each column of the window: the middle one is number ``DIAMETER``."""
    impulse = torch.zeros(2 * DIAMETER + 1, 2 * DIAMETER + 1, device=like.device, dtype=like.dtype)
    impulse[DIAMETER, DIAMETER] = 1
    return bf.gaussian(impulse, DIAMETER, SIGMA_SPACE).sum(0)


def middle_column(like: Tensor) -> float:
    """Of a clean step the Gaussian keeps the share of the weights that lie in the middle column: a pixel's window and
    its right neighbour's differ in one column."""
    return float(columns(like)[DIAMETER])


def uncertain(like: Tensor, rows: int, height: float) -> float:
    """The standard error of the part of a step that the Gaussian keeps, from noise in ``rows`` rows, step and noise
    both measured: (jump behind) - share (jump before), each a sum over means of columns, which are independent."""
    behind = columns(like).diff(prepend=like.new_zeros(1), append=like.new_zeros(1))
    before = torch.zeros_like(behind)
    before[DIAMETER], before[DIAMETER + 1] = 1, -1
    deviation = (NOISE**2 + 1 / 12) ** 0.5  # and levels are whole
    return float((behind - middle_column(like) * before).norm()) * deviation / rows**0.5 / height


def by_its_middle_column(lab: Lab, kept: float, step: Tensor) -> None:
    """What the Gaussian keeps of a jump, with noise within its standard error, and without noise."""
    share, error = middle_column(step), uncertain(step, rows=len(step), height=150)
    most = share + 5 * error
    lab.claim("noisy step: part of the jump that the Gaussian keeps", kept, at_most=most)
    off = abs(kept - share) / error
    lab.claim("noisy step: that part, off the share of the middle column by (standard errors)", off, at_most=5)
    clean = bf.gaussian(step, DIAMETER, SIGMA_SPACE)[48]
    apart = max_error(float(clean[48] - clean[47]) / 150, share)
    lab.claim("clean step: the Gaussian keeps the weight of its middle column, up to", apart, at_most=1e-12)


def noisy_step(lab: Lab, like: Tensor) -> None:
    """A step from 50 to 200 with noise of 5 levels: the jump at the edge, and the noise that is left beside it."""
    step = torch.where(torch.arange(96) < 48, 50.0, 200.0).expand(96, 96)
    picture = (step + NOISE * torch.randn(96, 96, generator=lab.generator())).to(like).round()
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
    by_its_middle_column(lab, jump["Gaussian"] / jump["noisy"], step.to(like))
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
