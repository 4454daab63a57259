"""11b: where each of the six methods breaks."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest

from .b_figures import BROKEN, breaks_figure
from .b_matching import METHODS, NORMED, best, score
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
    means_taken_away(lab, errors, side)
    brightness(lab, s)
    white_square(lab, s)
    flat_patches(lab, s)
    in_grey(lab, s, side)
    turning(lab, s, side)
    at_its_size(lab, s, side)
    lab.figure("Where each method breaks", breaks_figure(s, found, FOUND * side), BROKEN)


def means_taken_away(lab: Lab, errors: dict[str, dict[str, float]], side: int) -> None:
    """Turned or enlarged, the methods that look at shape alone take another place; those that see the level do not."""
    posed = [errors[name] for name in ("turned by 10°", "turned by 45°", "1.5 times as large")]
    lost = smallest(row[method] for row in posed for method in ("CCOEFF", "CCOEFF_NORMED"))
    near = largest(row[method] for row in posed for method in ("CCORR_NORMED", "SQDIFF", "SQDIFF_NORMED"))
    never = smallest(row["CCORR"] for row in errors.values())
    lab.claim("CCORR: off in every row by at least (pixels)", never, at_least=FOUND * side, as_declared=True)
    name = "turned or enlarged: {} are off by at {} (pixels)"
    # Of a patch of 29 pixels, in smoke, too little turns or grows for them to lose it.
    least = lab.pick(smoke=0, quick=side, full=side)
    lab.claim(name.format("CCOEFF and CCOEFF_NORMED", "least"), lost, at_least=least, as_declared=True)
    name = name.format("CCORR_NORMED and the squared differences", "most")
    lab.claim(name, near, at_most=side / 2, as_declared=True)


def hits(errors: dict[str, float], side: int) -> int:
    return sum(error <= FOUND * side for error in errors.values())


def both(picture: Tensor, template: Tensor, method: str) -> tuple[Tensor, Tensor]:
    """The score by hand, and OpenCV's."""
    return score(picture, template, method), match_template(picture, template, method)


def at(s: Scene, template: Tensor, method: str) -> tuple[float, float]:
    """Both scores of a template at the place where Pic2 was cut out."""
    ours, theirs = both(s.picture, template, method)
    return float(ours[s.truth]), float(theirs[s.truth])


def apart(found: tuple[float, float], expected: float) -> float:
    return largest(abs(value - expected) for value in found)


def brightness(lab: Lab, s: Scene) -> None:
    """Light that is added or multiplied, not cut off: two methods cannot see it, one pays for it exactly."""
    lifted, halved = s.template + 60, s.template / 2
    off = apart(at(s, lifted, "CCOEFF_NORMED"), 1)
    lab.claim("CCOEFF_NORMED does not see light that is added", off, at_most=INVARIANT)
    price = 60**2 * lifted.numel()
    paid = apart(at(s, lifted, "SQDIFF"), price) / price
    lab.claim("SQDIFF pays 60² for every value that is 60 too bright", paid, at_most=INVARIANT)
    for method in ("CCORR_NORMED", "CCOEFF_NORMED"):
        lab.claim(f"{method} does not see a factor", apart(at(s, halved, method), 1), at_most=INVARIANT)


def white_square(lab: Lab, s: Scene) -> None:
    """Σ T · 255 ≥ Σ T · T: under CCORR a white square beats the template's own place, whatever the picture."""
    h, w = s.template.shape[1:]
    picture = s.picture.clone()
    picture[:, :h, :w] = 255
    ratio = tuple(float(found[0, 0] / found[s.truth]) for found in both(picture, s.template, "CCORR"))
    said = float(255 * s.template.sum() / s.template.square().sum())
    lab.claim("CCORR: a white square's score over the true place's", smallest(ratio), at_least=1)
    lab.claim(
        "CCORR: that quotient is 255 ΣT / ΣT², up to", apart((ratio[0], ratio[1]), said) / said, at_most=INVARIANT
    )
    white = [best(found, "CCORR") for found in both(picture, s.template, "CCORR")]
    off = largest(math.dist(place, (0, 0)) for place in white)
    lab.claim("CCORR: distance of its best match from the white square", off, equals=0)
    fair = [best(found, "CCOEFF_NORMED") for found in both(picture, s.template, "CCOEFF_NORMED")]
    off = largest(math.dist(place, s.truth) for place in fair)
    lab.claim("CCOEFF_NORMED is not misled by the white square", off, equals=0)


def flat_patches(lab: Lab, s: Scene) -> None:
    """Where the picture, or the template, has no contrast, the normed coefficient is 0 / 0."""
    h, w = s.template.shape[1:]
    picture = s.picture.clone()
    for level, method, name, expected in (
        (77, "CCOEFF_NORMED", "flat", 0),
        (0, "SQDIFF_NORMED", "black", 1),
        (0, "CCORR_NORMED", "black", 0),
    ):
        picture[:, :h, :w] = level
        ours, theirs = (float(found[0, 0]) for found in both(picture, s.template, method))
        answer = theirs if ours == theirs else math.nan
        lab.claim(f"{method}: score of a {name} patch", answer, equals=expected)
    flat = torch.full_like(s.template, 77)
    everywhere = match_template(s.picture, flat, "CCOEFF_NORMED")
    lab.claim("a flat template: cv2's CCOEFF_NORMED is 1 everywhere", (everywhere - 1).abs().max(), equals=0)
    faint = (s.template / 16).round()
    # T/16 for T: (15/16)² ΣT² over ΣT² / 16 is 14.1, and rounding to whole levels changes little.
    lab.claim("SQDIFF_NORMED without OpenCV's cut at 1 would be", unclipped_sqdiff(s, faint), at_least=10)
    ours, theirs = at(s, faint, "SQDIFF_NORMED")
    lab.claim("SQDIFF_NORMED there, as OpenCV gives it", theirs if ours == theirs else math.nan, equals=1)


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
