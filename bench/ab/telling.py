"""A comparison in words: for a terminal, as Markdown, as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.ab.history import printable
from bench.ab.pairs import Comparison
from bench.ab.readings import Breakage, Timed
from bench.analysis import quantities
from bench.analysis.sequential import Bounds, Verdict
from bench.texts import in_markdown

SCHEMA = 1
MARKS = {"slower": "✗", "faster": "✓", "equivalent": "✓", "undecided": "–"}
ORDER = {"slower": 0, "faster": 1, "undecided": 2, "equivalent": 3}
MANY = 12
"""Cases that are listed though nothing is known to have changed: more of them share a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """``state`` is a verdict, or empty; a terminal colours by it."""

    state: str
    text: str


def headline(comparison: Comparison) -> str:
    """The whole in one sentence."""
    findings, margin = comparison.findings, percent(comparison.rule.margin)
    said = [each.verdict for each in findings.timed]
    places = f"{len(findings.worse)} {'place' if len(findings.worse) == 1 else 'places'}"
    counted = f"{len(said)} {'case' if len(said) == 1 else 'cases'}"
    sentences = {
        "broken": f"B is broken in {places} where A is sound" if findings.worse else "B does not run",
        "slower": f"B is slower in {said.count('slower')} of {counted}",
        "faster": f"B is faster in {said.count('faster')} of {counted}, and slower in none",
        "equivalent": f"B takes as long as A, within {margin}, in {'its' if len(said) == 1 else 'all'} {counted}",
        "undecided": f"undecided in {said.count('undecided')} of {counted}; nothing is known to be slower",
        "mended": "B is sound where A is broken",
        "not timed": "nothing was timed on both sides",
    }
    return sentences[findings.overall]


def effort(comparison: Comparison) -> str:
    """How much was measured, and why not more."""
    pairs = comparison.findings.pairs
    words = f"{pairs} {'pair' if pairs == 1 else 'pairs'} in {quantities.number(comparison.seconds / 60, 2)} min"
    if comparison.ended == "room":
        return f"{words}; there was no room on the disk for more"
    if comparison.ended != "time":
        return words
    least = "three pairs are the least that can tell: name fewer parts, or give more time" if pairs < 3 else "more"
    return f"{words}; the time was up, {least} by --budget"


def text(comparison: Comparison) -> Iterator[Line]:
    """Lines for a terminal: the sides, what broke, what was timed, what to know, and the whole."""
    findings = comparison.findings
    yield Line("", f"A  {comparison.a}")
    yield Line("", f"B  {comparison.b}")
    yield Line("", "")
    for broken in findings.broken[:MANY]:
        yield Line("slower" if broken in findings.worse else "undecided", f"{mark(broken)} {broken_in_words(broken)}")
    if more := len(findings.broken[MANY:]):
        yield Line("slower", f"✗ and {more} more that are broken on a side")
    yield from _rows(shown(findings.timed))
    for verdict, words in unlisted(comparison):
        yield Line(verdict, f"{MARKS[verdict]} {words}")
    for note in notes(comparison):
        yield Line("note", f"  {note}")
    yield Line(findings.overall, f"{headline(comparison)} ({effort(comparison)})")


def _rows(timed: Sequence[Timed]) -> Iterator[Line]:
    rows = [
        (printable(each.case.label), duration(each.a), duration(each.b), change(each.bounds), each) for each in timed
    ]
    widths = [max((len(str(row[i])) for row in rows), default=0) for i in range(4)]
    for label, a, b, changed, each in rows:
        columns = f"{label:{widths[0]}}  {a:>{widths[1]}}  {b:>{widths[2]}}  {changed:{widths[3]}}"
        yield Line(each.verdict, f"{MARKS[each.verdict]} {columns}  {each.verdict}")


def shown(timed: Sequence[Timed]) -> tuple[Timed, ...]:
    """What changed first, and most. All of it is listed; of many others some of those that are open."""
    ordered = sorted(timed, key=lambda each: (ORDER[each.verdict], -abs(each.bounds.centre)))
    changed = [each for each in ordered if each.verdict in ("slower", "faster")]
    open = [each for each in ordered if each.verdict == "undecided"]
    return tuple(ordered) if len(ordered) <= MANY else (*changed, *open[:MANY])


def unlisted(comparison: Comparison) -> Iterator[tuple[Verdict, str]]:
    """How many cases share a line, with their verdict."""
    timed = comparison.findings.timed
    counts = Counter(each.verdict for each in timed) - Counter(each.verdict for each in shown(timed))
    if many := counts["undecided"]:
        yield "undecided", f"{many} more are undecided, and differ less"
    if many := counts["equivalent"]:
        others = "more are" if shown(timed) else "are"
        yield "equivalent", f"{many} {others} equivalent within {percent(comparison.rule.margin)}"


