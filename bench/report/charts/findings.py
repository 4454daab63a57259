"""What a chart shows, in one line: pure functions of its numbers, and none of them in profile smoke."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.analysis import quantities
from bench.report.charts import naming
from bench.report.charts.model import Line, Panel

Cell = tuple[str, float, str | None]
"""One ratio of a variant: its column, how many times as fast it is, and the verdict."""
NEAR_END = 0.05
BRIEF = 20
"""Letters of a name that may be said twice in one line."""
WORDS = {"batch": "batch size"}
PASSING = re.compile(r"\b(iteration|epoch|step|update|second|time|evaluation|image|batch seen)(e?s)?\b", re.IGNORECASE)
"""Axes along which something goes on, and so ends."""
STRAIGHT = 0.98
"""A power law explains so much of the variance of the logarithms."""


def ratios(rows: Mapping[str, Sequence[Cell]], reference: str, parameter: str) -> str:
    """ "by hand is 1.6 to 8.5 × faster at every batch"; what is said is said by verdicts alone."""
    total = max((len(cells) for cells in rows.values()), default=0)
    everywhere = (
        f" at every {WORDS.get(parameter, f'value of {parameter}')}"
        if parameter and total > 1
        else " in every setting"
        if total > 1
        else ""
    )
    always = [name for name, cells in rows.items() if len(cells) == total and _all(cells, "faster")]
    if always:
        best = max(always, key=lambda name: min(c for _, c, _ in rows[name]))
        return f"{best} is {_range(rows[best])} × faster than {reference}{everywhere}"
    sometimes = {name: [c for c in cells if c[2] == "faster"] for name, cells in rows.items()}
    best = max(
        sometimes,
        key=lambda name: (len(sometimes[name]), max((c for _, c, _ in sometimes[name]), default=0)),
        default="",
    )
    if best and sometimes[best]:
        won = sometimes[best]
        where = f" at {len(won)} of {total} settings" if total > 1 else ""
        return f"{best} is {_range(won)} × faster than {reference}{where}"
    if rows and all(_all(cells, "slower") for cells in rows.values()):
        who = "every variant" if len(rows) > 1 else next(iter(rows))
        return f"{who} is slower than {reference}{everywhere}"
    slower = [name for name, cells in rows.items() if any(v == "slower" for _, _, v in cells)]
    if slower:
        return f"none is faster than {reference}; slower: {_listed(slower)}"
    return f"no difference from {reference} was detected" if rows else ""


def _all(cells: Sequence[Cell], verdict: str) -> bool:
    return bool(cells) and all(v == verdict for _, _, v in cells)


def _range(cells: Sequence[Cell]) -> str:
    low, high = min(c for _, c, _ in cells), max(c for _, c, _ in cells)
    # What is faster is not 1 × as fast.
    first, last, _ = quantities.told_apart((low, high, 1.0))
    return first if first == last else f"{first} to {last}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def noise(heights: Mapping[str, float]) -> str:
    """ "the smaller the batch, the noisier: band 0.9 at 1, 0.1 at 50" where the noise follows a number in the labels;
    else the noisiest and the calmest."""
    if paired := split_noise(heights):
        return paired
    if len(heights) < 2:
        return next((f"a band {_number(height)} high" for height in heights.values()), "")
    split = [re.fullmatch(r"(.*?)[ =]*(-?[\d.]+)", label) for label in heights]
    if all(split) and len({found[1] for found in split if found}) == 1:
        word = next(found[1].strip() for found in split if found)
        pairs = sorted(
            (float(found[2]), height) for found, height in zip(split, heights.values(), strict=True) if found
        )
        falls = [a > b for (_, a), (_, b) in pairwise(pairs)]
        if all(falls) or not any(falls):
            (first, first_height), (last, last_height) = pairs[0], pairs[-1]
            order = "smaller" if all(falls) else "larger"
            high, low = quantities.told_apart((first_height, last_height))
            ends = f"band {high} at {first:g}, {low} at {last:g}"
            return f"the {order} the {word or 'value'}, the noisier: {ends}"
    most, least = max(heights, key=heights.__getitem__), min(heights, key=heights.__getitem__)
    high, low = quantities.told_apart((heights[most], heights[least]))
    return f"noisiest: {most}, a band of {high}; calmest: {least}, {low}"


def split_noise(heights: Mapping[str, float]) -> str:
    """The same of panels by train and test: what is said holds for each of them, and the numbers are the first's."""
    words: dict[str, dict[str, float]] = {}
    for label, height in heights.items():
        word, rest = naming.split_word(label)
        words.setdefault(word, {})[rest] = height
    if "" in words or len(words) < 2:
        return ""
    said = [noise(each) for each in words.values()]
    alike = {text.partition(":")[0] for text in said}
    if len(alike) > 1 or not said[0].startswith("the "):
        return ""
    return f"{said[0]} ({next(iter(words))})"


