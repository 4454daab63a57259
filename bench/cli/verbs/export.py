"""``bench export``: a run in the formats that other tools read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import runs_folder
from bench.cli.output import stderr

if TYPE_CHECKING:
    from bench.formats.rows import Of
    from bench.model import Run

TIMES = {"pytest-benchmark": "pytest_benchmark", "pyperf": "pyperf", "github-action": "github_action", "bmf": "bmf"}
"""Formats of times alone, and the module of each."""
TABLES = ("csv", "parquet")
FORMATS = (*TIMES, "junit", *TABLES)


@click.command("export")
@click.argument("run", default="latest")
@click.option("--to", "form", required=True, type=click.Choice(FORMATS), help="Who is to read it.")
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write this file instead of stdout.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--rows",
    type=click.Choice(("records", "samples", "claims", "metrics")),
    help="With csv and parquet: what a row is of; records by default.",
)
@click.option("--place", metavar="NAME", help="Of a run that was done on several places only this one.")
@runs_folder.named("--runs")
def command(
    *, run: str, form: str, file: Path | None, force: bool, rows: Of | None, place: str | None, root: Path
) -> int:
    """Write a run as other tools read it; RUN is a folder, a beginning of its name, latest or a baseline.

    The exit code is 0 once it is written, whatever the run found.
    """
    from bench.errors import UsageError
    from bench.results import named, store

    if rows and form not in TABLES:
        raise UsageError(f"--rows says what a row of a table is: give --to csv or parquet with it, not {form}")
    if form == "parquet" and file is None:
        raise UsageError("Parquet is no text: name a file with -o FILE.parquet")
    if file is not None:
        require_free(file, force)  # before anything is computed
    content = store.read(named.resolve(run, root))
    if place is not None:
        content = only(content, place)
    data = encoded(content, form, rows or "records")
    deliver(data, file)
    for note in notes(content, form):
        stderr().print(note, markup=False, soft_wrap=True)
    return 0


def only(run: Run, place: str) -> Run:
    """What was done on one place. Raises ``UsageError`` for a name that is none of the run's places."""
    from bench.errors import UsageError, did_you_mean

    if place not in run.places:
        known = ", ".join(list(run.places)[:5]) or "none"
        raise UsageError(f"--place: {run.id} has no place {place!r}; it has {known}{did_you_mean(place, run.places)}")
    return run.only(place)


def encoded(run: Run, form: str, rows: Of) -> bytes:
    """The run in one of ``FORMATS``; of the modules of formats only that one is imported."""
    from importlib import import_module

    if form in TABLES:
        from bench.formats import table

        return table.encode_csv(run, rows) if form == "csv" else table.encode_parquet(run, rows)
    data: bytes = import_module(f"bench.formats.{TIMES.get(form, form)}").encode(run)
    return data


def notes(run: Run, form: str) -> tuple[str, ...]:
    """What a reader of times should know and the format cannot say."""
    if form not in TIMES:
        return ()
    from bench.formats import timings

    said = []
    if run.profile == "smoke":
        said.append("the profile is smoke: its times are no results")
    if not run.finished:
        said.append(f"the run was stopped: `bench run --resume {run.id}` goes on with it")
    if lacking := timings.left_out(run):
        more = f", and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        said.append(f"left out, as they have no time that counts: {'; '.join(lacking[:3])}{more}")
    return tuple(said)


def require_free(file: Path, force: bool) -> None:
    """Raises ``UsageError`` for a folder, and for a file that is there unless it may be written over."""
    from bench.errors import UsageError

    if file.is_dir():
        raise UsageError(f"{file} is a folder: -o names the file to write, --runs says where runs are")
    if file.is_file() and not force:
        raise UsageError(f"{file} is there already: give --force to write over it, or another name")


def deliver(data: bytes, file: Path | None) -> None:
    """Raises ``StoreError`` for a file that cannot be written."""
    import sys

    from bench.results import store

    if file is None:
        sys.stdout.buffer.write(data)  # as it is: the terminal's encoding is none of a file's
        return
    try:
        store.write_to(file, data)
    except OSError as error:
        raise store.refusal(error, file, "or name another file with -o") from error
    stderr().print(f"exported  {file}", markup=False, soft_wrap=True)
