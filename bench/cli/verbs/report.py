"""``bench report``: everything is drawn again from run.json alone."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import runs_folder
from bench.cli.output import print_text, stdout


@click.command("report")
@click.argument("run", default="latest")
@runs_folder.option
@click.option("-v", "--verbose", is_flag=True, help="Print tables, laws and metrics too.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole run as JSON on stdout, and no summary.")
@click.option("--pdf", is_flag=True, help="Print each page as a PDF beside it, by the Chromium that is here.")
@click.option("--full", is_flag=True, help="With --pdf: with every fold open, not the handout.")
@click.option("--with", "files", multiple=True, metavar="FILE.py", help="A file with a report of your own.")
def command(
    *, run: str, root: Path, verbose: bool, as_json: bool, pdf: bool, full: bool, files: tuple[str, ...]
) -> int:
    """Draw the reports of a run again, from its `run.json`; RUN is named as for `bench compare`.

    The exit code is that of the run.
    """
    from bench.cli import exits, machine_trouble

    machine_trouble.require_room()  # before what follows is imported
    from bench.cli.reporting import Reporters
    from bench.errors import UsageError
    from bench.report import printed
    from bench.results import named, store
    from bench.with_files import read_files

    if full and not pdf:
        raise UsageError("--full says how much --pdf prints: give both")
    if pdf:
        printed.chromium()  # what is not here is said before anything is drawn
    folder = named.resolve(run, root)
    content = store.read(folder)
    reporters = Reporters()
    reporters.load(read_files(map(Path, files)))
    written = reporters.draw(content, folder)
    pages = [path for path in written if path.suffix == ".html" and path.parent == folder]
    made = printed.write(pages, full=full) if pdf else ()
    if as_json:
        print_text(store.encode(content).decode())
    else:
        from bench.report import console

        console.show(content, stdout(), folder if reporters.has_pages else None, verbose=verbose)
        for path in made:
            stdout().print(f"printed   {path}", markup=False, soft_wrap=True)
    return exits.code(content, reporters.code)
