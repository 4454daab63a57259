"""What is said of a device matrix, wherever it is said."""

from __future__ import annotations

from dataclasses import replace

from bench.analysis import quantities, statistics
from bench.analysis.between import Change
from bench.analysis.matrix import Cell, Line, Matrix, Spot
from bench.report import bars, summary

ACROSS = (
    "Ratios are across devices and machines, to the first column, and not paired: each column was measured at a moment "
    "of its own, and what slowed one of them down does not fall out. The noise floors of both places that are known "
    "are in every interval."
)

NOWHERE = "\0"
"""No device is called so."""


def headline(matrix: Matrix) -> str:
    """ "12 times on 3 devices"."""
    return f"{summary.plural(len(matrix.lines), 'case')} on {summary.plural(len(matrix.spots), 'kind')} of device"


def label(line: Line) -> str:
    """The case, whose device stands in the head of the column."""
    marked = replace(line.case, device=NOWHERE).label
    return marked.replace(f" on {NOWHERE}", "", 1)


def where(spot: Spot) -> str:
    """ "node-1, node-3": nothing where the only place has no name."""
    return ", ".join(filter(None, spot.places))


def cell(told: Cell | None) -> tuple[str, str]:
    """The time, and the ratio to the first column in words; both empty for a case that is not there."""
    if told is None:
        return "", ""
    if told.record.outcome != "ok":
        return told.record.outcome, ""
    return statistics.time_in_words(told.time), ratio(told.change) or told.why


def ratio(change: Change | None) -> str:
    """ "3.9 × faster (3.8 to 4.0)"; "no difference shown (0.97 to 1.03)" where the interval holds 1."""
    if change is None:
        return ""
    if change.high > quantities.HOPELESS * change.low:
        return "nothing is known"
    if change.low <= 1 <= change.high:
        return (
            f"no difference shown ({quantities.number(1 / change.high, 3)} to {quantities.number(1 / change.low, 3)})"
        )
    slower = change.low > 1
    ends = (change.low, change.high) if slower else (1 / change.high, 1 / change.low)
    centre = change.centre if slower else 1 / change.centre
    middle, low, high = bars.rounded(centre, *ends)
    return f"{middle} × {'slower' if slower else 'faster'} ({low} to {high})"
