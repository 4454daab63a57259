"""What is asked of the measuring, and whether what was measured meets it. Pure; what is not a number never does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from bench.analysis import quantities
from bench.analysis.statistics import LEVEL
from bench.selftest import chance
from bench.selftest.known import MEGABYTE
from bench.selftest.planted import PLANTED
from bench.selftest.readings import Failure, Measure, Reading, Work
from bench.selftest.surroundings import Surroundings

State = Literal["holds", "fails", "not judged"]

WIDTHS: Sequence[tuple[str, Callable[[list[float]], float], float]] = (
    ("median", median, 0.015),
    ("largest", max, 0.05),
)
"""Of the intervals of identical code."""
FOUND = {0.02: 0.60, 0.05: 0.95, 0.10: 0.95}
"""The share of planted slow-downs that is to be found on a quiet machine."""
LARGE, FOUND_BUSY = 0.05, 0.90
"""Beside others, for slow-downs of this size and more: found, or said to be inconclusive with its cause."""
OFF = 0.005
"""How far the median of the measured slow-downs may be from the planted one, as a share of the reference's time."""
SPIN = {"cpu": 0.01, "cuda": 0.02}
ALLOCATION = 0.01
ALLOCATION_BYTES = 2 * MEGABYTE
SPIKE = 0.5
"""The share of a spike that must be seen."""
NOTHING_SECONDS = 5e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was asked, in words: what was measured, the goal, and whether it is met. ``note`` says why it was
    not judged, or what else there is to know."""

    what: str
    measured: str
    goal: str
    state: State
    note: str = ""


def judge(
    readings: Sequence[Reading],
    measures: Sequence[Measure],
    failures: Sequence[Failure],
    surroundings: Surroundings,
    device: str = "cpu",
) -> tuple[Check, ...]:
    """Every check, in the order in which it is told."""
    return (
        *(alarms(readings, work) for work in ("real", "planted")),
        *widths(readings, surroundings),
        *(found(readings, share, surroundings) for share in PLANTED.values()),
        *(accuracy(readings, share, surroundings) for share in PLANTED.values()),
        *(of_known_size(measure, surroundings, device) for measure in measures),
        complete(failures),
    )


def passed(checks: Iterable[Check]) -> bool:
    """Nothing that could be judged fails."""
    return all(check.state != "fails" for check in checks)


def in_words(checks: Sequence[Check], surroundings: Surroundings) -> str:
    """ "15 of 16 checks hold, 1 was not judged; this machine was busy: …"."""
    count = Counter(check.state for check in checks)
    words = f"{count['holds']} of {len(checks)} checks hold"
    if count["fails"]:
        words += f", {count['fails']} {'does' if count['fails'] == 1 else 'do'} not"
    if count["not judged"]:
        words += f", {count['not judged']} {'was' if count['not judged'] == 1 else 'were'} not judged"
    return words + (f"; this machine was busy: {surroundings.busy}" if surroundings.busy else "")


def state(holds: bool) -> State:
    return "holds" if holds else "fails"


def unless_busy(value: float, holds: bool, surroundings: Surroundings) -> tuple[State, str]:
    """What a busy machine misses is not the measuring's fault, and what it reaches nevertheless is reached. What is not
    a number is nobody else's fault."""
    if holds or not surroundings.busy or not math.isfinite(value):
        return state(holds), ""
    return "not judged", "this machine was too busy"


def alarms(readings: Sequence[Reading], work: Work) -> Check:
    """Differences said of identical code; others' noise is no excuse for them."""
    same = [reading for reading in readings if reading.work == work and not reading.planted]
    what = f"false alarms, {'installed exercises' if work == 'real' else 'planted work'}"
    if not (same and all(reading.is_sound for reading in same)):
        return without_numbers(what, same)
    cases = Counter(reading.case for reading in same)
    most = chance.most_alarms(tuple(cases.values()), 1 - LEVEL)
    count = sum(reading.is_alarm for reading in same)
    return Check(
        what=what,
        measured=f"{count} of {len(same)} ratios ({share(count / len(same))})",
        goal=f"at most {most}",
        state=state(count <= most),
        note=alarms_of_one(same),
    )


def alarms_of_one(same: Iterable[Reading]) -> str:
    """The same counted so that no two ratios share a reference: the first of each case."""
    first: dict[str, Reading] = {}
    for reading in same:
        first.setdefault(reading.case, reading)
    most = chance.most_alarms((1,) * len(first), 1 - LEVEL)
    return f"one ratio a case: {sum(each.is_alarm for each in first.values())} of {len(first)}, at most {most}"


def widths(readings: Sequence[Reading], surroundings: Surroundings) -> Iterator[Check]:
    same = [reading for reading in readings if reading.work == "real" and not reading.planted]
    for name, reduce, most in WIDTHS:
        what = f"{name} half-width of a ratio"
        if same and all(reading.is_sound for reading in same):
            value = reduce([reading.half_width for reading in same])
            verdict, note = unless_busy(value, value <= most, surroundings)
            note = note or f"{sum(reading.half_width > most for reading in same)} of {len(same)} above {share(most)}"
            goal = f"at most {share(most)}"
            yield Check(what=what, measured=share(value, 2), goal=goal, state=verdict, note=note)
        else:
            yield without_numbers(what, same)


