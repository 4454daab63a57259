"""What is said of a comparison of runs, wherever it is said: changes, names, headlines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from bench.analysis import peak_memory, quantities
from bench.analysis.between import Change, Floor
from bench.analysis.compared import Against, Comparison, Timed, Verdict
from bench.analysis.moved import CaseMoved, ClaimMoved, MemoryMoved, MetricMoved
from bench.model import Case, Claim, Run
from bench.report import summary
from bench.report.noise import STEADY_WITHIN, within

ORDER: tuple[Verdict, ...] = ("slower", "faster", "inconclusive", "equivalent")
MOMENTS = (
    "The two runs are two moments of a machine. Variants of one run are interleaved, and what slows the machine down "
    "falls out of their ratio; between runs it does not. The noise floors that both know of are in every interval; a "
    "machine that is slower all day is not."
)
PLACES = 5
"""Decimals of a factor, and places before its point that are not known: with more it is written with a power of ten."""
APART = 2.0
"""From this ratio on, up or down, a change is told as a factor: + 350 % is hard to picture."""


def change(told: Change | None) -> str:
    """ "+10 % (+8.1 to +12)", "3.1 × (2.9 to 3.4)" of the time; empty where there is none."""
    if told is None:
        return ""
    if told.high > quantities.HOPELESS * told.low:
        return "nothing is known"
    if not 1 / APART < told.centre < APART or told.high > 1 + APART:
        return _factor(told)
    half = 100 * (told.high - told.low) / 2
    places = min(2, max(0, quantities.decimals(half))) if half > 0 else 2
    low, centre, high = (percent(each, places) for each in (told.low, told.centre, told.high))
    return f"{centre} % ({low} to {high})" if half > 0.005 else f"{centre} %"


def _factor(told: Change) -> str:
    """With two digits, and with more where the interval knows more: 3 (3 to 3) would say that it has no width."""
    half, ends = (told.high - told.low) / 2, (told.low, told.centre, told.high)
    if half <= 1e-4 * told.centre:
        return f"{quantities.number(told.centre, 4)} ×"
    places = quantities.decimals(half)
    narrow = half < 0.1 * told.centre and abs(places) <= PLACES
    texts = [quantities.fixed(end, places) if narrow else quantities.number(end, 2) for end in ends]
    return f"{texts[1]} × ({texts[0]} to {texts[2]})"


def percent(ratio: float, places: int = 1) -> str:
    """ "+10.0" of a ratio of 1.1."""
    return signed(100 * (ratio - 1), places)


def signed(value: float, places: int) -> str:
    text = f"{value:+,.{places}f}".replace("-", "−")
    return text if text.strip("+−0.") else text.lstrip("+−")


def label(case: Case, against: Against) -> str:
    """The case without its device where that is what differs, or goes without saying."""
    plain = case.device == "cpu" or "device" in against.over
    return case.label.replace(f" on {case.device}", "", 1) if plain else case.label


def seconds(timed: Timed) -> tuple[str, str]:
    """The times of both: their middle."""
    return (
        quantities.duration(timed.base.centre) if timed.base else "",
        quantities.duration(timed.new.centre) if timed.new else "",
    )


def ordered(against: Against) -> list[Timed]:
    """What is slower first, then what is faster, inconclusive and equivalent; the larger change first."""
    return sorted(against.timed, key=lambda each: (ORDER.index(each.verdict), -_distance(each)))


def parted(against: Against) -> tuple[list[Timed], list[Timed]]:
    """What is slower or faster, and what is neither, each in order."""
    listed = ordered(against)
    changed = [each for each in listed if each.verdict in ("slower", "faster")]
    return changed, listed[len(changed) :]


def _distance(timed: Timed) -> float:
    return abs(math.log(timed.change.centre)) if timed.change else 0.0


def headline(comparison: Comparison) -> str:
    """The worst in one line: "2 of 12 times are slower, 1 claim is lost"."""
    slower, times = sum(len(each.of("slower")) for each in comparison.against), _count(comparison)
    claims = sum(len(each.lost_claims) for each in comparison.against)
    cases = sum(len(each.lost_cases) for each in comparison.against)
    worse = [
        *([f"{_part(slower, times)} {'is' if slower == 1 else 'are'} slower"] if slower else []),
        *([f"{_counted(claims, 'claim')} {'is' if claims == 1 else 'are'} lost"] if claims else []),
        *([f"{_counted(cases, 'case')} {'is' if cases == 1 else 'are'} lost"] if cases else []),
    ]
    return ", ".join(worse) or _unharmed(comparison, times)


def _part(count: int, times: int) -> str:
    return _counted(count, "time") if times == 1 else f"{count} of {times} times"


def _unharmed(comparison: Comparison, times: int) -> str:
    open = sum(len(each.of("inconclusive")) for each in comparison.against)
    if not times:
        return "No claim and no case is lost; nothing was timed"
    if open == times:
        return "Nothing can be said of the times"
    return "Nothing is shown to be slower" if open else "Nothing is slower"


def tally(against: Against, margin: float) -> str:
    """ "12 times: 1 slower, 9 equivalent within 3 %, 2 inconclusive"."""
    if not against.timed:
        return "nothing was timed"
    names = {"equivalent": f"equivalent within {share(margin)}"}
    counts = [(len(against.of(verdict)), names.get(verdict, verdict)) for verdict in ORDER]
    told = ", ".join(f"{count} {name}" for count, name in counts if count)
    return f"{_counted(len(against.timed), 'time')}: {told}"


def share(value: float) -> str:
    return f"{quantities.number(100 * value, 3)} %"


def _count(comparison: Comparison) -> int:
    return sum(len(each.timed) for each in comparison.against)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def mark(*against: Against) -> str:
    """✗ where something is worse, – where nothing can be said of any time, else ✓."""
    if any(each.is_worse for each in against):
        return "✗"
    timed = [timed for each in against for timed in each.timed]
    return "–" if timed and all(each.verdict == "inconclusive" for each in timed) else "✓"


def verdict(timed: Timed) -> str:
    return f"{timed.verdict}: {timed.cause}" if timed.cause else timed.verdict


def floors(against: Against) -> str:
    """ "noise floor: base ± 1.8 % (bench doctor --noise), new ± 7 % (median of 33 ratios in the run)"."""
    base, new = (_floor(each) for each in against.floors)
    return f"noise floor: base {base}, new {new}"


def _floor(floor: Floor | None) -> str:
    return f"{within(floor.width)} ({floor.source})" if floor else "unknown"


def remarks(against: Against) -> Iterator[str]:
    """What makes one doubt the times, a line each."""
    if against.together is not None:
        side = "slower" if against.together > 1 else "faster"
        count = sum(1 for each in against.timed if each.change is not None)
        yield (
            f"all {count} times are {side}, by {_shift(against.together)} in the middle: that may be "
            "the machine rather than the code"
        )
    wander = max((run.floor.wander for run in (against.base, against.new) if run.floor), default=1.0)
    if wander > STEADY_WITHIN:
        often = quantities.number(wander, 3)
        yield f"one fixed loop was up to {often} times as slow here as at its best: times of two moments bear that"
    yield from against.warnings


def _shift(ratio: float) -> str:
    return f"{quantities.number(100 * abs(ratio - 1), 2)} %"


def claim(moved: ClaimMoved) -> str:
    """ "accuracy: 0.93 ≥ 0.95, was 0.96"."""
    if moved.new is None:
        return f"{moved.name}: is not made any more, was {_bound(moved.base)}"
    was = "" if moved.base is None else f", was {_value(moved.base)}"
    return f"{moved.name}: {_bound(moved.new)}{was}"


def _bound(claim: Claim | None) -> str:
    if claim is None:
        return ""
    symbol = (summary.SYMBOLS if claim.passed else summary.BROKEN)[claim.relation]
    value, bound = summary.tell_apart(claim.value, claim.bound, claim.passed)
    return f"{value} {symbol} {bound}"


def _value(claim: Claim) -> str:
    return f"{quantities.number(claim.value, 4)} (bound {quantities.number(claim.bound, 4)})"


def memory(moved: MemoryMoved) -> tuple[str, str]:
    """The peaks of both, of what is held against each other."""
    if moved.of == "tensors":
        return quantities.size(moved.base_bytes, 4), quantities.size(moved.new_bytes, 4)
    return peak_memory.resident_in_words(moved.base), peak_memory.resident_in_words(moved.new)


def metric(moved: MetricMoved) -> tuple[str, str, str]:
    """Both values, and the change in percent where there is one; empty where there is none."""
    known = [value for value in (moved.base, moved.new) if value is not None]
    texts = iter(quantities.told_apart(known, 3, 8))
    values = ["" if value is None else f"{next(texts)} {moved.unit}".rstrip() for value in (moved.base, moved.new)]
    return values[0], values[1], "" if moved.share is None else _share(moved.share)


def _share(change: float) -> str:
    if abs(change) >= APART * 50:
        return f"{quantities.number(1 + change, 2)} ×"
    return f"{signed(100 * change, max(0, min(3, quantities.decimals(max(abs(100 * change), 1e-3)))))} %"


def fate(moved: CaseMoved) -> str:
    plain = moved.fate == "not asked for" or moved.why in ("", "ok")
    return moved.fate if plain else f"{moved.fate}: {' '.join(moved.why.split())}"


def besides(against: Against) -> str:
    """ "besides 3 new claims and 12 cases that the new run was not asked for": what is counted rather than listed."""
    counts = [
        (sum(each.side == "new" for each in against.claims), "new claim"),
        (sum(each.fate == "new" for each in against.cases), "new case"),
        (len(against.metrics) - len(listed_metrics(against)), "other metric"),
    ]
    told = [_counted(count, what) for count, what in counts if count]
    if unasked := sum(each.fate == "not asked for" for each in against.cases):
        told.append(f"{_counted(unasked, 'case')} that the new run was not asked for")
    return f"besides {', '.join(told)}" if told else ""


def listed_cases(against: Against) -> list[CaseMoved]:
    """Those of which each is worth a row."""
    return [each for each in against.cases if each.fate in ("lost", "well again", "gone")]


def listed_claims(against: Against) -> list[ClaimMoved]:
    return [each for each in against.claims if each.side != "new"]


def listed_metrics(against: Against) -> list[MetricMoved]:
    return [each for each in against.metrics if each.base is not None and each.new is not None]


def listed_memory(against: Against) -> list[MemoryMoved]:
    return [each for each in against.memory if each.weight != "same"]


def limited(texts: Iterable[str], most: int) -> list[str]:
    """As many as have room, and how many more there are."""
    listed = list(texts)
    return listed if len(listed) <= most else [*listed[:most], f"and {len(listed) - most} more"]


def short(run: Run) -> str:
    """What stands above a column: the time and the commit of a run."""
    commit = f", {run.environment.commit[:8]}" if run.environment.commit else ""
    return f"{run.created[:16].replace('T', ' ')}{commit}"
