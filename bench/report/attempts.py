"""What ``bench try`` prints: a row a variant, and what the numbers of a wrong one show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bench.analysis import quantities
from bench.model import Agreement, Record, Run
from bench.report import summary
from bench.report.texts import BAD, SOFT, indented, sign, text

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 40
"""Columns of the names, at most: a longer one pushes its numbers to the right."""


def show(run: Run, console: Console, *, verbose: bool = False) -> None:
    """A row a variant of the user's files; of a wrong one the first case that shows it, or, ``verbose``, every case,
    with what was raised."""
    for broken in run.broken:
        console.print(text(f"✗ {broken.exercise}  {broken.reason}", BAD), soft_wrap=True)
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            console.print(text(f"{exercise.id}.{part.id}  {part.title} (against {part.reference})", "bold"))
            rows = by_variant(summary.records_of(run, exercise.id, part.id))
            width = min(WIDEST, max(map(len, rows)))
            for name, records in rows.items():
                _row(console, name.ljust(width), records, verbose)
    if run.records:
        good = not run.broken and all(record.passed for record in run.records)
        console.print(text(f"\n{verdict(run)}", "" if good else BAD))


def by_variant(records: Sequence[Record]) -> dict[str, list[Record]]:
    """A case that could not even be set up has no variant."""
    rows: dict[str, list[Record]] = {}
    for record in records:
        rows.setdefault(record.case.variant or "(the exercise itself)", []).append(record)
    return rows


def _row(console: Console, name: str, records: Sequence[Record], verbose: bool) -> None:
    wrong = [record for record in records if not record.passed]
    console.print(sign(not wrong) + text(f"{name}  {in_words(records)}"), soft_wrap=True)
    for record in wrong if verbose else wrong[:1]:
        where = f"{summary.parameters(record, {})}: " if len(records) > 1 and record.case.parameters else ""
        console.print(indented(f"{where}{record.reason}", BAD))
        if verbose and record.detail:
            console.print(indented(record.detail.rstrip(), SOFT))
    for note in dict.fromkeys(note for record in records for note in record.notes):
        console.print(indented(note, SOFT))


def in_words(records: Sequence[Record]) -> str:
    """ "error 2.3e-7 ≤ 1.9e-6, the worst of 3 cases", "error 2 > 1.9e-6 in 1 of 3 cases", "failed"."""
    wrong = [record for record in records if not record.passed]
    chosen = wrong or list(records)
    held = [record.agreement for record in chosen if record.agreement is not None]
    words = compared(max(held, key=distance)) if held else chosen[0].outcome
    if len(records) == 1:
        return words
    return (
        f"{words} in {len(wrong)} of {len(records)} cases" if wrong else f"{words}, the worst of {len(records)} cases"
    )


def distance(agreement: Agreement) -> float:
    """How near an error is to its bound; an allowed error of 0 is that of integers."""
    return agreement.error / (agreement.allowed or 1e-300)


def compared(agreement: Agreement) -> str:
    error, allowed = (quantities.number(value, 2) for value in (agreement.error, agreement.allowed))
    return f"error {error} {'≤' if agreement.passed else '>'} {allowed}"


def verdict(run: Run) -> str:
    """ "2 of 3 variants are wrong", "1 variant agrees; bob.py was not tried"."""
    names = {(record.case.part, record.case.variant) for record in run.records}
    wrong = {(record.case.part, record.case.variant) for record in run.records if not record.passed}
    rest = left_out(run) or ("" if wrong else "; nothing was timed")
    if not wrong:
        return f"{summary.plural(len(names), 'variant')} agree{'s' if len(names) == 1 else ''}{rest}"
    return f"{len(wrong)} of {summary.plural(len(names), 'variant')} {'is' if len(wrong) == 1 else 'are'} wrong{rest}"


def left_out(run: Run) -> str:
    """What has a row of its own above, and neither agrees nor is wrong: "; bob.py was not tried"."""
    names = list(dict.fromkeys(broken.exercise for broken in run.broken))
    if not names:
        return ""
    named = " and ".join(names) if len(names) < 3 else f"{len(names)} files"
    return f"; {named} {'was' if len(names) == 1 else 'were'} not tried"


def document(run: Run) -> dict[str, object]:
    """The same for programs."""
    return {
        "cases": list(_cases(run)),
        "broken": [{"file": each.exercise, "reason": each.reason} for each in run.broken],
    }


def _cases(run: Run) -> Iterator[dict[str, object]]:
    for record in run.records:
        held = record.agreement
        yield {
            "part": f"{record.case.exercise}.{record.case.part}",
            "variant": record.case.variant,
            "parameters": record.case.parameters,
            "device": record.case.device,
            "seed": record.case.seed,
            "outcome": record.outcome,
            "reason": record.reason,
            "error": held.error if held else None,
            "allowed": held.allowed if held else None,
            "notes": list(record.notes),
        }
