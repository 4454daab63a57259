"""``bench list``: what is there, from file names and docstrings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bench.cli.output import print_json, red, visible

if TYPE_CHECKING:
    from bench.catalogue import Listing


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--tag", default="", help="Only exercises with this tag.")
def command(as_json: bool, tag: str) -> None:
    """Show every exercise that is installed: id, title, tags. None is imported, so a broken one is listed too."""
    from bench import catalogue

    listings = [listing for listing in catalogue.listings() if not tag or tag in listing.tags]
    if as_json:
        print_json([row(listing) for listing in listings])
        return
    width = max((len(listing.id) for listing in listings), default=0)
    for listing in listings:
        tags = f"  [{', '.join(listing.tags)}]" if listing.tags else ""
        line = f"{listing.id:{width}}  " + (f"broken: {listing.problem}" if listing.problem else listing.title + tags)
        line = visible(line)
        click.echo(red(line) if listing.problem else line)


def row(listing: Listing) -> dict[str, object]:
    return {
        "id": listing.id,
        "title": listing.title,
        "tags": list(listing.tags),
        "module": listing.module,
        "distribution": listing.distribution,
        "problem": listing.problem,
    }
