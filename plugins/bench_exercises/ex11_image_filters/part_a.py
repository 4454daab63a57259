"""11a: the nine kernels on Pic1, and the traps on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import sheets
from .kernels import (
    conv2d,
    convolve,
    correlate,
    delta,
    flipped,
    nine,
    saturated,
    separable,
    windows_times_kernel,
)
from .opencv import array, filter2d, opencv, tensor
from .pictures import LUMINANCE, first_picture, grey, luma

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPTION = (
    "The middle of Pic1, its grey, and the nine kernels (inset). In the panels with a sign red is positive and blue "
    "negative; each bar gives its panel's own range, nothing is cut off, and colours follow the square root of the "
    "response. In the grey panels blue marks values below the bar and orange values above it, which 8 bits cut off."
)


def gap(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).abs().max())


def nine_kernels(lab: Lab, pic1: str) -> None:
    """The nine responses, by hand and by OpenCV, and what the kernels have to do with each other."""
    picture = first_picture(lab, pic1)
    image = grey(picture)
    kernels = nine(image)
    R = {name: correlate(image, K) for name, K in kernels.items()}
    theirs = {name: filter2d(image, K) for name, K in kernels.items()}
    lab.claim("shifted sums = cv2.filter2D, nine kernels", largest(gap(R[n], theirs[n]) for n in R), equals=0)
    for name, way in {"windows × kernel": windows_times_kernel, "PyTorch's conv2d": conv2d}.items():
        lab.claim(
            f"{name} = cv2.filter2D, nine kernels",
            largest(gap(way(image, K), theirs[n]) for n, K in kernels.items()),
            equals=0,
        )
    identities(lab, image, kernels, R)
    lab.claim("in colour, each channel by itself = cv2.filter2D", colour_error(picture, kernels), equals=0)
    luma_error = largest(gap(luma(correlate(picture, K)), correlate(luma(picture), K)) for K in kernels.values())
    lab.claim("grey first, then filtered = filtered, then grey", luma_error, at_most=1e-9)
    lab.table("What the nine kernels answer on Pic1", [row(n, kernels[name], R[name]) for n, name in enumerate(R, 1)])
    lab.figure("The nine kernels on Pic1", nine_figure(picture, image, kernels, R), CAPTION)


def identities(lab: Lab, image: Tensor, kernels: dict[str, Tensor], R: dict[str, Tensor]) -> None:
    """Relations between the kernels, read off the responses; all are exact, for the levels are whole numbers."""
    lab.claim("kernel 8 = kernel 4", gap(R["difference"], R["outline"]), equals=0)
    lab.claim("kernel 7 = −kernel 5", gap(R["top sobel"], -R["bottom sobel"]), equals=0)
    lab.claim("kernel 1 = δ − kernel 2", gap(R["sharpen"], image - R["laplacian"]), equals=0)
    lab.claim("kernel 9 = 16δ − kernel 4", gap(R["weighted average"], 16 * image - R["outline"]), equals=0)
    turned = correlate(image.T.contiguous(), kernels["bottom sobel"]).T
    lab.claim("kernel 6 = kernel 5 with rows and columns exchanged", gap(R["right sobel"], turned), equals=0)
    smooth, slope = image.new_tensor((1, 2, 1)), image.new_tensor((-1, 0, 1))
    lab.claim("kernel 5 = slope down, smooth along", gap(R["bottom sobel"], separable(image, slope, smooth)), equals=0)
    relief = kernels["emboss"] - delta(image)
    lab.claim("kernel 3 − δ changes its sign when turned by 180°", gap(relief, -flipped(relief)), equals=0)
    flat = torch.full_like(image, 100)
    worst = largest(gap(correlate(flat, K), flat * K.sum()) for K in kernels.values())
    lab.claim("on a flat picture every kernel answers its sum times the level", worst, equals=0)
    within = correlate(image, kernels["weighted average"] / 16)
    lab.claim(
        "kernel 9 / 16 stays within the picture's levels",
        largest(within.max() - image.max(), image.min() - within.min()),
        at_most=0,
    )


def colour_error(picture: Tensor, kernels: dict[str, Tensor]) -> float:
    return largest(gap(correlate(picture, K), filter2d(picture, K)) for K in kernels.values())


def row(number: int, K: Tensor, R: Tensor) -> dict[str, Any]:
    name = list(nine(K))[number - 1]
    return {
        "kernel": f"{number} {name}",
        "sum": int(K.sum()),
        "least": int(R.min()),
        "largest": int(R.max()),
        "mean |R|": round(float(R.abs().mean()), 1),
        "% below 0": round(100 * float((R < 0).double().mean()), 1),
        "% above 255": round(100 * float((R > 255).double().mean()), 1),
        "turned by 180°": turned_by_180(K),
    }


def turned_by_180(K: Tensor) -> str:
    turned = flipped(K)
    return "the same" if torch.equal(turned, K) else "negated" if torch.equal(turned, -K) else "another kernel"


def traps(lab: Lab, pic1: str) -> None:
    """Correlation or convolution, the depth of the result, and the order of the colours."""
    image = grey(first_picture(lab, pic1))
    kernels = nine(image)
    turning(lab, image, kernels)
    depth(lab, image, kernels)
    colours(lab, first_picture(lab, pic1))


def turning(lab: Lab, image: Tensor, kernels: dict[str, Tensor]) -> None:
    impulse = torch.zeros_like(image[:7, :7])
    impulse[3, 3] = 1
    answers = [(filter2d(impulse, K)[2:5, 2:5], K) for K in kernels.values()]
    lab.claim(
        "cv2.filter2D answers an impulse with the kernel turned by 180°",
        largest(gap(a, flipped(K)) for a, K in answers),
        equals=0,
    )
    change = {name: gap(convolve(image, K), correlate(image, K)) for name, K in kernels.items()}
    even = [name for name, K in kernels.items() if turned_by_180(K) == "the same"]
    odd = [name for name, K in kernels.items() if turned_by_180(K) == "negated"]
    lab.claim("1, 2, 4, 8, 9: convolution = correlation", largest(change[name] for name in even), equals=0)
    lab.claim("kernels that a turn by 180° leaves alone", len(even), equals=5)
    negated = [gap(convolve(image, kernels[name]), -correlate(image, kernels[name])) for name in odd]
    lab.claim("5, 6, 7: convolution = −correlation", largest(negated), equals=0)
    lab.claim("kernels that a turn by 180° negates", len(odd), equals=3)
    relief = gap(convolve(impulse, kernels["emboss"]), correlate(impulse, kernels["emboss"]))
    lab.claim("3: on an impulse convolution and correlation differ by", relief, equals=4)
    lab.claim("convolution by hand = scipy.signal.convolve2d", scipy_error(image, kernels), equals=0)


def scipy_error(image: Tensor, kernels: dict[str, Tensor]) -> float:
    """Inside the border, where no convention about it matters."""
    from scipy.signal import convolve2d

    levels = image.cpu().numpy()
    theirs = {name: convolve2d(levels, K.cpu().numpy(), mode="valid") for name, K in kernels.items()}
    return largest(gap(convolve(image, K)[1:-1, 1:-1].cpu(), torch.from_numpy(theirs[n])) for n, K in kernels.items())


def depth(lab: Lab, image: Tensor, kernels: dict[str, Tensor]) -> None:
    """``ddepth=-1`` means as deep as the picture: 8 bits. CV_16S holds everything that these kernels can answer."""
    cv2 = opencv()
    levels = array(image.to(torch.uint8))
    eight = {n: tensor(cv2.filter2D(levels, -1, K.cpu().numpy()), image) for n, K in kernels.items()}
    wide = {n: tensor(cv2.filter2D(levels, cv2.CV_16S, K.cpu().numpy()), image) for n, K in kernels.items()}
    R = {n: correlate(image, K) for n, K in kernels.items()}
    lab.claim(
        "in 8 bits cv2.filter2D cuts off at 0 and 255", largest(gap(eight[n], saturated(R[n])) for n in R), equals=0
    )
    lab.claim("with ddepth CV_16S nothing is lost", largest(gap(wide[n], R[n]) for n in R), equals=0)
    halves = eight["bottom sobel"] + eight["top sobel"]
    lab.claim(
        "in 8 bits 5 and 7 are the two halves of |5|", gap(halves, R["bottom sobel"].abs().clamp_max(255)), equals=0
    )
    lost = {n: float(((R[n] < 0) | (R[n] > 255)).double().mean()) for n in R}
    lab.metric("pixels of kernel 5 that 8 bits lose", 100 * lost["bottom sobel"], "%")
    lab.metric("pixels of kernel 9 that 8 bits lose without the division", 100 * lost["weighted average"], "%")


def colours(lab: Lab, picture: Tensor) -> None:
    """``cv2.imread`` gives blue, green, red; ``cv2.COLOR_RGB2GRAY`` of that swaps two of the weights."""
    cv2 = opencv()
    red = cv2.imdecode(np.frombuffer(red_png(), np.uint8), cv2.IMREAD_COLOR)
    lab.claim("the channel in which cv2 puts the red of a picture file", int(red[0, 0].argmax()), equals=2)
    levels = array(picture.to(torch.uint8))
    right, wrong = (tensor(cv2.cvtColor(levels, code), picture) for code in (cv2.COLOR_BGR2GRAY, cv2.COLOR_RGB2GRAY))
    lab.claim("grey by hand = cv2.COLOR_BGR2GRAY, up to rounding", gap(luma(picture), right), at_most=0.52)
    swap = (LUMINANCE[0] - LUMINANCE[2]) * (picture[0] - picture[2])
    lab.claim("BGR taken for RGB: grey is off by 0.185 (R − B), up to rounding", gap(right - wrong, swap), at_most=1.04)
    lab.metric("BGR taken for RGB: mean error of the grey", (right - wrong).abs().mean(), "levels")


def red_png() -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (1, 1), (255, 0, 0)).save(file, "png")
    return file.getvalue()


def nine_figure(picture: Tensor, image: Tensor, kernels: dict[str, Tensor], R: dict[str, Tensor]) -> Figure:
    figure, panels = sheets.sheet(4, 3, sheets.detail(image))
    sheets.colour(panels[0, 0], sheets.detail(picture), "Pic1, its middle")
    sheets.grey(panels[0, 1], sheets.detail(image), "grey: what the kernels see", bar=False)
    half = sheets.detail(saturated(R["bottom sobel"]))
    sheets.grey(panels[0, 2], half, "kernel 5 in 8 bits: half of it is gone", bar=False)
    for number, (axes, name) in enumerate(zip(panels.flat[3:], R, strict=True), 1):
        response = sheets.detail(R[name])
        if kernels[name].sum() == 0:
            sheets.signed(axes, response, f"{number} {name}")
        elif kernels[name].sum() == 1:
            sheets.grey(axes, response, f"{number} {name}: {span(response)}")
        else:
            sheets.grey(axes, response, f"{number} {name}, sum 16", top=16 * 255)
        sheets.kernel(axes, kernels[name])
    return figure


def span(response: Tensor) -> str:
    return " … ".join(sheets.number(float(end)) for end in (response.min(), response.max()))
