"""11a: the nine kernels on Pic1."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error

from .a_figures import IN_COLOUR, SIGNED, UNFILTERED, UNSIGNED, nine_figure, one_figure, unfiltered_figure
from .a_mistakes import FILTERING, Filter
from .by_hand import conv2d, correlate, flipped, separable, windows_times_kernel
from .problem import delta, first_picture, grey, luma, nine
from .reference import filter2d, filter2d_in_8_bits


def study(lab: Lab, pic1: str) -> None:
    """The nine responses, by hand and by OpenCV, and what the kernels have to do with each other."""
    picture = first_picture(lab, pic1)
    image = grey(picture)
    kernels = nine(image)
    R = {name: correlate(image, K) for name, K in kernels.items()}
    theirs = {name: filter2d(image, K) for name, K in kernels.items()}
    lab.claim("shifted sums = cv2.filter2D, nine kernels", largest(max_error(R[n], theirs[n]) for n in R), equals=0)
    for name, way in {"windows × kernel": windows_times_kernel, "PyTorch's conv2d": conv2d}.items():
        lab.claim(
            f"{name} = cv2.filter2D, nine kernels",
            largest(max_error(way(image, K), theirs[n]) for n, K in kernels.items()),
            equals=0,
        )
    identities(lab, image, kernels, R)
    lab.claim("in colour, each channel by itself = cv2.filter2D", colour_error(picture, kernels), equals=0)
    luma_error = largest(max_error(luma(correlate(picture, K)), correlate(luma(picture), K)) for K in kernels.values())
    lab.claim("grey first, then filtered = filtered, then grey", luma_error, at_most=1e-9)
    noise_gain(lab, kernels)
    break_it(lab, *mistakes(image, kernels, theirs))
    lab.table("What the nine kernels answer on Pic1", [row(n, kernels[name], R[name]) for n, name in enumerate(R, 1)])
    pictures(lab, picture, R)


def pictures(lab: Lab, picture: Tensor, R: dict[str, Tensor]) -> None:
    """Pic1 unfiltered, all nine as OpenCV shows them, and each response by itself with its signs."""
    kernels = nine(picture)
    lab.figure("Pic1, unfiltered", unfiltered_figure(picture, grey(picture)), UNFILTERED)
    shown = {name: filter2d_in_8_bits(picture, K) for name, K in kernels.items()}
    lab.figure("The nine kernels on Pic1, in colour", nine_figure(shown, kernels), IN_COLOUR)
    for number, name in enumerate(R, 1):
        lab.figure(f"{number} {name}", one_figure(R[name], kernels[name]), UNSIGNED if kernels[name].sum() else SIGNED)


def noise_gain(lab: Lab, kernels: dict[str, Tensor]) -> None:
    """White noise of deviation σ leaves a kernel with deviation σ √ΣK². Responses that share pixels are correlated,
    by ρ: the measured variance of N of them has a relative standard error of √(2 Σρ² / N)."""
    noise = torch.randn(256, 256, generator=lab.generator()).to(kernels["sharpen"])
    off = [standard_errors(noise, K) for K in kernels.values()]
    lab.claim("noise: measured gain against √ΣK², the worst kernel, in standard errors", largest(off), at_most=5)


def standard_errors(noise: Tensor, K: Tensor) -> float:
    response = correlate(noise, K)[1:-1, 1:-1]
    rho = F.conv2d(K[None, None], K[None, None], padding=2)[0, 0] / K.square().sum()
    allowed = (2 * rho.square().sum() / response.numel()).sqrt()
    return float((response.square().mean() / K.square().sum() - 1).abs() / allowed)


def mistakes(image: Tensor, kernels: dict[str, Tensor], theirs: dict[str, Tensor]) -> list[Mistake]:
    """The classic slips, each in place of the shifted sums."""
    same = "shifted sums = cv2.filter2D, nine kernels"
    found = [Mistake(name=n, fails=same, value=worst(f, image, kernels, theirs)) for n, f in FILTERING.items()]
    torn = kernels["emboss"] - delta(image)
    torn[0, 0] = 0
    unscaled = correlate(image, kernels["weighted average"])
    return [
        *found,
        Mistake(
            name="kernel 3 with a corner forgotten",
            fails="kernel 3 − δ changes its sign when turned by 180°",
            value=max_error(torn, -flipped(torn)),
        ),
        Mistake(
            name="kernel 9 not divided by its sum",
            fails="kernel 9 / 16 stays within the picture's levels",
            value=float(unscaled.max() - image.max()),
        ),
    ]


def worst(f: Filter, image: Tensor, kernels: dict[str, Tensor], theirs: dict[str, Tensor]) -> float:
    return largest(max_error(f(image, K), theirs[name]) for name, K in kernels.items())


def identities(lab: Lab, image: Tensor, kernels: dict[str, Tensor], R: dict[str, Tensor]) -> None:
    """Relations between the kernels, read off the responses; all are exact, for the levels are whole numbers."""
    lab.claim("kernel 8 = kernel 4", max_error(R["difference"], R["outline"]), equals=0)
    lab.claim("kernel 7 = −kernel 5", max_error(R["top sobel"], -R["bottom sobel"]), equals=0)
    lab.claim("kernel 1 = δ − kernel 2", max_error(R["sharpen"], image - R["laplacian"]), equals=0)
    lab.claim("kernel 9 = 16δ − kernel 4", max_error(R["weighted average"], 16 * image - R["outline"]), equals=0)
    turned = correlate(image.T.contiguous(), kernels["bottom sobel"]).T
    lab.claim("kernel 6 = kernel 5 with rows and columns exchanged", max_error(R["right sobel"], turned), equals=0)
    smooth, slope = image.new_tensor((1, 2, 1)), image.new_tensor((-1, 0, 1))
    lab.claim(
        "kernel 5 = slope down, smooth along", max_error(R["bottom sobel"], separable(image, slope, smooth)), equals=0
    )
    relief = kernels["emboss"] - delta(image)
    lab.claim("kernel 3 − δ changes its sign when turned by 180°", max_error(relief, -flipped(relief)), equals=0)
    flat = torch.full_like(image, 100)
    worst = largest(max_error(correlate(flat, K), flat * K.sum()) for K in kernels.values())
    lab.claim("on a flat picture every kernel answers its sum times the level", worst, equals=0)
    within = correlate(image, kernels["weighted average"] / 16)
    lab.claim(
        "kernel 9 / 16 stays within the picture's levels",
        largest(within.max() - image.max(), image.min() - within.min()),
        at_most=0,
    )


def colour_error(picture: Tensor, kernels: dict[str, Tensor]) -> float:
    return largest(max_error(correlate(picture, K), filter2d(picture, K)) for K in kernels.values())


def row(number: int, K: Tensor, R: Tensor) -> dict[str, Any]:
    name = list(nine(K))[number - 1]
    return {
        "kernel": f"{number} {name}",
        "sum": int(K.sum()),
        "least": int(R.min()),
        "largest": int(R.max()),
        "noise × √ΣK²": round(float(K.square().sum().sqrt()), 2),
        "mean |R|": round(float(R.abs().mean()), 1),
        "% below 0": round(100 * float((R < 0).double().mean()), 1),
        "% above 255": round(100 * float((R > 255).double().mean()), 1),
        "turned by 180°": turned_by_180(K),
    }


def turned_by_180(K: Tensor) -> str:
    turned = flipped(K)
    return "the same" if torch.equal(turned, K) else "negated" if torch.equal(turned, -K) else "another kernel"
