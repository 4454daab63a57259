"""What is said of a history, in words that promise no more than it shows."""

from __future__ import annotations

from dataclasses import dataclass

from bench.analysis import changes, quantities
from bench.analysis.trend import Change, Confirmation, Series, Trend
from bench.analysis.visits import Visit
from bench.model import Case
from bench.model.history import PastRun, Quantity, Unread
from bench.report.summary import plural

WORSE = {"time": "slower", "memory": "more memory"}
BETTER = {"time": "faster", "memory": "less memory"}
AXES = {"commit": "commits", "torch": "versions of torch", "device": "devices"}
LITTLE = 0.001
"""Noise below this share is not told in digits."""
SUBJECT = 60
"""Letters of a subject in a sentence."""
SHOWN = 3
"""Runs that could not be read are named up to here, and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A trend with all that is to be said beside it: runs that were left out, how the order was found, and what was
    measured again. ``command`` is what was typed."""

    trend: Trend
    command: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        return any(each.worse for each in self.confirmations)


def value(number: float, quantity: Quantity) -> str:
    """ "1.23 ms", "1.5 MiB"."""
    # Rounded first: what lies a little below 1 ms is 1 ms, not 1,000 µs.
    rounded = float(f"{number:.2e}")
    return quantities.duration(rounded) if quantity == "time" else quantities.size(rounded)


def of_run(run: PastRun) -> str:
    """The commit and the day, or the run where no commit is known."""
    return f"{run.commit_words or run.id} ({run.created[:10]}{run.place and f', {run.place}'})"


def of_visit(visit: Visit) -> str:
    return f"{of_run(visit.run)} on {visit.where}" if visit.where else of_run(visit.run)


def percent(change: Change) -> str:
    """ "12 ± 2 %": how much more, or how much less."""
    ends = (change.ratio, change.low, change.high)
    centre, *bounds = (100 * (end - 1 if change.is_worse else 1 - end) for end in ends)
    low, high = sorted(bounds)
    return f"{quantities.interval(centre, low, high)} %"


def of_change(change: Change, trend: Trend) -> str:
    """ "12 ± 2 % slower since 3f2a1b9c0 (2026-11-03), in 5 runs: 1.1 → 1.23 ms"."""
    kind = (WORSE if change.is_worse else BETTER)[trend.quantity]
    old, new = (value(number, trend.quantity) for number in (change.old, change.new))
    where = of_visit(trend.visits[change.after])
    return f"{percent(change)} {kind} since {where}, in {plural(change.points, 'run')}: {old} → {new}"


def of_series(series: Series, trend: Trend) -> str:
    """What may be said of one series as it stands."""
    count = len(series.values)
    if series.standing:
        earlier = len(series.changes) - 1
        return of_change(series.standing, trend) + (f"; {plural(earlier, 'change')} before" if earlier else "")
    if count < changes.FEWEST:
        return f"{plural(count, 'run')}: too few to see a change, which takes {changes.FEWEST}"
    return f"no change in {count:,} runs ({_share(series.noise)} from run to run)"


def _share(noise: float) -> str:
    return f"± {quantities.number(100 * noise, 2)} %" if noise >= LITTLE else "less than 0.1 %"


def name(case: Case) -> str:
    """What tells a case apart within its part: "batch=8 on cpu"."""
    swept = " ".join(f"{name}={value}" for name, value in sorted(case.parameters.items()))
    return f"{swept} on {case.device}".strip()


def group(case: Case) -> str:
    """What all variants of a line of cases share: "ex07.b.speed batch=8 on cpu"."""
    return f"{case.exercise}.{case.part} {name(case)}"


def setting(series: Series) -> str:
    """Such as "AMD EPYC, 2 cores, torch 2.14.1": the surroundings that a series has in common."""
    plain = ("cpu", "gpu")
    return ", ".join(value if name in plain else f"{name} {value}" for name, value in series.setting if value)


def newest(trend: Trend) -> str:
    """What a history cannot say, and who can."""
    if not trend.visits:
        return ""
    last = of_run(trend.visits[-1].run)
    if trend.by != "commit":
        return f"A change is seen when at least {changes.SHORTEST} runs show it."
    return (
        f"The newest commit, {last}, cannot be judged from history alone: a change is seen when several runs show it."
        " `bench ab` measures two commits side by side."
    )


def judged(telling: Telling) -> str:
    """Whether anything is red, and why not."""
    suspects = telling.trend.suspects()
    if telling.confirmations:
        return "; ".join(of_confirmation(each) for each in telling.confirmations)
    if not suspects:
        return "No change for the worse stands." if telling.trend.series else ""
    if telling.trend.by != "commit":
        return ""
    before, after = suspects[0].before, suspects[0].after
    more = f"; {plural(len(suspects) - 1, 'other')}" if len(suspects) > 1 else ""
    return (
        f"Suspected, not confirmed: {of_run(before)} to {of_run(after)}{_subject(after, telling)}{more}."
        " History shows when, not why: another kernel or a warmer room looks the same."
        " --confirm measures both commits side by side."
    )


def _subject(run: PastRun, telling: Telling) -> str:
    """What the commit says of itself, in quotes; its author chose the words."""
    subject = telling.trend.subjects.get(run.environment.commit, "")
    return f" “{subject if len(subject) <= SUBJECT else f'{subject[:SUBJECT]}…'}”" if subject else ""


def of_confirmation(each: Confirmation) -> str:
    state = {True: "confirmed", False: "not confirmed", None: "open"}[each.worse]
    return f"{of_run(each.before)} to {of_run(each.after)}: {state}{f', {each.words}' if each.words else ''}"


def skipped(telling: Telling) -> str:
    """The runs that were left out, with the reason; empty where there are none."""
    if not telling.unread:
        return ""
    named = "; ".join(f"{each.folder}: {each.reason}" for each in telling.unread[:SHOWN])
    more = len(telling.unread) - SHOWN
    return f"left out {plural(len(telling.unread), 'run')}: {named}{f'; and {more} more' if more > 0 else ''}"


def scope(trend: Trend) -> str:
    """ "34 runs from 2026-10-01 to 2026-11-29, in the order of commits"."""
    days = sorted(visit.run.created[:10] for visit in trend.visits)
    count = len({visit.run.id for visit in trend.visits})
    when = f"of {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
    return f"{plural(count, 'run')} {when}, in the order of {AXES[trend.by]}"
