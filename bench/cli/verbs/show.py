"""``bench show``: an exercise in the terminal, its code loaded in a child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import completion, runs_folder
from bench.cli.output import print_json, stdout, visible
from bench.errors import NothingMatched, PluginError, did_you_mean

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.model import Declared, Description, PartDescription, Run
    from bench.report.answers.live import Shown
    from bench.report.answers.pieces import Reference

NO_RUN = "none"
KEPT = "reference"
"""The folder beside the runs in which a checkout keeps some: theirs are the numbers where nobody has measured yet."""
WIDEST = 36
"""Columns of a value or of its limits, at most: a longer one pushes the rest to the right."""


@click.command("show")
@click.argument("name", metavar="EX[.QUESTION]", shell_complete=completion.exercises)
@click.option("--run", "wanted", metavar="RUN", help="Whose numbers: a run, as for compare, or none.")
@runs_folder.option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(name: str, wanted: str | None, root: Path, as_json: bool) -> None:
    """Print an exercise's parts and its written answer, or those of one question, with the numbers of a run.

    Without --run they are those of the newest results, or of kept ones (results/reference) where there are none; what
    no run has measured is left open (…).
    """
    listing, description = described(name)
    question = name.partition(".")[2]
    parts = asked(listing.id, description.parts, question)
    if as_json:
        print_json(document(listing, description, parts))
        return
    from bench.report.answers.terminal import Answer

    run, place = numbers(name, wanted, root)
    console = stdout()
    console.print(f"{listing.id}: {listing.title}", style="bold", markup=False)
    width = max((len(part.id) for part in parts), default=0)
    for part in parts:
        console.print(line(part, width), markup=False, highlight=False, soft_wrap=True)
    for row in parameters(parts):
        console.print(row, markup=False, highlight=False, soft_wrap=True)
    if "{{" in listing.answer and wanted != NO_RUN:
        console.print(whose(run, name, place), style="dim", markup=False, soft_wrap=True)
    console.print()
    if not listing.answer:
        console.print("This exercise has no written answer yet.", style="italic")
        return
    section = chapter_of(listing, question) if question else ""
    # Not cropped: code that is longer than a line is the terminal's to wrap, and is copied whole.
    resolve = measured(run, listing)
    console.print(Answer(visible(listing.answer), resolve, exercise=listing.id, question=section), crop=False)


def document(listing: Listing, description: Description, parts: Sequence[PartDescription]) -> dict[str, object]:
    from dataclasses import asdict, replace

    told = asdict(replace(description, parts=tuple(parts)))
    return {"id": listing.id, "title": listing.title, **told, "answer": listing.answer}


def described(name: str) -> tuple[Listing, Description]:
    """The exercise with its parts; no process is started for one that is known."""
    from bench import catalogue
    from bench.results import descriptions

    listing = catalogue.find(name.partition(".")[0], catalogue.listings())
    recalled = None if listing.problem else descriptions.recall(listing.module, listing.path)
    return listing, recalled or learnt(listing)


def learnt(listing: Listing) -> Description:
    """What a child process says of an exercise. Raises ``PluginError`` for one that is broken."""
    from bench.execute.executors.local import LocalExecutor
    from bench.execute.inquiries import describe
    from bench.model import Broken

    with LocalExecutor() as executor:
        answer = describe(listing, executor)
    if isinstance(answer, Broken):
        raise PluginError(f"{answer.exercise} is broken: {answer.reason}")
    return answer


def asked(exercise: str, parts: Sequence[PartDescription], question: str) -> Sequence[PartDescription]:
    """The parts of a question, or all. Raises ``NothingMatched`` for a question that the exercise has not."""
    if not question:
        return parts
    from bench.report.answers.terminal import within

    chosen = [part for part in parts if within(part.id, question)]
    if not chosen:
        have = [part.id for part in parts]
        hint = did_you_mean(question, have) or f"; it has {', '.join(have)}"
        raise NothingMatched(f"{exercise} has no part {question!r}{hint}")
    return chosen


def chapter_of(listing: Listing, question: str) -> str:
    """The heading that a question's answer stands below: that of "b.speed", else that of "b"; the question itself where
    there is none."""
    from bench.report.answers.outline import outline

    named = {chapter.question for chapter in outline(listing.answer, listing.id)}
    place = question
    while place and place not in named:
        place = place.rpartition(".")[0]
    return place or question


def numbers(name: str, wanted: str | None, root: Path) -> tuple[Run | None, Path]:
    """The run whose numbers are shown, and the folder that it lies in. Raises ``NothingMatched`` for one that is asked
    for, and has none of them."""
    if wanted == NO_RUN:
        return None, root
    from bench.results import latest, named, store

    exercise, _, question = name.partition(".")
    if wanted is None:
        found = ((latest.results_of(exercise, place, question), place) for place in (root, root / KEPT))
        return next((pair for pair in found if pair[0]), (None, root))
    folder = named.resolve(wanted, root)
    run = store.read(folder)
    if not latest.has(run, exercise, question):
        raise NothingMatched(f"the run {run.id} has nothing of {name}; {elsewhere(name, root)}")
    return run, folder.parent


def elsewhere(name: str, root: Path) -> str:
    """Which run has results of an exercise or its question, and how they are measured where none has."""
    from bench.results import latest

    exercise, _, question = name.partition(".")
    found = (latest.results_of(exercise, place, question) for place in (root, root / KEPT))
    newest = next((run for run in found if run), None)
    return f"the newest that has it: --run {newest.id}" if newest else f"`bench run {name}` measures it"


def measured(run: Run | None, listing: Listing) -> Callable[[Reference], Shown] | None:
    """How a live number is looked up; without a run, and with none that is kept, nothing of that is imported."""
    if run is None and not listing.kept.is_file():
        return None
    from bench.report.answers import kept
    from bench.report.answers.numbers import resolver
    from bench.report.answers.terminal import left_open

    return kept.beside(resolver(run, listing.id) if run else left_open, listing.sources)


def whose(run: Run | None, name: str, place: Path) -> str:
    """Where the numbers are from, in one line."""
    if run is None:
        return f"  numbers are left open (…): no results of {name} in {place}; `bench run {name}` measures them"
    from bench.results import folders

    doubt = "; smoke: its numbers are no results" if run.profile == "smoke" else ""
    cut = "" if run.finished else "; it was stopped before its end"
    when = f"{run.created[:16].replace('T', ' ')} UTC"
    return f"  numbers of {folders.place(place, run.id)}: profile {run.profile}, {when}{doubt}{cut}"


def line(part: PartDescription, width: int) -> str:
    """Such as ``b.speed  comparison  Which is faster? (against autograd)``, ids ``width`` wide."""
    against = [f"against {part.reference}"] if part.reference else []
    goal = [f"to {shown(part.target)}", f"in {shown(part.limit)} steps at most"] if part.kind == "race" else []
    notes = "; ".join([*against, *goal])
    return f"  {part.id:{width}}  {part.kind:10}  {part.title}" + (f" ({notes})" if notes else "")


def parameters(parts: Sequence[PartDescription]) -> Iterator[str]:
    """A line a parameter: its name, its value, what it may be, and which parts have it so; aligned."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for part in parts:
        for name, value in part.parameters.items():
            rows.setdefault((name, shown(value), limits(part, name)), []).append(part.id)
    if rows:
        yield "  parameters, set by --param NAME=VALUE:"
    widths = [min(WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    for cells, ids in sorted(rows.items(), key=lambda row: [key[0] for key in rows].index(row[0][0])):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True) if width]
        yield f"    {'  '.join(padded)}  {', '.join(ids)}"


def limits(part: PartDescription, name: str) -> str:
    """What a parameter may be, where the part says it, such as "above 0", and what it hangs on: "0.1 for sgd"."""
    return "; ".join(known[name].words for known in (part.limits, part.follows) if name in known)


def shown(value: Declared) -> str:
    """A value, or one for each profile: ``1 smoke, 3 quick, 15 full``, ``60 smoke, 2000 else``."""
    from bench.model import ByProfile

    if isinstance(value, ByProfile) and value.quick == value.full:
        return f"{shown(value.smoke)} smoke, {shown(value.quick)} else"
    if isinstance(value, ByProfile):
        return f"{shown(value.smoke)} smoke, {shown(value.quick)} quick, {shown(value.full)} full"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
