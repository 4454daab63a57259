"""What a wrong tensor has to do with the right one: a factor, a transpose, a row off. Only what the numbers show.

All functions take an output and what was expected, of one shape unless they say otherwise, in float64 on the CPU;
``allowed`` is the error relative to the largest expected value that rounding may make.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Sizes = Mapping[int, str]
"""What has a size, such as ``{125: "batch = 125"}``: a factor may be one of these."""
SLACK = 4.0
"""A relation may be missed by this many times the error that is allowed: the output has rounding of its own."""
COUNTED = 1_000_000
"""A factor that is whole, up to this, is a count rather than a measured number."""
SHOWN = 3
"""Places that are named; more do not fit into a line."""
SMALL = 3
"""A factor below this is more often a 2 that was forgotten than a size."""


def relation(output: Tensor, expected: Tensor, allowed: float, sizes: Sizes) -> str:
    """The first that holds, as what follows "it is"; empty where none does."""
    if words := factor(output, expected, allowed, sizes):
        return words
    tries: tuple[Callable[[Tensor, Tensor, float], str], ...] = (
        turned_signs,
        rearranged,
        offset,
        confined,
        shifted,
        reordered,
    )
    return next((words for attempt in tries if (words := attempt(output, expected, allowed))), "")


def near(output: Tensor, expected: Tensor, allowed: float) -> bool:
    """Whether two tensors are the same but for rounding; NaN is near nothing."""
    if output.shape != expected.shape or not output.numel():
        return False
    return bool((output - expected).abs().max() <= SLACK * allowed * expected.abs().max())


def factor(output: Tensor, expected: Tensor, allowed: float, sizes: Sizes) -> str:
    """ "−1 × the reference's: the sign is turned round", "125 × the reference's, and batch = 125"."""
    if not output.any():
        return "zero everywhere"
    # By least squares: a quotient of two elements would be as wrong as the worse of them.
    squares = float((expected * expected).sum())
    times = float((output * expected).sum()) / squares if squares else 0.0
    if not times or not math.isfinite(times) or not near(output, times * expected, allowed):
        return ""
    count, words = counted(times, SLACK * allowed)
    sign = "−" if times < 0 else ""
    if times < 0 and count == 1:
        return "−1 × the reference's: the sign is turned round"
    if not count and output.numel() == 1:
        return ""  # a single number is some multiple of any other
    what = sizes.get(count) or own_size(expected, count)
    return f"{sign}{words} × the reference's" + (f", and {what}" if what and count >= SMALL else "")


def counted(times: float, slack: float) -> tuple[int, str]:
    """A whole number that a factor is, or is one part of; 0 where it is neither. And the factor in words, unsigned."""
    size = abs(times)
    for value, form in ((size, "{}"), (1 / size, "1/{}")):
        whole = round(value)
        if 1 <= whole <= COUNTED and abs(value - whole) <= max(slack, 1e-12) * whole:
            return whole, str(whole) if whole == 1 else form.format(whole)
    return 0, f"{size:.6g}"


def own_size(tensor: Tensor, count: int) -> str:
    """Which size of a tensor a number is."""
    if count in tensor.shape:
        return f"its axis {list(tensor.shape).index(count)} has {count} elements"
    return f"it has {count} elements" if count == tensor.numel() else ""


def turned_signs(output: Tensor, expected: Tensor, allowed: float) -> str:
    if not near(output.abs(), expected.abs(), allowed):
        return ""
    return f"right in size, with the wrong sign in {share(wrong(output, expected, allowed))}"


def rearranged(output: Tensor, expected: Tensor, allowed: float) -> str:
    """Transposed, or read from the other end: a correlation in the place of a convolution."""
    if output.ndim > 1 and near(output.mT, expected, allowed):
        return "the transpose of the reference's"
    axes = range(output.ndim)
    # The last two together are how the kernel of a convolution is turned over.
    ways = [(axis,) for axis in axes] + ([(output.ndim - 2, output.ndim - 1)] if output.ndim > 1 else [])
    for way in ways:
        if near(output.flip(way), expected, allowed):
            return f"the reference's flipped along {axes_in_words(way)}"
    return ""


def axes_in_words(axes: tuple[int, ...]) -> str:
    return f"ax{'is' if len(axes) == 1 else 'es'} {' and '.join(map(str, axes))}"


def offset(output: Tensor, expected: Tensor, allowed: float) -> str:
    gap = output - expected
    constant = float(gap.mean())
    # A single number is off by some constant from any other.
    if output.numel() < 2 or not near(output - constant, expected, allowed):
        return ""
    return f"the reference's {'plus' if constant > 0 else 'minus'} {abs(constant):.6g} everywhere"


def confined(output: Tensor, expected: Tensor, allowed: float) -> str:
    """Wrong in one row, or in a few elements, and right everywhere else."""
    mask = wrong(output, expected, allowed)
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        places = (mask.any(dim=others) if others else mask).nonzero().flatten()
        # Of one or two rows a wrong one is no exception.
        if len(places) == 1 and mask.shape[axis] > 2:
            return f"wrong only at index {int(places[0])} of axis {axis}, which has {mask.shape[axis]}"
    # Nor are elements where more than a quarter are wrong.
    few = 0 < int(mask.sum()) <= mask.numel() // 4
    return f"wrong in {share(mask)}, at {', '.join(places_of(mask))}" if few else ""


def shifted(output: Tensor, expected: Tensor, allowed: float) -> str:
    """Off by one along an axis; what came in at the end may be anything."""
    for axis in range(output.ndim):
        rows = output.shape[axis]
        if rows < 3:
            continue
        for by in (1, -1):
            ours = output.narrow(axis, max(by, 0), rows - 1)
            theirs = expected.narrow(axis, max(-by, 0), rows - 1)
            if near(ours, theirs, allowed):
                return f"the reference's shifted by {'one' if by > 0 else '−1'} along axis {axis}"
    return ""


def reordered(output: Tensor, expected: Tensor, allowed: float) -> str:
    same = near(output.flatten().sort().values, expected.flatten().sort().values, allowed)
    return "the reference's values in another order" if same else ""


def reshaped(output: Tensor, expected: Tensor, allowed: float) -> str:
    """Of two shapes: how the output would become what was expected; empty where nothing simple does it."""
    if output.ndim > 1 and near(output.mT, expected, allowed):
        return "it is the transpose of the reference's"
    if output.numel() == expected.numel() and near(output.reshape(expected.shape), expected, allowed):
        return "its values are right, in another shape"
    for axis in range(output.ndim):
        for name, reduced in (("summed", output.sum(axis)), ("averaged", output.mean(axis))):
            if near(reduced, expected, allowed):
                return f"{name} over its axis {axis}, which has {output.shape[axis]}, it is the reference's"
    return ""


def not_finite(output: Tensor) -> str:
    """ "NaN in all 40 elements", "not finite in 3 of 40 elements, at [0, 1], [0, 2], …"."""
    mask = ~output.isfinite()
    what = "NaN" if bool(output[mask].isnan().all()) else "not finite"
    where = "" if bool(mask.all()) else f", at {', '.join(places_of(mask))}"
    return f"{what} in {share(mask)}{where}"


def wrong(output: Tensor, expected: Tensor, allowed: float) -> Tensor:
    """Which elements are further off than is allowed."""
    scale = (float(expected.abs().max()) if expected.numel() else 0.0) or 1.0
    return ~((output - expected).abs() <= allowed * scale)


def share(mask: Tensor) -> str:
    count, of = int(mask.sum()), mask.numel()
    return f"all {of} elements" if count == of else f"{count} of {of} elements"


def places_of(mask: Tensor) -> Iterator[str]:
    """The first places that a mask marks: "[0, 1]"."""
    marked = mask.nonzero()
    for index in marked[:SHOWN].tolist():
        yield f"[{', '.join(map(str, index))}]"
    if len(marked) > SHOWN:
        yield "…"
