"""A comparison as Markdown: for a pull request, or the summary of a build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.analysis.compared import Against, Comparison, Timed
from bench.report.between import words
from bench.texts import in_markdown

MOST = 100
"""Rows of a table: what a comment of a pull request takes is less than a run may have."""
FEW = 5
"""Times that stand open though nothing is known to have changed: more of them are folded, below those that changed."""
TIMES = ("case", "base", "new", "change of time", "verdict")


def markdown(comparison: Comparison) -> str:
    """Everything from other files is escaped: no name can make a link, an image or a row."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"### {words.mark(*comparison.against)} {in_markdown(words.headline(comparison))}"
    for against in comparison.against:
        yield ""
        new, base = in_markdown(against.new.id), in_markdown(against.base.id)
        yield f"**{new}** against **{base}**: {in_markdown(_summary(against, comparison))}"
        yield from _times(against)
        yield from _worse(against)
        yield from _rest(against)
    yield ""
    yield f"_{in_markdown(words.MOMENTS)}_"


def _summary(against: Against, comparison: Comparison) -> str:
    return f"{words.tally(against, comparison.margin)}; {words.floors(against)}"


def _times(against: Against) -> Iterator[str]:
    changed, others = words.parted(against)
    if len(others) <= FEW:
        yield from table(TIMES, _rows([*changed, *others], against))
        return
    yield from table(TIMES, _rows(changed, against))
    yield ""
    yield f"<details><summary>{len(others)} times of which no change is known</summary>"
    yield from table(TIMES, _rows(others, against))
    yield ""
    yield "</details>"


def _rows(listed: Sequence[Timed], against: Against) -> list[tuple[str, ...]]:
    return [
        (words.label(each.pair.case, against), *words.seconds(each), words.change(each.change), words.verdict(each))
        for each in listed
    ]


def _worse(against: Against) -> Iterator[str]:
    claims = [(words.label(each.case, against), each.side, words.claim(each)) for each in words.listed_claims(against)]
    yield from table(("case", "is", "claim"), claims)
    cases = [(words.label(each.case, against), words.fate(each)) for each in words.listed_cases(against)]
    yield from table(("case", "is"), cases)


def _rest(against: Against) -> Iterator[str]:
    peaks = [
        (words.label(each.case, against), *words.memory(each), each.weight, each.of)
        for each in words.listed_memory(against)
    ]
    yield from table(("memory of", "base", "new", "is", "metered"), peaks)
    metrics = [
        (words.label(each.case, against), each.name, *words.metric(each)) for each in words.listed_metrics(against)
    ]
    yield from table(("metric of", "name", "base", "new", "change"), metrics)
    remarks = [*words.remarks(against), *filter(None, [words.besides(against)])]
    if remarks:
        yield ""
        yield from (f"- {in_markdown(line)}" for line in remarks)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Nothing where there are no rows."""
    if not rows:
        return
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows[:MOST]:
        yield f"| {' | '.join(map(in_markdown, row))} |"
    if len(rows) > MOST:
        yield ""
        yield f"and {len(rows) - MOST} more"