def found(readings: Sequence[Reading], size: float, surroundings: Surroundings) -> Check:
    """How often a planted slow-down is told. The bound is what chance leaves of the goal in so few tries."""
    tries = of_size(readings, size)
    what = f"a slow-down of {share(size)} is found"
    if not (tries and all(reading.is_sound for reading in tries)):
        return without_numbers(what, tries)
    told, open = sum(each.is_found for each in tries), sum(each.is_inconclusive for each in tries)
    beside = bool(surroundings.busy) and size >= LARGE
    goal = FOUND_BUSY if beside else FOUND[size]
    least = chance.fewest_found(len(tries), goal)
    enough = told + (open if beside else 0) >= least
    # Large ones have a goal of their own beside others, and no excuse.
    verdict, note = (state(enough), "") if beside else unless_busy(size, enough, surroundings)
    if least == 0:
        verdict, note = "not judged", f"{len(tries)} tries are too few: chance could leave none"
    return Check(
        what=what,
        measured=f"{told} of {len(tries)}" + (f", {open} inconclusive: the machine was busy" if open else ""),
        goal=f"{share(goal)}{' or inconclusive' if beside else ''}: at least {least}",
        state=verdict,
        note=note,
    )


def accuracy(readings: Sequence[Reading], size: float, surroundings: Surroundings) -> Check:
    """How far what is measured lies from what was planted."""
    tries = of_size(readings, size)
    what = f"a slow-down of {share(size)} is measured as"
    if not (tries and all(reading.is_sound for reading in tries)):
        return without_numbers(what, tries)
    middle = median(each.slower for each in tries)
    inside = sum(each.low <= size <= each.high for each in tries)
    verdict, note = unless_busy(middle, abs(middle - size) <= OFF, surroundings)
    return Check(
        what=what,
        measured=f"{share(middle, 2)} (median)",
        goal=f"{share(size)} ± {share(OFF)}",
        state=verdict,
        note=note or f"{inside} of {len(tries)} intervals hold {share(size)}",
    )


def without_numbers(what: str, readings: Sequence[Reading]) -> Check:
    """Nothing was measured, or something that is not a number."""
    unsound = [reading for reading in readings if not reading.is_sound]
    note = f"{unsound[0].case}, {unsound[0].variant}: no interval" if unsound else ""
    measured = f"{len(unsound)} of {len(readings)} are not numbers" if unsound else "never tried"
    return Check(what=what, measured=measured, goal="a number", state="fails", note=note)


def of_size(readings: Iterable[Reading], size: float) -> list[Reading]:
    return [reading for reading in readings if reading.planted == size]


def of_known_size(measure: Measure, surroundings: Surroundings, device: str) -> Check:
    judges = {"spin": spin, "allocation": allocation, "spike": spike, "nothing": nothing}
    return judges[measure.what](measure, surroundings, device)


def spin(measure: Measure, surroundings: Surroundings, device: str) -> Check:
    what = f"a spin of {quantities.duration(measure.expected)}"
    if measure.measured is None:
        return missing(what, measure)
    most = SPIN[device]
    off = measure.measured / measure.expected - 1
    verdict, note = unless_busy(off, abs(off) <= most, surroundings)
    words = f"{quantities.duration(measure.measured, 4)} ({share(off, 2, sign=True)})"
    return Check(what=what, measured=words, goal=f"± {share(most)}", state=verdict, note=note)


def allocation(measure: Measure, surroundings: Surroundings, device: str) -> Check:
    what = f"an allocation of {megabytes(measure.expected)}"
    if measure.measured is None:
        return missing(what, measure)
    off = abs(measure.measured - measure.expected)
    return Check(
        what=what,
        measured=megabytes(measure.measured),
        goal=f"± {ALLOCATION_BYTES / MEGABYTE:g} MB ± {share(ALLOCATION)}",
        state=state(off <= ALLOCATION_BYTES + ALLOCATION * measure.expected),
    )


def spike(measure: Measure, surroundings: Surroundings, device: str) -> Check:
    what = f"a spike of {megabytes(measure.expected)} for less than 1 ms"
    if measure.measured is None:
        return missing(what, measure)
    return Check(
        what=what,
        measured=megabytes(measure.measured),
        goal=f"at least {megabytes(SPIKE * measure.expected)} seen",
        state=state(measure.measured >= SPIKE * measure.expected),
        note=f"metered by {measure.note}",
    )


def nothing(measure: Measure, surroundings: Surroundings, device: str) -> Check:
    what = "the harness's own cost of a call"
    if measure.measured is None:
        return missing(what, measure)
    verdict, note = unless_busy(measure.measured, measure.measured <= NOTHING_SECONDS, surroundings)
    goal = f"at most {quantities.duration(NOTHING_SECONDS)}"
    return Check(what=what, measured=quantities.duration(measure.measured), goal=goal, state=verdict, note=note)


def missing(what: str, measure: Measure) -> Check:
    """A reason that is the machine's begins with "not here"; anything else is a failure."""
    verdict: State = "not judged" if measure.note.startswith(NOT_HERE) else "fails"
    return Check(what=what, measured="nothing", goal="a measurement", state=verdict, note=measure.note)


NOT_HERE = "not here: "
"""How the note of a measure begins that this machine cannot make."""


def complete(failures: Sequence[Failure]) -> Check:
    """Work of our own must run everywhere; an installed exercise may miss its data, and is judged by its own run."""
    ours = [failure for failure in failures if failure.work == "planted"]
    theirs = len(failures) - len(ours)
    note = "; ".join(f"{failure.case}: {failure.reason}" for failure in (*ours, *failures)[:1])
    return Check(
        what="cases without a ratio",
        measured=f"{len(ours)} of the planted work, {theirs} of installed exercises",
        goal="none of the planted work",
        state=state(not ours),
        note=note,
    )


def share(value: float, digits: int = 1, *, sign: bool = False) -> str:
    """A share in percent: 1.5 %, −2 %."""
    if not math.isfinite(value):
        return "not a number"
    text = f"{100 * value:{'+' if sign else ''}.{digits}f}".replace("-", "−")
    return f"{text.removesuffix('.0')} %"


def megabytes(value: float) -> str:
    return f"{value / MEGABYTE:.4g} MB"