def passes(x_label: str) -> bool:
    """Whether lines over this axis come to an end of which one may speak: not those over recall or a batch size."""
    return not x_label or PASSING.search(x_label) is not None


def law(panels: Sequence[Panel]) -> str:
    """ "variance falls as B^-1.02 (∝ 1/B: B^-1)" of one panel, where a power fits; else nothing."""
    if len(panels) != 1 or not (panels[0].log_x and panels[0].log_y):
        return ""
    panel, symbol = panels[0], _symbol(panels[0].x_label)
    powers = {line.label: _power(line) for line in panel.lines}
    claimed = {label: power for label, power in powers.items() if "∝" in label}
    measured = [power for label, power in powers.items() if label not in claimed]
    if len(measured) != 1 or measured[0] is None or not panel.y_label:
        return ""
    said = f"{panel.y_label} {'falls' if measured[0] < 0 else 'grows'} as {symbol}^{measured[0]:.2f}"
    beside = [f"{label}: {symbol}^{power:.2f}" for label, power in claimed.items() if power is not None]
    return f"{said} ({'; '.join(beside)})" if beside else said


def _symbol(x_label: str) -> str:
    """ "B" of "batch size B"; else the words in brackets."""
    last = x_label.split()[-1] if x_label.split() else "x"
    return last if len(last) == 1 else f"({x_label})"


def _power(line: Line) -> float | None:
    """The slope of logarithms by least squares; None where a straight line does not fit them."""
    points = [(math.log(x), math.log(y)) for x, y in zip(line.x, line.y, strict=True) if x > 0 and y > 0]
    if len(points) < 3:
        return None
    xs, ys = zip(*points, strict=True)
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((x - middle_x) ** 2 for x in xs)
    up = sum((y - middle_y) ** 2 for y in ys)
    both = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return both / across if across and up and both**2 >= STRAIGHT * across * up else None


def ends(lines: Sequence[Line], where: str = "") -> str:
    """ "by hand ends lowest, at 0.03; autograd highest, at 0.5"; of two lines both, of one from where to where.

    All lines are ranked where each of them ends, and what ends early is said to.
    """
    shown = [line for line in lines if line.y and not line.faint]
    if not shown:
        return ""
    if len({line.label for line in shown}) == 1:
        return _course(shown, naming.comma(where, shown[0].label.replace(" = ", " and ")))
    start, last_x = min(line.x[0] for line in shown), max(line.x[-1] for line in shown)
    # A line that was thinned, or has no value at the end that a logarithm takes, ends a little earlier.
    early = [line.label for line in shown if line.x[-1] < last_x - NEAR_END * abs(last_x - start)]
    who = early[0].replace(" = ", " and ") if early and len(early[0]) <= BRIEF else "one"
    stopped = f" ({who if len(early) == 1 else 'some'} earlier)" if early else ""
    return (f"{where}: " if where else "") + _ranked(shown) + stopped


def _course(lines: Sequence[Line], what: str) -> str:
    """Lines of one name, such as those of seeds, from where to where."""
    name = f"{what}: " if what else ""
    if len(lines) == len(lines[0].y) == 1:
        return ""
    if len({y for line in lines for y in line.y}) == 1:
        return f"{name}stays at {_number(lines[0].y[0])}"
    last = sorted(line.y[-1] for line in lines)
    if len(lines) > 1:
        low, high = quantities.told_apart((last[0], last[-1]))
        return f"{name}ends at {low}" + (f" to {high}" if low != high else "")
    first, end = quantities.told_apart((lines[0].y[0], last[0]))
    return f"{name}from {first} to {end}"


