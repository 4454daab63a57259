"""The contact sheets of 11b."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from torch import Tensor

from . import figures
from .b_matching import METHODS
from .problem import Scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAPTION = (
    "Above, Pic1 with the best match of every method, and Pic2. Below, the six scores at every place of Pic2's middle, "
    "with the best one marked: the largest for the correlations, the least for the squared differences."
)

BROKEN = (
    "Pic2 as it is looked for (upper left) and the best matches. A green frame is within a quarter of the side of Pic2 "
    "of the truth, an orange one is not. The numbers are the methods: "
    + ", ".join(f"{number} {method}" for number, method in enumerate(METHODS, 1))
    + "."
)

Place = tuple[int, int]
Found = Mapping[str, Place]


def methods_figure(s: Scene, scores: Mapping[str, Tensor], found: Found) -> Figure:
    """Pic1 with all best matches, Pic2, and six maps of scores."""
    from matplotlib.figure import Figure

    height, width = s.picture.shape[1:]
    tall = figures.WIDTH / 3 * height / width
    figure = Figure(figsize=(figures.WIDTH, 3.8 * tall + 1.6), facecolor="white", layout="constrained")
    grid = figure.add_gridspec(3, 3, height_ratios=(2 * tall, tall + 0.35, tall + 0.35))
    first, second = figure.add_subplot(grid[0, :2]), figure.add_subplot(grid[0, 2])
    figures.colour(first, s.picture, "Pic1 and the best matches")
    frames(first, s, found, near=0, write=label)
    figures.colour(second, s.template, f"Pic2, {s.template.shape[2]} × {s.template.shape[1]} pixels")
    for cell, method in zip((grid[r, c] for c in range(3) for r in (1, 2)), METHODS, strict=True):
        score_map(figure.add_subplot(cell), s, scores[method], best=found[method], method=method)
    return figure


def frames(axes: Axes, s: Scene, found: Found, *, near: float, write: Callable[[list[str]], str]) -> None:
    """A green frame with its label below where a match is as near as ``near`` to the truth, or nothing is known of
    that; an orange frame with its label above elsewhere."""
    _, height, width = s.template.shape
    right = {m: p for m, p in found.items() if s.place is None or math.dist(p, s.place) <= near}
    wrong = {m: p for m, p in found.items() if m not in right}
    for tint, places in ((figures.ORANGE, wrong), (figures.GREEN, right)):
        for place, methods in grouped(places, 0.3 * max(height, width)).items():
            figures.box(axes, place, (height, width), tint=tint, label=write(methods), below=places is right)


def grouped(found: Found, apart: float) -> dict[Place, list[str]]:
    """The methods by their places; places less than ``apart`` from each other share a frame."""
    groups: dict[Place, list[str]] = {}
    for method, place in found.items():
        near = next((other for other in groups if math.dist(place, other) < apart), place)
        groups.setdefault(near, []).append(method)
    return groups


def label(methods: list[str]) -> str:
    """Names side by side, two in a line."""
    return "\n".join(", ".join(methods[n : n + 2]) for n in range(0, len(methods), 2))


def score_map(axes: Axes, s: Scene, scores: Tensor, *, best: Place, method: str) -> None:
    """Scores in the frame of Pic1, each at the middle of the template that it belongs to."""
    (H, W), (h, w) = s.picture.shape[1:], s.template.shape[1:]
    left, top = (w - 1) / 2, (h - 1) / 2
    extent = (left - 0.5, left + scores.shape[1] - 0.5, top + scores.shape[0] - 0.5, top - 0.5)
    values = scores.cpu().numpy()
    image = axes.imshow(values, cmap="viridis", extent=extent)
    axes.set(xlim=(-0.5, W - 0.5), ylim=(H - 0.5, -0.5), facecolor="#EEEEEE")
    kind = "least" if method.startswith("SQDIFF") else "largest"
    value = short(float(values[best]))
    figures.titled(axes, f"{method}: {kind} {value}")
    axes.plot(best[1] + left, best[0] + top, marker="o", ms=11, mfc="none", mec="white", mew=3.4)
    axes.plot(best[1] + left, best[0] + top, marker="o", ms=11, mfc="none", mec=figures.RED, mew=1.6)
    low, high = float(values.min()), float(values.max())
    figures.scale(axes, image, (low, high), write=short)


def short(value: float) -> str:
    """A score in three digits: 0.997, −0.302, 4.83·10⁸."""
    size = abs(value)
    if size and not 1e-3 <= size < 1e4:
        mantissa, exponent = f"{size:.2e}".split("e")
        text = f"{mantissa}·10{str(int(exponent)).translate(RAISED)}"
    else:
        text = f"{size:.3f}" if size < 10 else f"{size:.0f}"
    return "−" + text if value < 0 else text


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def breaks_figure(s: Scene, found: Mapping[str, tuple[Tensor, Found]], near: float) -> Figure:
    """One panel a change: the changed template, and where the methods, by number, find it."""
    figure, panels = figures.sheet(3, 2, s.picture, extra=0.3)
    for axes, (name, (template, places)) in zip(panels.flat, found.items(), strict=True):
        figures.colour(axes, 0.55 * s.picture + 0.45 * 255, f"Pic2 {name}")
        frames(axes, s, places, near=near, write=numbers)
        inset = axes.inset_axes((0.012, 0.62, 0.25, 0.36))
        inset.imshow((template / 255).clamp(0, 1).movedim(0, -1).cpu().numpy())
        inset.set(xticks=[], yticks=[])
    return figure


def numbers(methods: list[str]) -> str:
    return " ".join(str(METHODS.index(method) + 1) for method in methods)
