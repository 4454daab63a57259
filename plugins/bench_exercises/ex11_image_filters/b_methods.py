"""11b: Pic2 in Pic1 by the six methods."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from bench import Lab
from bench.kit.compare import relative_error

from .b_figures import CAPTION, methods_figure
from .b_matching import METHODS, best, correlation, correlation_directly, score
from .problem import Scene, scene
from .reference import match_template

INVARIANT = 1e-5
"""What float32 leaves of an exact statement about ``cv2.matchTemplate``."""


def study(lab: Lab, pic1: str, pic2: str) -> None:
    """All six scores of Pic2 over Pic1, by hand and by OpenCV; the best match of each."""
    s = scene(lab, pic1, pic2)
    scores = {method: score(s.picture, s.template, method) for method in METHODS}
    theirs = {method: match_template(s.picture, s.template, method) for method in METHODS}
    for method in METHODS:
        lab.claim(
            f"{method}: by hand = cv2.matchTemplate", relative_error(theirs[method], scores[method]), at_most=1e-5
        )
    lab.claim("spectra = direct sums", direct_error(s), at_most=1e-10)
    found = {method: best(theirs[method], method) for method in METHODS}
    same = [best(scores[method], method) == found[method] for method in METHODS]
    lab.claim("methods whose best match is the same by hand", sum(same), equals=len(METHODS))
    if s.place is not None:
        exact_copy(lab, theirs, found, s.place)
    lab.table("Where each method finds Pic2", [row(method, theirs[method], s.place) for method in METHODS])
    lab.figure("Pic2 in Pic1", methods_figure(s, theirs, found), CAPTION)


def direct_error(s: Scene) -> float:
    """On a corner of Pic1 with a corner of Pic2: the direct sum is too slow for the whole."""
    picture, template = s.picture[:, :48, :64], s.template[:, :12, :9]
    return relative_error(correlation(picture, template), correlation_directly(picture, template))


def exact_copy(lab: Lab, scores: dict[str, Tensor], found: dict[str, tuple[int, int]], place: tuple[int, int]) -> None:
    """Pic2 was cut out of Pic1. By Cauchy and Schwarz no place beats its own under a normed score or SQDIFF."""
    for method in METHODS:
        off = math.dist(found[method], place)
        if method in ("CCORR", "CCOEFF"):
            lab.metric(f"{method}: distance from where Pic2 was cut out", off, "pixels")
        else:
            lab.claim(f"{method}: distance from where Pic2 was cut out", off, equals=0)
    for method, perfect in (("CCORR_NORMED", 1), ("CCOEFF_NORMED", 1), ("SQDIFF_NORMED", 0)):
        off = abs(float(scores[method][place]) - perfect)
        lab.claim(f"{method}: the copy's own score is {perfect}, up to", off, at_most=INVARIANT)


def row(method: str, scores: Tensor, place: tuple[int, int] | None) -> dict[str, Any]:
    y, x = best(scores, method)
    return {
        "method": f"TM_{method}",
        "the best is the": "least" if method.startswith("SQDIFF") else "largest",
        "x": x,
        "y": y,
        "score": float(f"{float(scores[y, x]):.4g}"),
        "off by (pixels)": None if place is None else round(math.dist((y, x), place), 1),
    }
