"""11a, the traps: correlation or convolution, the depth of the result, the order of the colours."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error

from .a_kernels import turned_by_180
from .by_hand import convolve, correlate, flipped, saturated
from .problem import LUMINANCE, first_picture, grey, luma, nine
from .reference import array, filter2d, filter2d_in_8_bits, opencv, tensor


def study(lab: Lab, pic1: str) -> None:
    """Correlation or convolution, the depth of the result, and the order of the colours."""
    image = grey(first_picture(lab, pic1))
    kernels = nine(image)
    turning(lab, image, kernels)
    depth(lab, image, kernels)
    colours(lab, first_picture(lab, pic1))
    undivided(lab, first_picture(lab, pic1))


def turning(lab: Lab, image: Tensor, kernels: dict[str, Tensor]) -> None:
    impulse = torch.zeros_like(image[:7, :7])
    impulse[3, 3] = 1
    answers = [(filter2d(impulse, K)[2:5, 2:5], K) for K in kernels.values()]
    lab.claim(
        "cv2.filter2D answers an impulse with the kernel turned by 180°",
        largest(max_error(a, flipped(K)) for a, K in answers),
        equals=0,
    )
    change = {name: max_error(convolve(image, K), correlate(image, K)) for name, K in kernels.items()}
    even = [name for name, K in kernels.items() if turned_by_180(K) == "the same"]
    odd = [name for name, K in kernels.items() if turned_by_180(K) == "negated"]
    lab.claim("1, 2, 4, 8, 9: convolution = correlation", largest(change[name] for name in even), equals=0)
    lab.claim("kernels that a turn by 180° leaves alone", len(even), equals=5)
    negated = [max_error(convolve(image, kernels[name]), -correlate(image, kernels[name])) for name in odd]
    lab.claim("5, 6, 7: convolution = −correlation", largest(negated), equals=0)
    lab.claim("kernels that a turn by 180° negates", len(odd), equals=3)
    relief = max_error(convolve(impulse, kernels["emboss"]), correlate(impulse, kernels["emboss"]))
    lab.claim("3: on an impulse convolution and correlation differ by", relief, equals=4)
    lab.claim("convolution by hand = scipy.signal.convolve2d", scipy_error(image, kernels), equals=0)


def scipy_error(image: Tensor, kernels: dict[str, Tensor]) -> float:
    """Inside the border, where no convention about it matters."""
    from scipy.signal import convolve2d

    levels = image.cpu().numpy()
    theirs = {name: convolve2d(levels, K.cpu().numpy(), mode="valid") for name, K in kernels.items()}
    return largest(
        max_error(convolve(image, K)[1:-1, 1:-1].cpu(), torch.from_numpy(theirs[n])) for n, K in kernels.items()
    )


def depth(lab: Lab, image: Tensor, kernels: dict[str, Tensor]) -> None:
    """``ddepth=-1`` means as deep as the picture: 8 bits. CV_16S holds everything that these kernels can answer."""
    cv2 = opencv()
    levels = array(image.to(torch.uint8))
    eight = {n: filter2d_in_8_bits(image, K) for n, K in kernels.items()}
    wide = {n: tensor(cv2.filter2D(levels, cv2.CV_16S, K.cpu().numpy()), image) for n, K in kernels.items()}
    R = {n: correlate(image, K) for n, K in kernels.items()}
    lab.claim(
        "in 8 bits cv2.filter2D cuts off at 0 and 255",
        largest(max_error(eight[n], saturated(R[n])) for n in R),
        equals=0,
    )
    lab.claim("with ddepth CV_16S nothing is lost", largest(max_error(wide[n], R[n]) for n in R), equals=0)
    halves = eight["bottom sobel"] + eight["top sobel"]
    lab.claim(
        "in 8 bits 5 and 7 are the two halves of |5|",
        max_error(halves, R["bottom sobel"].abs().clamp_max(255)),
        equals=0,
    )
    lost = {n: float(((R[n] < 0) | (R[n] > 255)).double().mean()) for n in R}
    lab.metric("pixels of kernel 5 that 8 bits lose", 100 * lost["bottom sobel"], "%")
    lab.metric("pixels of kernel 9 that 8 bits lose without the division", 100 * lost["weighted average"], "%")


def undivided(lab: Lab, picture: Tensor) -> None:
    """What becomes of the colours where kernel 9 is not divided by its sum: which channels end at 255."""
    full = filter2d_in_8_bits(picture, nine(picture)["weighted average"]) == 255
    for name, part in zip(("red", "green", "blue"), full.double().mean((1, 2)), strict=True):
        lab.metric(f"kernel 9 without the division: pixels whose {name} is 255", 100 * part, "%")
    cyan = (full[1] & full[2] & ~full[0]).double().mean()
    lab.claim(
        "kernel 9 without the division: cyan, that is green and blue at 255 and red below, a share of Pic1",
        cyan,
        at_least=0.5,
        as_declared=True,
    )
    lab.metric(
        "kernel 9 without the division: white pixels, all three channels at 255", 100 * full.all(0).double().mean(), "%"
    )


def colours(lab: Lab, picture: Tensor) -> None:
    """``cv2.imread`` gives blue, green, red; ``cv2.COLOR_RGB2GRAY`` of that swaps two of the weights."""
    cv2 = opencv()
    red = cv2.imdecode(np.frombuffer(red_png(), np.uint8), cv2.IMREAD_COLOR)
    lab.claim("the channel in which cv2 puts the red of a picture file", int(red[0, 0].argmax()), equals=2)
    levels = array(picture.to(torch.uint8))
    right, wrong = (tensor(cv2.cvtColor(levels, code), picture) for code in (cv2.COLOR_BGR2GRAY, cv2.COLOR_RGB2GRAY))
    lab.claim("grey by hand = cv2.COLOR_BGR2GRAY, up to rounding", max_error(luma(picture), right), at_most=0.52)
    swap = (LUMINANCE[0] - LUMINANCE[2]) * (picture[0] - picture[2])
    lab.claim(
        "BGR taken for RGB: grey is off by 0.185 (R − B), up to rounding", max_error(right - wrong, swap), at_most=1.04
    )
    lab.metric("BGR taken for RGB: mean error of the grey", (right - wrong).abs().mean(), "levels")


def red_png() -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (1, 1), (255, 0, 0)).save(file, "png")
    return file.getvalue()
