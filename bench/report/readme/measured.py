"""Runs worth keeping as tables of Markdown: what was proved, and what was faster than what.

Every number carries its interval and n, and every run its machine, versions and profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.analysis import families, peak_memory, quantities, statistics
from bench.analysis.comparisons import Group, Row, groups
from bench.model import ExerciseInfo, Run
from bench.report import places, summary
from bench.report.readme.escaped import plain
from bench.report.readme.kept import current

Shown = tuple[Run, ExerciseInfo]


def markdown(runs: Sequence[Run]) -> str:
    """Where the runs took place, what was proved in them, and the fastest variant of every comparison."""
    shown = list(current(runs))
    by_run = [(run, [exercise for other, exercise in shown if other is run]) for run in runs]
    places = [f"- {', '.join(each.id for each in listed)}: {machine(run)}" for run, listed in by_run if listed]
    blocks = ["\n".join(places), _proved(shown), compared(shown)]
    return "\n\n".join(block for block in blocks if block)


def machine(run: Run) -> str:
    """When, where, with which versions and by which command a run was made."""
    if run.is_spread:
        named = "; ".join(
            f"{places.called(run, name)}, torch {at.environment.torch}" for name, at in run.places.items()
        )
        return f"profile `{run.profile}`, {run.created[:10]}, {plain(named)}; `{plain(' '.join(run.command))}`"
    where = run.environment
    device = where.gpu if where.gpu and "cpu" not in run.devices else where.cpu
    versions = f"torch {where.torch}, Python {where.python}"
    threads = summary.plural(where.threads, "thread")
    return (
        f"profile `{run.profile}`, {run.created[:10]}, {plain(device)} ({where.cores} cores), "
        f"{threads} a process, {plain(versions)}; `{plain(' '.join(run.command))}`"
    )


def _proved(shown: Iterable[Shown]) -> str:
    rows = []
    for run, exercise in shown:
        tally = summary.tally(summary.records_of(run, exercise.id))
        claims = f"{tally.claims_passed} of {tally.claims}"
        rows.append((exercise.id, exercise.title, run.profile, claims))
    return _table(("exercise", "", "profile", "claims that hold"), rows)


def compared(shown: Iterable[Shown]) -> str:
    """The fastest variant of every comparison, beside the reference that it agrees with."""
    rows = [
        _speed(place, group, best)
        for run, exercise in shown
        for place, group in _groups(run, exercise)
        if (best := _best(group))
    ]
    header = ("part", "fastest", "against", "how many times faster", "memory of both", "n")
    return _table(header, rows)


def _groups(run: Run, exercise: ExerciseInfo) -> Iterator[tuple[str, Group]]:
    family = families.of_run(run)
    for part in summary.parts(run, exercise):
        if part.kind == "race":
            continue
        records = summary.records_of(run, exercise.id, part.id)
        for group in groups(part, [record for record in records if record.case.variant is not None], family):
            on = f"on {group.place}" if run.is_spread else ""
            yield ", ".join(word for word in (f"{exercise.id}.{part.id}", group.label, on) if word), group


def _best(group: Group) -> Row | None:
    """The fastest variant beside the reference that agrees with it."""
    # What disagrees is not timed; what was timed and then failed is not worth recommending.
    rows = [row for row in group.rows if row.ratio is not None and row.record.passed]
    return max(rows, key=lambda row: row.ratio.centre if row.ratio else 0.0, default=None)


def _speed(place: str, group: Group, row: Row) -> tuple[str, ...]:
    peaks = [peak_memory.peak_in_words(peak) for peak in (row.peak, *(other.peak for other in group.rows[:1]))]
    times = row.ratio.rounds if row.ratio else 0
    reference = group.rows[0].name
    return place, row.name, reference, _times(row.ratio), " / ".join(peak or "–" for peak in peaks), str(times)


def _times(ratio: statistics.Ratio | None) -> str:
    """ "9.3 ± 0.2", or in words where the interval spans 1."""
    if ratio is not None and ratio.verdict == "faster" and not ratio.doubt:
        return quantities.interval(ratio.centre, ratio.low, ratio.high)
    return statistics.in_words(ratio)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(plain, line)) + " |" for line in lines)
