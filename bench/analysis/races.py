"""What may be said of a race: who got to the target, in how many steps, and which method is held against which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.analysis import laps, quantities
from bench.model import Observation, PartInfo, Record, Trial


def merged(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """One for each way in which runs went: as many steps and evaluations, and the same end."""
    ways: dict[tuple[str, int, int], Trial] = {}
    for trial in trials:
        way = (trial.end, trial.steps, trial.evaluations)
        known = ways.get(way)
        ways[way] = replace(known, runs=known.runs + trial.runs) if known else trial
    return tuple(ways.values())


def arrives(trials: Sequence[Trial]) -> bool:
    """Whether every run has reached the target."""
    return bool(trials) and all(trial.is_reached for trial in trials)


def in_words(trials: Sequence[Trial]) -> str:
    """ "reached", "not in 400 steps", "diverged at step 12", "reached in 7 of 9 runs"."""
    runs, reached = (sum(t.runs for t in each) for each in (trials, [t for t in trials if t.is_reached]))
    # As for one that failed before its first run.
    if not trials:
        return "did not run"
    if 0 < reached < runs:
        return f"reached in {reached} of {runs} runs"
    first = trials[0]
    return {
        "reached": "reached",
        "limit": f"not in {_steps(first.steps)}",
        "diverged": f"diverged at step {first.steps:,}",
        "over": f"over after {_steps(first.steps)}, not reached",
    }[first.end]


def _steps(count: int) -> str:
    return f"{count:,} step{'' if count == 1 else 's'}"


def counts(numbers: Iterable[int]) -> str:
    """ "120", or "110 to 140"."""
    listed = sorted(numbers)
    if not listed:
        return ""
    return f"{listed[0]:,}" if listed[0] == listed[-1] else f"{listed[0]:,} to {listed[-1]:,}"


def note(trials: Sequence[Trial]) -> str:
    """That runs from one seed did not go alike; empty where they did."""
    if len(trials) < 2:
        return ""
    steps = counts(trial.steps for trial in trials)
    runs = sum(trial.runs for trial in trials)
    what = f"{steps} steps" if " to " in steps else f"{counts(t.evaluations for t in trials)} evaluations"
    if " to " not in what:
        what = "other ends"
    return f"is not deterministic: {what} in {runs} runs from one seed; draw from generators that start() makes anew"


def judged(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """A race that no method has won has failed: it compares nothing."""
    ran = [record for record in records if record.trials]
    if not ran or any(trial.is_reached for record in ran for trial in record.trials):
        return records
    return tuple(
        replace(record, outcome="failed", reason=_lost(record.trials)) if _is_lost(record) else record
        for record in records
    )


def _is_lost(record: Record) -> bool:
    return bool(record.trials) and record.outcome == "ok"


def _lost(trials: Sequence[Trial]) -> str:
    best = next((trial.best for trial in trials if trial.best is not None), None)
    value = f" (best: {quantities.number(best, 4)})" if best is not None else ""
    return f"no method reached the target; this one: {in_words(trials)}{value}. Raise limit=, or ease target="


def hopeless(observations: Sequence[Observation]) -> frozenset[str]:
    """Methods that have missed the target in two rounds or more, and never reached it: they are not run again."""
    missed: dict[str, int] = {}
    reached: set[str] = set()
    for observation in observations:
        for name, result in observation.variants.items():
            if any(trial.is_reached for trial in result.trials):
                reached.add(name)
            elif result.trials:
                missed[name] = missed.get(name, 0) + 1
    return frozenset(name for name, times in missed.items() if times > 1 and name not in reached)


def reference_of(part: PartInfo, records: Iterable[Record]) -> str | None:
    """What the variants of one case are held against: as declared, or in a race the first method that ran."""
    if part.kind != "race" or part.reference is not None:
        return part.reference
    return next((record.case.variant for record in records if record.outcome == "ok"), None)


def widest(observations: Iterable[Observation], reference: str | None) -> float:
    """The half-width of the least known ratio between methods that always arrive; 0 for none."""
    raced = [observation for observation in observations if observation.task.kind == "race"]
    trials = {name: _trials(raced, name) for each in raced for name in each.variants}
    arriving = [name for name, of_one in trials.items() if arrives(of_one)]
    base = reference if reference is not None else next((name for name, of_one in trials.items() if of_one), None)
    if base not in arriving:
        return 0.0
    samples = {
        name: [s for each in raced if name in each.variants for s in each.variants[name].samples] for name in arriving
    }
    ratios = [laps.log_ratios(samples[name], samples[base]) for name in arriving if name != base]
    return max((laps.half_width(list(logs.values())) for logs in ratios), default=0.0)


def _trials(observations: Iterable[Observation], name: str) -> list[Trial]:
    return [trial for each in observations if name in each.variants for trial in each.variants[name].trials]