def _ranked(lines: Sequence[Line]) -> str:
    """How lines stand where they end; those that look alike are named together."""
    order = sorted(lines, key=lambda line: line.y[-1])
    texts = quantities.told_apart([line.y[-1] for line in order])
    low, high = (
        [line.label.replace(" = ", " and ") for line, t in zip(order, texts, strict=True) if t == text]
        for text in (texts[0], texts[-1])
    )
    if texts[0] == texts[-1]:
        who = "all" if len(low) > 2 else _listed(low)
        same = order[0].y[-1] == order[-1].y[-1]
        return f"{who} end at {texts[0]}" if same else f"{who} end at {texts[0]}, the same to four digits"
    verb = "end" if len(low) > 1 or " = " in order[0].label else "ends"
    if len(order) == 2:
        return f"{low[0]} {verb} at {texts[0]}, {high[0]} at {texts[-1]}"
    return f"{_most(low)} {verb} lowest, at {texts[0]}; {_most(high)} highest, at {texts[-1]}"


def _most(names: Sequence[str]) -> str:
    return _listed(names) if len(names) < 3 else f"{len(names)} lines"


def least(values: Mapping[str, float], what: str, units: quantities.Units) -> str:
    """ "the least memory: by hand, 1.5 MiB"."""
    if not values:
        return ""
    best = min(values, key=values.__getitem__)
    scale, unit = quantities.unit_for(values[best], units)
    if max(values.values()) == values[best] and len(values) > 1:
        return f"the same {what} for all: {quantities.number(values[best] / scale, 2)} {unit}"
    texts = dict(zip(values, quantities.told_apart([value / scale for value in values.values()], 2, 3), strict=True))
    alike = [name for name, text in texts.items() if text == texts[best]]
    if len(alike) == len(values) > 1:
        return f"about the same {what} for all: {texts[best]} {unit}"
    return f"least {what}: {_listed(alike)}, {texts[best]} {unit}"


def growth(name: str, parameter: str, first: tuple[float, float], last: tuple[float, float], knee: float | None) -> str:
    """How the time of one variant grows along a parameter, and where it begins to."""
    (low, start), (high, end) = first, last
    grown = f"{quantities.number(end / start, 2)} × the time for {quantities.number(high / low, 2)} × the {parameter}"
    bend = f"; it hardly grows below {parameter} {quantities.number(knee, 2)}" if knee else ""
    return f"{name}: {grown}{bend}" if low > 0 and start > 0 else ""


def front(best: Sequence[str]) -> str:
    """Which variants no other beats in both time and memory, from the fastest to the one of least memory."""
    if not best:
        return ""
    if len(best) == 1:
        return f"least time and least memory: {best[0]}"
    between = f"; in between: {'; '.join(best[1:-1])}" if len(best) > 2 else ""
    return f"least time: {best[0]}; least memory: {best[-1]}{between}"


@dataclass(frozen=True, slots=True)
class Reached:
    """Which share of its roof a variant reaches at a value of what is swept; ``beyond`` the flat roof."""

    variant: str
    at: float
    share: float
    beyond: bool


def roof(reached: Sequence[Reached], limits: Mapping[float, str], parameter: str) -> str:
    """ "nearest to the roof: by hand, 34 % of it at batch 50; memory is the limit at every batch size"."""
    best = max(reached, key=lambda each: each.share)
    where = f" at {parameter} {quantities.number(best.at)}" if len(limits) > 1 else ""
    if best.share <= 1:
        said = f"nearest to the roof: {best.variant}, {_number(100 * best.share)} % of it{where}"
    else:
        which = "flat roof" if best.beyond else "roof of memory, from cache"
        said = f"{best.variant} reaches {_number(best.share)} × the {which}{where}"
    return f"{said}; {_limits(limits, parameter)}"


def _limits(limits: Mapping[float, str], parameter: str) -> str:
    """Which roof is over which values, in their order."""
    ordered = [limits[at] for at in sorted(limits)]
    changes = [i for i in range(1, len(ordered)) if ordered[i] != ordered[i - 1]]
    if not changes:
        everywhere = f" at every {WORDS.get(parameter, f'value of {parameter}')}" if len(ordered) > 1 else ""
        return f"{ordered[0]} is the limit{everywhere}"
    if len(changes) > 1:
        return f"memory is the limit at {ordered.count('memory')} of {len(ordered)} settings"
    at = quantities.number(sorted(limits)[changes[0]])
    return f"{ordered[0]} is the limit below {parameter} {at}, {ordered[-1]} from there on"


def _number(value: float) -> str:
    return quantities.number(value, 2)
