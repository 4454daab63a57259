"""The summary on a terminal: what failed first, then a line a part and a bar a variant, then where the files are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analysis import families
from bench.analysis.comparisons import groups
from bench.analysis.families import Family
from bench.model import ExerciseInfo, PartInfo, Record, Run
from bench.report import bars, changes, details, failures, noise, places, races, summary
from bench.report.texts import BAD, GOOD, SOFT, indented, sign, text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

COLOURS = {"faster": GOOD, "slower": "red"}
"""Of a bar whose ratios all say so."""
CHANGED = "yellow"
UNJUDGED = "· "
"""Before what smoke ran: its numbers are no results, and nothing is said of them."""
MOST_PLACES = 8
MOST_FAILURES, MOST_PARTS = 100, 200
"""Lines of a run that are printed without ``-v``: more run out of any terminal."""
NAMED = 3
"""Inconclusive ratios that are named; more do not fit into a line."""


def show(run: Run, console: Console, folder: Path | None = None, *, verbose: bool = False) -> None:
    """Print the summary of a run, with tables, laws and metrics where it is ``verbose``. Every text of a plugin is
    printed as it stands, never read as markup."""
    for words in changes.words(run):
        console.print(text(words, CHANGED), soft_wrap=True)
    failed = tuple(_failures(run))
    for line in failed if verbose else failed[:MOST_FAILURES]:
        console.print(line)
    if not verbose and len(failed) > MOST_FAILURES:
        console.print(text(f"✗ and {len(failed) - MOST_FAILURES:,} more; -v prints them all", BAD))
    _show_parts(run, console, verbose=verbose)
    console.print(_verdict(run))
    for words in _places(run):
        console.print(text(words, SOFT), soft_wrap=True)
    for words in _quality(run, verbose):
        console.print(text(words, SOFT))
    if folder is not None:
        console.print(text(f"report    {folder / 'index.html'}", SOFT), soft_wrap=True)
    console.print(text(f"again     {shlex.join(run.command)}", SOFT), soft_wrap=True)


def _show_parts(run: Run, console: Console, *, verbose: bool) -> None:
    """The lines of every part; of very many the first."""
    judged, family, by_part = run.profile != "smoke", families.of_run(run), run.by_part()
    left = len(by_part) if verbose else MOST_PARTS
    for exercise in summary.exercises(run):
        parts = summary.parts(run, exercise)[:left]
        left -= len(parts)
        if parts or left:
            console.print(text(f"\n{exercise.id}  {exercise.title}", "bold"))
        for part in parts:
            records = by_part[exercise.id, part.id]
            console.print(_part(exercise, part, records, judged=judged))
            if part.kind == "race":
                _show_race(console, part, records, family if judged else None)
            elif verbose:
                details.show(console, part, records, family, judged=judged)
            elif judged:
                _show_bars(console, part, records, family)
    if not verbose and len(by_part) > MOST_PARTS:
        console.print(text(f"\nand {len(by_part) - MOST_PARTS:,} parts more; -v prints them all"))


def _failures(run: Run) -> Iterator[Text]:
    """Failed claims, broken plugins, cases that went wrong. In smoke, whose numbers are no results, a claim is told
    without a verdict: a run that ends with another exit code than 0 has to say why."""
    for failure in failures.of_run(run):
        unjudged = failure.kind == "claim" and run.profile == "smoke"
        mark, style = (UNJUDGED, "") if unjudged else ("- ", SOFT) if failure.is_mild else ("✗ ", BAD)
        yield text(f"{mark}{failure.what}  {failure.words}", style)


def _part(exercise: ExerciseInfo, part: PartInfo, records: Sequence[Record], *, judged: bool) -> Table:
    """ "✓ ex07.b  gradients by hand: 14 claims", with what does not fit below its title."""
    from rich.table import Table

    tally = summary.tally(records)
    skipped = tally.skipped and not tally.cases
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    mark = text("- ", SOFT) if skipped else sign(tally.ok) if judged else text(UNJUDGED)
    colon = "" if part.title.endswith(("?", "!", ".")) else ":"
    title = text(f"{part.title}{colon} ") + text(summary.found(part, records, judged=judged), SOFT)
    grid.add_row(mark + text(f"{exercise.id}.{part.id}"), title)
    return grid


def _show_race(console: Console, part: PartInfo, records: Sequence[Record], family: Family | None) -> None:
    """What each method took to the target; nothing where the numbers are no results."""
    if family is not None:
        for lines in races.renderables(part, [record for record in records if record.case.variant], family):
            console.print(lines)


def _show_bars(console: Console, part: PartInfo, records: Sequence[Record], family: Family) -> None:
    """A line a variant; ratios that say nothing share one line."""
    compared = [record for record in records if record.case.variant is not None]
    lines = bars.lines(groups(part, compared, family)) if compared else ()
    known = [line for line in lines if line.certain]
    if known:
        console.print(_bars(known, console.options.ascii_only))
    unknown = [(line.name, point.label) for line in lines for point in line.points if not point.is_certain]
    if unknown:
        console.print(_inconclusive(unknown))


def _bars(lines: Sequence[bars.Line], ascii_only: bool) -> Padding:
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column()
    grid.add_column(no_wrap=True)
    grid.add_column()
    drawn = bars.drawn([line.doublings for line in lines], ascii_only)
    for line, bar in zip(lines, drawn, strict=True):
        colour = COLOURS.get(" ".join({str(point.ratio.verdict) for point in line.certain}), "")
        grid.add_row(text(line.name), text(bar, colour), text(bars.in_words(line), colour))
    return Padding(grid, (0, 0, 0, 4), expand=False)


def _inconclusive(ratios: Sequence[tuple[str, str]]) -> Padding:
    named = [f"{name} ({label})" if label else name for name, label in ratios]
    shown = ", ".join(named[:NAMED]) + (", …" if len(named) > NAMED else "")
    return indented(f"{summary.plural(len(ratios), 'ratio')} inconclusive: {shown}; -v shows them", SOFT)


def _verdict(run: Run) -> Text:
    verdict = summary.verdict(run)
    style = GOOD if verdict.mark == "✓" else BAD
    mark = text(f"{verdict.mark} " if verdict.mark else "", style)
    return text("\n") + mark + text(verdict.words, "" if verdict.ok else BAD)


def _places(run: Run) -> Iterator[str]:
    """Where it was done, if on several machines."""
    rows = places.table(run)
    for row in rows[:MOST_PLACES]:
        machine = ", ".join(filter(None, (row.processor, row.gpu)))
        yield f"on        {row.name}: {row.done} ({machine})"
    if len(rows) > MOST_PLACES:
        yield f"          and {len(rows) - MOST_PLACES} more places, in the report"


def _quality(run: Run, verbose: bool) -> Iterator[str]:
    """What is to be known of the numbers as a whole."""
    if run.profile == "smoke":
        yield summary.SCOPES["smoke"]
        return
    if verbose and (clocked := noise.clocked(run)):
        yield clocked
    if precision := noise.of_run(run):
        yield f"{precision}{noise.hint(run)}"
