"""What GitHub's Actions are told: a summary in Markdown, and a workflow command for each thing that is red.

The commands are those of GitHub's documentation, "Workflow commands": ``::error title=T::M``, where ``%`` and ends of
lines are escaped by ``%25``, ``%0D`` and ``%0A``, and in a title also ``:`` and ``,``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.analysis import families
from bench.analysis.compared import Against, Comparison
from bench.analysis.comparisons import groups
from bench.analysis.families import Family
from bench.model import PartInfo, Record, Run
from bench.report import bars, facts, failures, summary
from bench.report.between import markdown, words
from bench.texts import in_markdown

MOST_BYTES = 200_000
"""Of what one command adds to a summary: GitHub takes 1 MiB of a step, and nothing at all of a step with more."""
MOST = 10
"""Annotations of one command: GitHub shows so many errors of a step, and drops the others without a word."""
LONGEST_TITLE, LONGEST = 120, 1000


@dataclass(frozen=True, slots=True)
class Red:
    """Something that makes a build fail: a title of a few words, and a line that says what."""

    title: str
    text: str


def commands(red: Iterable[Red]) -> Iterator[str]:
    """The lines to be printed; what is beyond the tenth is counted in the last."""
    listed = list(red)
    shown = listed if len(listed) <= MOST else listed[: MOST - 1]
    for each in shown:
        yield f"::error title={_property(each.title)}::{_message(each.text)}"
    if rest := len(listed) - len(shown):
        yield f"::error title=bench::{_message(f'and {rest} more: the summary of the job has all')}"


def _message(text: str) -> str:
    return _line(text, LONGEST).replace("%", "%25")


def _property(text: str) -> str:
    return _line(text, LONGEST_TITLE).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def _line(text: str, most: int) -> str:
    """One line, whatever it holds: another one could be a command of its own."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def bounded(text: str, most: int = MOST_BYTES) -> str:
    """As many whole lines as have room in so many bytes of UTF-8, and a word that it was cut; empty without room."""
    if len(text.encode("utf-8", errors="replace")) <= most:
        return text
    note = "\n\n_cut here: the rest has no room in a summary_\n"
    room, kept = most - len(f"{note}\n\n</details>".encode()), list[str]()
    for line in text.splitlines():
        room -= len(line.encode("utf-8", errors="replace")) + 1
        if room < 0:
            break
        kept.append(line)
    # What was cut within a fold must not hide all that other commands add below it.
    open = sum(line.startswith("<details>") for line in kept) > kept.count("</details>")
    return "\n".join(kept) + ("\n\n</details>" if open else "") + note if kept else ""


def of_run(run: Run) -> str:
    """A run as Markdown: the verdict, what failed, and a row a part; everything from plugins is escaped."""
    return "\n".join(_of_run(run)) + "\n"


def _of_run(run: Run) -> Iterator[str]:
    verdict = summary.verdict(run)
    yield f"### {in_markdown(f'{verdict.mark} bench run: {verdict.words}'.strip())}"
    yield ""
    where = run.environment
    machine = (facts.machine(run),) if run.is_spread else (where.cpu, f"torch {where.torch}")
    told = [run.id, "+".join(run.devices), *machine, where.commit[:8]]
    yield in_markdown(" · ".join(word for word in told if word))
    yield ""
    yield f"_{in_markdown(summary.scope(run))}_"
    failed = [(failure.what, failure.words) for failure in failures.of_run(run) if not failure.is_mild]
    yield from markdown.table(("what went wrong", "how"), failed)
    yield from markdown.table(("part", "question", "found"), list(_parts(run)))


def _parts(run: Run) -> Iterator[tuple[str, str, str]]:
    judged, family, by_part = run.profile != "smoke", families.of_run(run), run.by_part()
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            records = by_part[exercise.id, part.id]
            mark = "" if not judged else "✓ " if summary.tally(records).ok else "✗ "
            yield f"{mark}{exercise.id}.{part.id}", part.title, summary.found(part, records, judged=judged)
            if judged and part.kind == "comparison":
                yield from _ratios(part, records, family)


def _ratios(part: PartInfo, records: Sequence[Record], family: Family) -> Iterator[tuple[str, str, str]]:
    """A row a variant of which something is known."""
    compared = [record for record in records if record.case.variant is not None]
    for line in bars.lines(groups(part, compared, family)) if compared else ():
        if line.certain:
            yield "", line.name, bars.in_words(line)


def red_of_run(run: Run) -> tuple[Red, ...]:
    """What failed in it; what a machine lacks is red too, since the run ends with an exit code other than 0."""
    return tuple(
        Red(f"bench: {failure.kind}", f"{failure.what}: {failure.words}")
        for failure in failures.of_run(run)
        if not failure.is_mild
    )


def red_of_comparison(comparison: Comparison, strict: bool = False) -> tuple[Red, ...]:
    """What is worse than in the base; what is inconclusive too, where that is ``strict``."""
    return tuple(red for against in comparison.against for red in _worse(against, strict))


def _worse(against: Against, strict: bool) -> Iterator[Red]:
    base = f"against {against.base.id}"
    for each in against.of("slower"):
        ours, theirs = words.seconds(each)
        told = f"{words.label(each.pair.case, against)}: {words.change(each.change)}, {ours} to {theirs}, {base}"
        yield Red("bench: slower", told)
    for claim in against.lost_claims:
        yield Red("bench: claim lost", f"{words.label(claim.case, against)}: {words.claim(claim)}, {base}")
    for case in against.lost_cases:
        yield Red("bench: case lost", f"{words.label(case.case, against)}: {case.why}, {base}")
    for each in against.of("inconclusive") if strict else ():
        yield Red("bench: inconclusive", f"{words.label(each.pair.case, against)}: {each.cause}, {base}")
