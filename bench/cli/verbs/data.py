"""``bench data``: which data sets are here; ``bench data fetch mnist`` or ``cifar10`` brings one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bench.cli.output import print_json, stdout

if TYPE_CHECKING:
    from bench.kit.data.fetch import Status


@click.group("data", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say which data sets are here, where they were looked for, and how to get those that are not."""
    if ctx.invoked_subcommand:
        return
    from bench.kit.data import fetch

    rows = fetch.status()
    if as_json:
        print_json([as_json_row(row) for row in rows])
        return
    width = max(len(row.name) for row in rows)
    for row in rows:
        state, mend = row.in_words()
        stdout().print(f"{row.name:{width}}  {state}" + (f" → {mend}" if mend else ""), markup=False, soft_wrap=True)


def as_json_row(row: Status) -> dict[str, object]:
    place = None if row.found is None else str(row.found)
    return asdict(row) | {"looked": list(map(str, row.looked)), "found": place}


@command.command("fetch")
@click.argument("name")
def fetch_one(name: str) -> None:
    """Download a data set, check it, and put it where exercises look. Needs the network."""
    from bench.kit.data import fetch

    stdout().print(f"{name} is in {fetch.fetch(name)}", markup=False, soft_wrap=True)
