"""``bench keep``: the numbers of a run that an answer names, put beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench import plain_file
from bench.cli import completion, runs_folder
from bench.cli.output import stdout
from bench.errors import BenchError, NothingMatched, UsageError

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.model import Run
    from bench.report.answers.kept import Kept
    from bench.report.answers.pieces import Reference


@click.command("keep")
@click.argument("run")
@click.argument("names", nargs=-1, metavar="[EX]...", shell_complete=completion.exercises)
@runs_folder.option
def command(run: str, names: tuple[str, ...], root: Path) -> int:
    """Put what RUN found beside the answers that ask for it by kept("a", "name"), into `kept.json`.

    Numbers of a full run then stand in the text whoever prints it, each with the run that it is from. Parts that RUN
    does not have keep the numbers that they had. The exit code is 1 where an answer still names what no run has.
    """
    from bench import catalogue
    from bench.results import named, store

    content = store.read(named.resolve(run, root))
    listings = {listing.id: listing for listing in catalogue.listings()}
    ran = dict.fromkeys(record.case.exercise for record in content.records)
    wanted = [catalogue.find(name, tuple(listings.values())).id for name in names] or [
        id for id in ran if id in listings
    ]
    asking = {id: asked for id in wanted if (asked := references(listings[id]))}
    if not asking:
        raise NothingMatched(f'no answer of {", ".join(wanted or ran)} asks for a kept number by kept("a", "name")')
    return max([keep(listings[id], asked, content) for id, asked in asking.items()])


def references(listing: Listing) -> list[Reference]:
    """What an answer asks of kept runs, in order."""
    from bench.report.answers import kept, theory

    asked = theory.references(listing.answer, listing.id) if "kept" in listing.answer else ()
    return [reference for reference in asked if reference.function in kept.FUNCTIONS]


def keep(listing: Listing, asked: list[Reference], run: Run) -> int:
    """Write the file of one exercise, and say what it has and lacks."""
    from bench.catalogue import LARGEST
    from bench.report.answers import kept
    from bench.results import store

    known = before(listing)
    whole = kept.merged(known, run, listing.id, asked)
    if whole != known:
        data = b"\n".join([b'{"schema": %d, "runs": [' % whole.schema, *lines(whole), b"]}", b""])
        if len(data) > LARGEST:  # nobody would read it
            raise UsageError(
                f"{listing.kept} would have {len(data)} bytes, of at most {LARGEST}: ask for fewer numbers"
            )
        try:
            store.replace_file(listing.kept, data)
        except OSError as error:
            raise store.refusal(error, listing.kept, "then keep the run again") from error
    lacking = kept.missing(asked, whole)
    stdout().print(f"{listing.id}: {len(asked) - len(lacking)} of {len(asked)} numbers in {listing.kept}", markup=False)
    for reference in lacking:
        stdout().print(f"  not there: {', '.join(reference.names)}", markup=False, soft_wrap=True)
    return BenchError.exit_code if lacking else 0


def before(listing: Listing) -> Kept:
    from bench.catalogue import LARGEST
    from bench.report.answers import kept
    from bench.results import store

    if not listing.kept.is_file():
        return kept.Kept(schema=0)
    try:
        return kept.read(plain_file.text(listing.kept, LARGEST))
    except OSError as error:
        raise store.StoreError(f"{listing.kept} cannot be read: {error.strerror}") from error
    except (store.StoreError, UnicodeDecodeError) as error:
        raise store.StoreError(f"{listing.kept}: {error}; remove it, and keep its runs again") from error


def lines(whole: Kept) -> list[bytes]:
    """A run a line, for `diff`."""
    from bench.results import store

    runs = [store.encode(run) for run in whole.runs]
    return [run + b"," for run in runs[:-1]] + runs[-1:]
