"""``bench show``: an exercise in the terminal, its code loaded in a child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bench.cli import completion
from bench.cli.output import print_json, stdout
from bench.errors import PluginError

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.model import Declared, Description, PartDescription


@click.command("show")
@click.argument("name", metavar="EX", shell_complete=completion.exercises)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(name: str, as_json: bool) -> None:
    """Print an exercise's questions, parts and written answer; numbers that a run measures are left open (…)."""
    listing, description = described(name)
    if as_json:
        print_json(document(listing, description))
        return
    from bench.report.answers.terminal import Answer

    console = stdout()
    console.print(f"{listing.id}: {listing.title}", style="bold", markup=False)
    width = max((len(part.id) for part in description.parts), default=0)
    for part in description.parts:
        console.print(line(part, width), markup=False, soft_wrap=True)
    console.print()
    console.print(Answer(listing.answer or "*This exercise has no written answer yet.*", exercise=listing.id))


def document(listing: Listing, description: Description) -> dict[str, object]:
    from dataclasses import asdict

    return {"id": listing.id, "title": listing.title, **asdict(description), "answer": listing.answer}


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


def line(part: PartDescription, width: int) -> str:
    """Such as ``b.speed  comparison  Which is faster? (batch=1,8; against autograd)``, ids ``width`` wide."""
    swept = [f"{name}={shown(value)}" for name, value in part.parameters.items()]
    against = [f"against {part.reference}"] if part.reference else []
    notes = "; ".join([*swept, *against])
    return f"  {part.id:{width}}  {part.kind:10}  {part.title}" + (f" ({notes})" if notes else "")


def shown(value: Declared) -> str:
    """A value, or one for each profile: ``1 smoke, 3 quick, 15 full``."""
    from bench.model import ByProfile

    if isinstance(value, ByProfile):
        return f"{shown(value.smoke)} smoke, {shown(value.quick)} quick, {shown(value.full)} full"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
