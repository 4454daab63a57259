"""11b: Pic2 in Pic1 by the six methods."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, relative_error

from .b_figures import CAPTION, methods_figure
from .b_matching import METHODS, best, correlation, correlation_directly, score
from .b_mistakes import SCORES
from .problem import Scene, scene
from .reference import match_template

SAME, OFF = "{}: by hand = cv2.matchTemplate", "{}: distance from where Pic2 was cut out"
INVARIANT = 1e-5
"""What float32 leaves of an exact statement about ``cv2.matchTemplate``."""


def study(lab: Lab, pic1: str, pic2: str) -> None:
    """All six scores of Pic2 over Pic1, by hand and by OpenCV; the best match of each."""
    s = scene(lab, pic1, pic2)
    scores = {method: score(s.picture, s.template, method) for method in METHODS}
    theirs = {method: match_template(s.picture, s.template, method) for method in METHODS}
    for method in METHODS:
        lab.claim(SAME.format(method), relative_error(theirs[method], scores[method]), at_most=1e-5)
    lab.claim("spectra = direct sums", direct_error(s), at_most=1e-10)
    found = {method: best(theirs[method], method) for method in METHODS}
    same = [best(scores[method], method) == found[method] for method in METHODS]
    lab.claim("methods whose best match is the same by hand", sum(same), equals=len(METHODS))
    if s.place is not None:
        exact_copy(lab, s, (scores, theirs))
    break_it(lab, *mistakes(s, theirs))
    lab.table("Where each method finds Pic2", [row(method, theirs[method], s) for method in METHODS])
    lab.figure("Pic2 in Pic1", methods_figure(s, theirs, found), CAPTION)


def direct_error(s: Scene) -> float:
    """On a corner of Pic1 with a corner of Pic2: the direct sum is too slow for the whole."""
    picture, template = s.picture[:, :48, :64], s.template[:, :12, :9]
    return relative_error(correlation(picture, template), correlation_directly(picture, template))


def exact_copy(lab: Lab, s: Scene, both: tuple[Mapping[str, Tensor], Mapping[str, Tensor]]) -> None:
    """Pic2 was cut out of Pic1. By Cauchy and Schwarz no place beats its own under a normed score or SQDIFF: neither
    by hand nor in OpenCV."""
    for method in METHODS:
        off = largest(math.dist(best(scores[method], method), s.truth) for scores in both)
        if method in ("CCORR", "CCOEFF"):
            lab.metric(OFF.format(method), off, "pixels")
        else:
            lab.claim(OFF.format(method), off, equals=0)
    for method, perfect in (("CCORR_NORMED", 1), ("CCOEFF_NORMED", 1), ("SQDIFF_NORMED", 0)):
        off = largest(abs(float(scores[method][s.truth]) - perfect) for scores in both)
        lab.claim(f"{method}: the copy's own score is {perfect}, up to", off, at_most=INVARIANT)
    # Levels are whole numbers, so that any other window scores 1 or more.
    copies = (both[0]["SQDIFF"] < 0.5).sum()
    lab.claim("SQDIFF by hand: places with the score 0", copies, equals=1, as_declared=True)
    lab.metric("SQDIFF: OpenCV's score of the copy", both[1]["SQDIFF"][s.truth])
    cut_off = (both[1]["SQDIFF_NORMED"] >= 1).double().mean()
    lab.metric("SQDIFF_NORMED: places of Pic1 at which OpenCV cuts it off at 1", 100 * cut_off, "%")


def mistakes(s: Scene, theirs: Mapping[str, Tensor]) -> list[Mistake]:
    """The classic slips: in a score against OpenCV's, in what is read off it against the truth, where it is known."""
    found = [
        Mistake(
            name=name, fails=SAME.format(method), value=relative_error(theirs[method], wrong(s.picture, s.template))
        )
        for name, (method, wrong) in SCORES.items()
    ]
    if s.place is not None:
        (y, x), worst = best(theirs["CCORR_NORMED"], "CCORR_NORMED"), best(-theirs["SQDIFF"], "SQDIFF")
        slips = {
            "the largest SQDIFF taken": ("SQDIFF", worst),
            "minMaxLoc's (x, y) read as (y, x)": ("CCORR_NORMED", (x, y)),
        }
        found += [
            Mistake(name=name, fails=OFF.format(method), value=math.dist(place, s.place))
            for name, (method, place) in slips.items()
        ]
    return found


def elsewhere(scores: Tensor, method: str, shape: tuple[int, int]) -> float:
    """The best score of all places more than half a template away from the best."""
    (y, x), (h, w) = best(scores, method), shape
    others = scores.clone()
    others[max(0, y - h // 2) : y + h // 2 + 1, max(0, x - w // 2) : x + w // 2 + 1] = math.nan
    rest = others[~others.isnan()]
    return float(rest.min() if method.startswith("SQDIFF") else rest.max())


def row(method: str, scores: Tensor, s: Scene) -> dict[str, Any]:
    y, x = best(scores, method)
    h, w = s.template.shape[1:]
    return {
        "method": f"TM_{method}",
        "the best is the": "least" if method.startswith("SQDIFF") else "largest",
        "x": x,
        "y": y,
        "score": float(f"{float(scores[y, x]):.4g}"),
        "best score elsewhere": float(f"{elsewhere(scores, method, (h, w)):.4g}"),
        "off by (pixels)": None if s.place is None else round(math.dist((y, x), s.place), 1),
    }
