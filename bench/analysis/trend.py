"""The history of an exercise as series: one a case and surroundings, in the order of commits, with its changes.

A series never goes through a change of what moves a measurement by itself, such as torch or the processor, unless the
question is about that: then one series holds all of them, in their order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from bench.analysis import changes, peak_memory, statistics
from bench.analysis.changes import Level
from bench.analysis.visits import By, Mark, Setting, Visit, marks, ordered, setting
from bench.model import Case, Record, Run
from bench.model.history import History, Measured, PastRun, Quantity, Track

MEDIAN = math.sqrt(math.pi / 2)
"""How much wider the error of a median is than that of a mean, of many values that are normal."""
EVERY = "every device"
FAR = 1e18
"""Seconds or bytes: more than there ever were."""

Points = list[tuple[int, float, float, float]]
"""Places on the axis with value, lowest and highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From one level to the next. ``before`` and ``after`` are the last and the first visit, ``points`` how many there
    are of the new level; the ratio of both levels has an interval of 95 %, as if the place had been known beforehand.
    """

    before: int
    after: int
    old: float
    new: float
    low: float
    high: float
    points: int

    @property
    def ratio(self) -> float:
        return self.new / self.old

    @property
    def is_worse(self) -> bool:
        return self.ratio > 1


@dataclass(frozen=True, kw_only=True)
class Series:
    """One quantity of one case in one setting. ``at`` are places in ``Trend.visits``, in their order."""

    case: Case
    quantity: Quantity
    setting: Setting
    at: tuple[int, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        return changes.levels(self.values, self.quantity)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return tuple(self._change(old, new) for old, new in pairwise(self.levels))

    def _change(self, old: Level, new: Level) -> Change:
        sizes = [level.stop - level.start for level in (old, new)]
        error = MEDIAN * self.noise * math.sqrt(sum(1 / size for size in sizes))
        half, ratio = error * statistics.t_quantile(max(1, sum(sizes) - 2)), new.value / old.value
        return Change(
            before=self.at[new.start - 1],
            after=self.at[new.start],
            old=old.value,
            new=new.value,
            low=ratio * math.exp(-half),
            high=ratio * math.exp(half),
            points=sizes[1],
        )

    @cached_property
    def noise(self) -> float:
        """The standard deviation from run to run, as a share; 0 where there are too few runs to say."""
        logs = [math.log(value) for value in self.values]
        return changes.noise(logs) if len(logs) > 2 else 0.0

    @property
    def standing(self) -> Change | None:
        """The change after which nothing has changed again."""
        return self.changes[-1] if self.changes else None


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two runs, and the parts of the exercise that became worse from one to the other."""

    before: PastRun
    after: PastRun
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Everything that is said of an exercise, or of a question of it. ``subjects`` are first lines of commits'
    messages."""

    asked: str
    quantity: Quantity
    by: By
    visits: tuple[Visit, ...]
    series: tuple[Series, ...]
    marks: tuple[Mark, ...]
    subjects: Mapping[str, str]

    @cached_property
    def newest(self) -> tuple[Series, ...]:
        """Of each case the series that goes on longest."""
        last: dict[Case, Series] = {}
        for series in self.series:
            if series.case not in last or series.at[-1] > last[series.case].at[-1]:
                last[series.case] = series
        return tuple(last.values())

    def suspects(self) -> tuple[Suspect, ...]:
        """Neighbouring runs between which something became worse, and is so still: the newest first, each pair once."""
        parts: dict[tuple[int, int], set[str]] = {}
        for series in self.newest:
            change = series.standing
            if change and change.is_worse:
                parts.setdefault((change.after, change.before), set()).add(series.case.part)
        return tuple(
            Suspect(self.visits[before].run, self.visits[after].run, tuple(sorted(names)))
            for (after, before), names in sorted(parts.items(), reverse=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a trend is asked of: ``part`` is empty, or a question of the exercise such as "b"; ``matters`` names the
    fields of an environment that move a measurement; ``places`` is the order of commits."""

    exercise: str
    part: str = ""
    quantity: Quantity = "time"
    by: By = "commit"
    matters: Sequence[str]
    places: Mapping[str, int]
    subjects: Mapping[str, str]


