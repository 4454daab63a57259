"""11b: where each of the six methods breaks."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab

from .b_figures import BROKEN, breaks_figure
from .b_matching import METHODS, NORMED, best
from .b_methods import INVARIANT
from .problem import CHANGES, Scene, luma, middle, scene, turned
from .reference import array, match_template, opencv, tensor

FOUND = 0.25
"""A match that is off by less than this part of the template's side counts as found."""


def study(lab: Lab, pic1: str) -> None:
    """The patch made brighter, paler, turned, enlarged: which method still finds it. And what holds by algebra."""
    s = scene(lab, pic1, "")
    place, side = middle(s.picture)
    found = {}
    for name, change in lab.track(CHANGES.items(), "changes"):
        template = change(s.picture, place, side)
        found[name] = template, {m: best(match_template(s.picture, template, m), m) for m in METHODS}
    errors = {name: {m: math.dist(where, place) for m, where in places.items()} for name, (_, places) in found.items()}
    lab.table(
        "How far off each method is, in pixels",
        [{"Pic2": n} | {m: round(e, 1) for m, e in row.items()} for n, row in errors.items()],
    )
    lab.metric("the side of the patch", side, "pixels")
    lab.claim("as it is: methods of six that find the patch", hits(errors["as it is"], side), at_least=4)
    brightness(lab, s)
    white_square(lab, s)
    flat_patches(lab, s)
    in_grey(lab, s, side)
    turning(lab, s, side)
    at_its_size(lab, s, side)
    lab.figure("Where each method breaks", breaks_figure(s, found, FOUND * side), BROKEN)


def hits(errors: dict[str, float], side: int) -> int:
    return sum(error <= FOUND * side for error in errors.values())


def brightness(lab: Lab, s: Scene) -> None:
    """Light that is added or multiplied, not cut off: two methods cannot see it, one pays for it exactly."""
    lifted, halved = s.template + 60, s.template / 2
    own = {m: float(match_template(s.picture, lifted, m)[s.truth]) for m in ("CCOEFF_NORMED", "SQDIFF")}
    lab.claim("CCOEFF_NORMED does not see light that is added", abs(own["CCOEFF_NORMED"] - 1), at_most=INVARIANT)
    price = 60**2 * lifted.numel()
    lab.claim(
        "SQDIFF pays 60² for every value that is 60 too bright", abs(own["SQDIFF"] / price - 1), at_most=INVARIANT
    )
    for method in ("CCORR_NORMED", "CCOEFF_NORMED"):
        off = abs(float(match_template(s.picture, halved, method)[s.truth]) - 1)
        lab.claim(f"{method} does not see a factor", off, at_most=INVARIANT)


def white_square(lab: Lab, s: Scene) -> None:
    """Σ T · 255 ≥ Σ T · T: under CCORR a white square beats the template's own place, whatever the picture."""
    h, w = s.template.shape[1:]
    picture = s.picture.clone()
    picture[:, :h, :w] = 255
    white = match_template(picture, s.template, "CCORR")
    lab.claim("CCORR: a white square's score over the true place's", white[0, 0] / white[s.truth], at_least=1)
    lab.claim(
        "CCORR: distance of its best match from the white square", math.dist(best(white, "CCORR"), (0, 0)), equals=0
    )
    fair = best(match_template(picture, s.template, "CCOEFF_NORMED"), "CCOEFF_NORMED")
    lab.claim("CCOEFF_NORMED is not misled by the white square", math.dist(fair, s.truth), equals=0)


