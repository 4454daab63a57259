"""``bench baseline``: runs that later ones are held against, each by a name that stays."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import runs_folder
from bench.cli.output import print_json, stderr, stdout


@click.group("baseline")
def command() -> None:
    """Name a run that later ones are held against by `bench run --against NAME`, show such runs, forget a name.

    A name is a tag of a folder of runs: `bench compare main latest` takes it too.
    """


@command.command("set")
@click.argument("name")
@click.argument("run", default="latest")
@runs_folder.option
def set_one(name: str, run: str, root: Path) -> None:
    """Let NAME stand for RUN: its folder, a beginning of its name, `latest` (the default), `latest~1`, or a tag."""
    from bench.cli import baselines

    chosen, before = baselines.choose(name, run, root)
    moved = f", and no longer for {before}" if before not in ("", chosen.folder) else ""
    stdout().print(f"{name} stands for {chosen.folder}{moved}", markup=False, soft_wrap=True)
    for line in baselines.cautions(chosen):
        stderr().print(line, style="yellow", markup=False, soft_wrap=True)


@command.command("show")
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@runs_folder.option
def show(name: str, as_json: bool, root: Path) -> None:
    """Show what NAME stands for, or every baseline: run, machine, torch, commit, when."""
    from bench.cli import baselines

    rows = [baselines.one(name, root)] if name else baselines.every(root)
    if as_json:
        print_json([baselines.as_json_row(row) for row in rows])
    elif rows:
        baselines.show(rows, stdout())
    else:
        line = f"no baseline in {root}; `bench baseline set main` makes the latest run one"
        stdout().print(line, markup=False, soft_wrap=True)


@command.command("rm")
@click.argument("name")
@runs_folder.option
def remove(name: str, root: Path) -> None:
    """Forget NAME; the run that it stands for stays."""
    from bench.cli import baselines

    run = baselines.forget(name, root)
    stdout().print(f"{name} is no baseline any more; {run} stays as it is", markup=False, soft_wrap=True)