def measured(run: Run) -> Iterator[Measured]:
    """What the index keeps of a run: the time and the memory of every variant that was right, over all seeds of one
    place."""
    by_case: dict[tuple[Case, str], list[Record]] = {}
    for record in run.records:
        if record.outcome == "ok" and record.case.variant is not None:
            by_case.setdefault((replace(record.case, seed=0), run.where(record)), []).append(record)
    for (case, place), records in by_case.items():
        if seconds := [each for record in records for each in statistics.rounds(record).values()]:
            yield from _positive(case, place, "time", *statistics.range_of(seconds))
        if peak := peak_memory.peak(*records):
            # Less than its meter can see is as much as it can see: a page more is no growth.
            yield from _positive(
                case, place, "memory", *(max(peak.floor, at) for at in (peak.median, peak.low, peak.high))
            )


def _positive(case: Case, place: str, quantity: Quantity, *range: float) -> Iterator[Measured]:
    # What has no logarithm has no place in a history of ratios: a call that needs no memory of a GPU has none. And what
    # nothing can have measured, such as 1e300 seconds, would leave the others no room on an axis.
    value, low, high = range
    if low > 1 / FAR and high < FAR:
        yield Measured(case=case, quantity=quantity, value=value, low=low, high=high, place=place)


def of_history(history: History, question: Question, keeps: Callable[[PastRun], bool]) -> Trend:
    """The series of what is asked for, of those runs that are kept."""
    kept = {number for number, run in enumerate(history.runs) if keeps(run)}
    tracks = [track for track in history.tracks if is_asked(track.case, question.part)]
    # A run stands once on the axis, and once a device where that is the axis.
    found = sorted({(n, _device(track, question)) for track in tracks for n in track.runs if n in kept})
    visits = [Visit(history.runs[number], device) for number, device in found]
    order = ordered(visits, question.by, question.places)
    places = {found[number]: place for place, number in enumerate(order)}
    visits = [visits[number] for number in order]
    settings = [setting(visit, question.matters, question.by) for visit in visits]
    lines = [
        line
        for group in _merged(tracks, places, question).items()
        for line in _split(*group, settings, question.quantity)
    ]
    return Trend(
        asked=".".join(filter(None, (question.exercise, question.part))),
        quantity=question.quantity,
        by=question.by,
        visits=tuple(visits),
        series=tuple(sorted(lines, key=lambda each: each.case.part)),
        marks=tuple(marks(visits, question.matters)),
        subjects=question.subjects,
    )


def is_asked(case: Case, part: str) -> bool:
    """ "b" has "b.speed", and nothing has everything."""
    return not part or f"{case.part}.".startswith(f"{part}.")


def _device(track: Track, question: Question) -> str:
    return track.case.device if question.by == "device" else ""


def _merged(tracks: Iterable[Track], places: Mapping[tuple[int, str], int], question: Question) -> dict[Case, Points]:
    """The points of each case in their order; cases of different devices are one where the axis is of devices."""
    merged: dict[Case, Points] = {}
    for track in tracks:
        device = _device(track, question)
        case = replace(track.case, device=EVERY) if device else track.case
        for number, value, low, high in zip(track.runs, track.values, track.lows, track.highs, strict=True):
            if (place := places.get((number, device))) is not None:
                merged.setdefault(case, []).append((place, value, low, high))
    return {case: sorted(points) for case, points in merged.items()}


def _split(case: Case, points: Points, settings: Sequence[Setting], quantity: Quantity) -> Iterator[Series]:
    """A series for each setting."""
    by_setting: dict[Setting, Points] = {}
    for point in points:
        by_setting.setdefault(settings[point[0]], []).append(point)
    for where, alike in by_setting.items():
        at, values, lows, highs = zip(*alike, strict=True)
        yield Series(case=case, quantity=quantity, setting=where, at=at, values=values, lows=lows, highs=highs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What two neighbouring runs' commits gave when both were measured again, side by side. ``worse`` is ``None`` where
    that could not be done or decided; ``words`` say why, or what was seen."""

    before: PastRun
    after: PastRun
    worse: bool | None
    words: str