def notes(comparison: Comparison) -> Iterator[str]:
    """What a reader should know beside the verdicts."""
    findings = comparison.findings
    yield from findings.notes
    for letter in ("A", "B"):
        labels = [printable(case.label) for case, only in findings.apart if only == letter]
        if labels:
            more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
            yield f"only on side {letter}: {'; '.join(labels[:3])}{more}"
    if any(each.bounds.is_known for each in findings.timed):
        sure = percent(1 - comparison.rule.alpha)
        yield f"the intervals hold all together in {sure} of comparisons, wherever one stops"


def mark(broken: Breakage) -> str:
    return "✗" if broken.b else "✓"


def broken_in_words(broken: Breakage) -> str:
    """Where it is broken, and why."""
    if broken.a and broken.b:
        same = broken.b if broken.a == broken.b else f"{broken.a}; on B {broken.b}"
        return f"{broken.what} is broken on both sides: {same}"
    return f"{broken.what} is broken on side {'B' if broken.b else 'A'} alone: {broken.b or broken.a}"


def duration(seconds: float) -> str:
    return quantities.duration(seconds)


def percent(share: float) -> str:
    return f"{quantities.number(100 * share)} %"


def change(bounds: Bounds) -> str:
    """ "+12.3 % (+9.8 to +14.9 %)", "3.1 times (2.6 to 3.7)", "about +4 %" where the interval says nothing yet."""
    if not bounds.is_known or bounds.high - bounds.low > math.log(quantities.HOPELESS):
        return f"about {_change(bounds.centre)}"
    ends = [_change(end) for end in (bounds.low, bounds.high)]
    if all(end.endswith(" %") for end in [*ends, _change(bounds.centre)]):
        return f"{_change(bounds.centre)} ({ends[0].removesuffix(' %')} to {ends[1]})"
    low, centre, high = (quantities.number(_exp(log), 2) for log in (bounds.low, bounds.centre, bounds.high))
    return f"{centre} times ({low} to {high})"


def _change(log: float) -> str:
    """A ratio as a change in per cent, or as a factor where it is more than double or less than half."""
    if abs(log) > math.log(2):
        return f"{quantities.number(_exp(log), 2)} times"
    value = round(100 * math.expm1(log), 1)
    return f"{value + 0.0:+.1f} %".replace("-", "−") if value else "0.0 %"


def _exp(log: float) -> float:
    return math.exp(max(-700.0, min(700.0, log)))


def markdown(comparison: Comparison) -> str:
    """A section for a summary or a comment, such as that of a step in GitHub's Actions."""
    words = in_markdown(headline(comparison))
    sides = [f"- **A** {in_markdown(comparison.a)}", f"- **B** {in_markdown(comparison.b)}"]
    said = [f"- {in_markdown(note)}" for note in notes(comparison)]
    blocks = [
        [f"### {words[:1].upper()}{words[1:]}"],
        sides,
        _markdown_broken(comparison.findings.broken),
        _markdown_table(shown(comparison.findings.timed)),
        *([f"{words}."] for _, words in unlisted(comparison)),
        said,
        [f"{effort(comparison)}."],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _markdown_broken(broken: Sequence[Breakage]) -> list[str]:
    more = len(broken[MANY:])
    listed = [f"- {mark(each)} {in_markdown(broken_in_words(each))}" for each in broken[:MANY]]
    return [*listed, f"- ✗ and {more} more that are broken on a side"] if more else listed


def _markdown_table(timed: Sequence[Timed]) -> list[str]:
    head = ["| case | A | B | B against A | verdict |", "| --- | ---: | ---: | --- | --- |"]
    return [*head, *map(_markdown_row, timed)] if timed else []


def _markdown_row(each: Timed) -> str:
    cells = (each.case.label, duration(each.a), duration(each.b), change(each.bounds))
    said = f"**{each.verdict}**" if each.verdict == "slower" else each.verdict
    return f"| {' | '.join(in_markdown(cell) for cell in cells)} | {said} |"


def document(comparison: Comparison) -> dict[str, Any]:
    """For ``--json``: ratios are B / A, and ``null`` where they are not known."""
    findings = comparison.findings
    return {
        "schema": SCHEMA,
        "a": comparison.a,
        "b": comparison.b,
        "verdict": findings.overall,
        "pairs": findings.pairs,
        "seconds": comparison.seconds,
        "ended": comparison.ended,
        "alpha": comparison.rule.alpha,
        "margin": comparison.rule.margin,
        "cases": [_case(each) for each in findings.timed],
        "broken": [{"what": each.what, "a": each.a, "b": each.b} for each in findings.broken],
        "only": [{"case": case.label, "side": letter} for case, letter in findings.apart],
        "notes": list(findings.notes),
    }


def _case(each: Timed) -> dict[str, Any]:
    bounds = each.bounds
    ratio = [_exp(log) if bounds.is_known else None for log in (bounds.low, bounds.high)]
    return {
        "key": dict(each.case.key),
        "label": each.case.label,
        "verdict": each.verdict,
        "seconds": {"a": each.a, "b": each.b},
        "ratio": {"centre": _exp(bounds.centre), "low": ratio[0], "high": ratio[1]},
        "pairs": bounds.pairs,
    }