def flat_patches(lab: Lab, s: Scene) -> None:
    """Where the picture, or the template, has no contrast, the normed coefficient is 0 / 0."""
    h, w = s.template.shape[1:]
    picture = s.picture.clone()
    picture[:, :h, :w] = 77
    lab.claim(
        "CCOEFF_NORMED: score of a flat patch",
        abs(match_template(picture, s.template, "CCOEFF_NORMED")[0, 0]),
        equals=0,
    )
    picture[:, :h, :w] = 0
    lab.claim(
        "SQDIFF_NORMED: score of a black patch", match_template(picture, s.template, "SQDIFF_NORMED")[0, 0], equals=1
    )
    lab.claim(
        "CCORR_NORMED: score of a black patch", match_template(picture, s.template, "CCORR_NORMED")[0, 0], equals=0
    )
    flat = torch.full_like(s.template, 77)
    everywhere = match_template(s.picture, flat, "CCOEFF_NORMED")
    lab.claim("a flat template: cv2's CCOEFF_NORMED is 1 everywhere", (everywhere - 1).abs().max(), equals=0)
    faint = (s.template / 16).round()
    ratio = unclipped_sqdiff(s, faint)
    lab.claim("SQDIFF_NORMED without OpenCV's cut at 1 would be", ratio, at_least=1)
    cut = float(match_template(s.picture, faint, "SQDIFF_NORMED")[s.truth])
    lab.claim("SQDIFF_NORMED there, as OpenCV gives it", cut, equals=1)


def unclipped_sqdiff(s: Scene, template: Tensor) -> float:
    """At the true place, by the definition: Σ (T − I)² / √(ΣT² ΣI²)."""
    return float((template - s.template).square().sum() / (template.norm() * s.template.norm()))


def in_grey(lab: Lab, s: Scene, side: int) -> None:
    """Is it the shape, or only the colour, by which a turned patch is found?"""
    turn = CHANGES["turned by 10°"](s.picture, s.truth, side)
    picture, template = luma(s.picture)[None], luma(turn)[None]
    for method in ("CCORR_NORMED", "SQDIFF"):
        off = math.dist(best(match_template(picture, template, method), method), s.truth)
        lab.metric(f"turned by 10°, in grey: {method} is off by", off, "pixels")


def turning(lab: Lab, s: Scene, side: int) -> None:
    """How the best score of the true place falls as the patch is turned or enlarged."""
    degrees = lab.pick(smoke=range(0, 91, 30), quick=range(0, 91, 6), full=range(0, 91, 3))
    zooms = lab.pick(smoke=(1.0, 1.5, 2.0), quick=[1 + n / 10 for n in range(11)], full=[1 + n / 20 for n in range(21)])
    patches = {
        "degrees turned": (list(map(float, degrees)), [turned(d)(s.picture, s.truth, side) for d in degrees]),
        "times enlarged": (list(zooms), [turned(0, z)(s.picture, s.truth, side) for z in zooms]),
    }
    for change, (x, templates) in patches.items():
        for method in NORMED:
            y = [float(match_template(s.picture, t, method)[s.truth]) for t in templates]
            lab.curve(f"Score at the true place: {change}", x, y, series=method, x_label=change, y_label="score")


def at_its_size(lab: Lab, s: Scene, side: int) -> None:
    """The remedy: an enlarged template is made smaller step by step, and the best of all scores is taken."""
    cv2 = opencv()
    large = turned(0, 1.5)(s.picture, s.truth, side)
    trials = []
    for scale in (1, 1 / 1.2, 1 / 1.35, 1 / 1.5, 1 / 1.65, 1 / 1.8):
        size = round(scale * side)
        template = tensor(cv2.resize(array(large), (size, size), interpolation=cv2.INTER_AREA), large)
        scores = match_template(s.picture, template, "CCOEFF_NORMED")
        y, x = best(scores, "CCOEFF_NORMED")
        trials.append((float(scores[y, x]), (y + size / 2, x + size / 2), 1 / scale))
    top, centre, zoom = max(trials)
    off = math.dist(centre, [corner + side / 2 for corner in s.truth])
    lab.claim("1.5 times as large, looked for at six sizes: off by", off, at_most=2)
    lab.metric("the size at which it was found", zoom, "×")
    lab.metric("its score there", top)
