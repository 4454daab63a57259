"""ex11: Image filters with OpenCV, and the same by hand.

Nine kernels, six ways to look for a template, one derivative in the plane, Canny and the bilateral filter. Everything
that OpenCV computes is computed a second time with PyTorch alone, and must be equal. ``pic1`` and ``pic2`` are paths
of pictures; empty, they stand for scikit-learn's flower and a patch of it.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.
"""

from __future__ import annotations

from bench import Exercise, Lab, Work, hookimpl

from . import (
    a_kernels,
    a_speed,
    a_traps,
    b_breaks,
    b_methods,
    b_speed,
    c_two_dimensions,
    d_edges,
    d_smoothing,
    d_speed,
)
from .problem import Calls

exercise = Exercise(tags=("vision", "convolution", "by hand"))


@exercise.study("a", "Nine kernels on Pic1", pic1="")
def nine_kernels(lab: Lab, pic1: str) -> None:
    a_kernels.study(lab, pic1)


@exercise.study("a.traps", "Correlation or convolution, the depth of the result, the order of the colours", pic1="")
def traps(lab: Lab, pic1: str) -> None:
    a_traps.study(lab, pic1)


@exercise.comparison(
    "a.speed",
    "One 3 × 3 kernel: OpenCV or by hand?",
    reference="cv2.filter2D",
    devices=("cpu",),
    work=lambda side: Work(side * side, "pixels"),
    side=(64, 512),
)
def filtering(lab: Lab, side: int) -> Calls:
    return a_speed.variants(lab, side)


@exercise.study("b", "Pic2 in Pic1, by six methods", pic1="", pic2="")
def six_methods(lab: Lab, pic1: str, pic2: str) -> None:
    b_methods.study(lab, pic1, pic2)


@exercise.study("b.breaks", "Where each method breaks: light, contrast, rotation, size", pic1="")
def breaking(lab: Lab, pic1: str) -> None:
    b_breaks.study(lab, pic1)


@exercise.comparison(
    "b.speed",
    "Looking for a template: direct sums, spectra, or OpenCV?",
    reference="direct sums (conv2d)",
    devices=("cpu",),
    work=lambda side, template: Work((side - template + 1) ** 2, "places"),
    side=160,
    template=(8, 48),
)
def template_matching(lab: Lab, side: int, template: int) -> Calls:
    return b_speed.variants(lab, side, template)


@exercise.study("c", "[−1; 2; −1] in two dimensions", pic1="")
def two_dimensions(lab: Lab, pic1: str) -> None:
    c_two_dimensions.study(lab, pic1)


@exercise.study("d", "Canny, step by step", pic1="")
def edges(lab: Lab, pic1: str) -> None:
    d_edges.study(lab, pic1)


@exercise.study("d.bilateral", "The bilateral filter", pic1="")
def smoothing(lab: Lab, pic1: str) -> None:
    d_smoothing.study(lab, pic1)


@exercise.comparison(
    "d.speed",
    "The bilateral filter: by hand or OpenCV?",
    reference="shifted pictures",
    devices=("cpu",),
    tolerance=1e-4,
    work=lambda side, diameter: Work(side * side, "pixels"),
    side=128,
    diameter=9,
)
def bilateral_filtering(lab: Lab, side: int, diameter: int) -> Calls:
    return d_speed.variants(lab, side, diameter)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
