"""``bench compare``: stored runs held against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import runs_folder
from bench.cli.output import print_json, stdout, visible
from bench.errors import UsageError

if TYPE_CHECKING:
    from bench.analysis.compared import Comparison


ACROSS = {"device", "machine"}
"""What one run may be compared by: its own devices, or the machines of its places."""


@click.command("compare")
@click.argument("runs", metavar="BASE [NEW]...", nargs=-1)
@click.option(
    "--by",
    multiple=True,
    metavar="WHAT",
    help="What the runs may differ in: torch, device, threads, python, machine, commit, …; may be repeated.",
)
@click.option(
    "--margin",
    type=float,
    default=0.03,
    show_default=True,
    help="A share of the time: what lies within it, up or down, is the same.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request.")
@runs_folder.option
def command(
    *, runs: tuple[str, ...], by: tuple[str, ...], margin: float, as_json: bool, markdown: bool, root: Path
) -> int:
    """Hold runs against a base: times, memory, metrics, claims, cases.

    One run `--by device` is a matrix: its times on each kind of device and machine.

    A run is a folder, a `run.json`, a beginning of its name, `latest`, `latest~1`, or a tag. The exit code is 1 where
    something is slower, or a claim or a case is lost.
    """
    from bench.cli import comparing, github, machine_trouble

    machine_trouble.require_room()  # before what follows is imported
    from bench.cli.reporting import tell_of_boxes
    from bench.report.between import comparison as between

    if as_json and markdown:
        raise UsageError("--json and --markdown both want stdout: give one of them")
    if len(runs) == 1 and by and set(by) <= ACROSS:
        return devices(runs[0], by, root, as_json=as_json, markdown=markdown)
    if len(runs) < 2:
        raise UsageError("name two runs: `bench compare latest~1 latest`; one of several devices takes `--by device`")
    comparison = between.compare([comparing.read(name, root) for name in runs], by, margin)
    code = between.exit_code(comparison)
    page = written(comparison, root, runs, by)
    tell_of_boxes(page)
    if as_json:
        from bench.report.between import document

        print_json(document.document(comparison, code))
    elif markdown:
        from bench.report.between import markdown as text

        click.echo(visible(text.markdown(comparison)), nl=False)
    else:
        show(comparison, page)
    github.compared(comparison)
    return code


def devices(name: str, by: tuple[str, ...], root: Path, *, as_json: bool, markdown: bool) -> int:
    """One run of several devices or machines as a matrix. Nothing in it is worse than something else: 0."""
    from datetime import UTC, datetime

    from bench.analysis import matrix as across
    from bench.cli import comparing, github
    from bench.report.matrix import console, document, page
    from bench.report.matrix import markdown as text
    from bench.results import folders

    matrix = across.of_run(comparing.read(name, root))
    folder = folders.make_folder(root, "compare", "+".join(matrix.run.devices), datetime.now(UTC))
    over = [word for each in by for word in ("--by", each)]
    written = page.write_page(matrix, folder, ("bench", "compare", name, *over, "-o", str(root)))[0]
    if as_json:
        print_json(document.document(matrix))
    elif markdown:
        click.echo(text.markdown(matrix), nl=False)
    else:
        console.show(matrix, stdout())
        stdout().print(f"page: {written}", markup=False, soft_wrap=True, style="dim")
    github.tell(text.markdown(matrix))
    return 0


def written(comparison: Comparison, root: Path, runs: tuple[str, ...], by: tuple[str, ...]) -> Path:
    """The page, in a folder of its own: runs that are kept stay as they are."""
    from datetime import UTC, datetime

    from bench.report.between import comparison as between
    from bench.report.between import page
    from bench.results import folders

    folder = folders.make_folder(root, "compare", "+".join(comparison.base.devices), datetime.now(UTC))
    over = [word for name in by for word in ("--by", name)]
    margin = ["--margin", f"{comparison.margin:g}"]
    command = ("bench", "compare", *runs, *over, *margin, "-o", str(root))
    return page.write_page(comparison, folder, command, exit_code=between.exit_code(comparison))[0]


def show(comparison: Comparison, page: Path) -> None:
    from bench.report.between import console

    console.show(comparison, stdout())
    stdout().print(f"page: {page}", markup=False, soft_wrap=True, style="dim")
