"""``bench selftest``: is what is measured on this machine to be believed?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import kept, runs_folder
from bench.cli.output import print_json, stdout
from bench.cli.verbs.run import command_line, progress
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.cli.progress import Lines
    from bench.execute.executors.base import Executor
    from bench.selftest.examine import Extent, Report
    from bench.selftest.running import Workshop

MARKS = {"holds": ("✓", "green"), "fails": ("✗", "red"), "not judged": ("–", "yellow")}


@click.command("selftest")
@click.option("--quick", is_flag=True, help="In two minutes, in place of a quarter of an hour.")
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    type=click.Choice(["cpu", "cuda", "auto"]),
    help="Where to measure.",
)
@runs_folder.option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and no table.")
def command(quick: bool, device: str, root: Path, as_json: bool) -> int:
    """Hold what is measured on this machine against what is known: identical code, planted slow-downs, a spin,
    allocations.

    Writes one folder with `selftest.json`, a page and the raw samples. Exit code 0 if all that can be judged here
    holds, 1 if something does not.
    """
    from bench.selftest import report
    from bench.selftest.judge import passed

    result, folder = examined("quick" if quick else "full", device, root)
    with kept.written(lambda: written(result, folder)):
        if as_json:
            print_json(report.document(result))
        else:
            show(result)
    if not as_json:
        stdout().print(f"page: {folder / report.PAGE}", markup=False, soft_wrap=True)
    return 0 if passed(result.checks) else BenchError.exit_code


def written(result: Report, folder: Path) -> None:
    """Raises ``StoreError`` where the disk refuses, or has refused what was to be measured."""
    from bench.results.store import StoreError
    from bench.selftest import report

    report.write(result, folder)
    if result.refused:
        raise StoreError(result.refused)


def examined(extent: Extent, device: str, root: Path) -> tuple[Report, Path]:
    """The report, and the folder that it belongs into."""
    from bench import catalogue
    from bench.execute.executors.local import LocalExecutor
    from bench.results import environment
    from bench.selftest.examine import Selftest
    from bench.selftest.surroundings import Watch

    watch, listings = Watch(), catalogue.listings()
    who = f"`{' '.join(command_line())}` (process {os.getpid()})"
    with progress() as listener:
        with LocalExecutor(slots=environment.cores(), who=who, say=listener.say) as executor:
            test = Selftest(opened(executor, listener, device, root), extent, watch)
            test.measure(listings)
        return test.report(), test.workshop.folder


def opened(executor: Executor, listener: Lines, device: str, root: Path) -> Workshop:
    """Where the tasks are done. Raises ``Missing`` for a device that is not here."""
    from datetime import UTC, datetime

    from bench.execute.inquiries import probe
    from bench.execute.plan import pick_devices
    from bench.results import environment, folders
    from bench.selftest.running import Workshop

    here = probe(executor)
    (chosen,) = pick_devices(device, here.devices)
    return Workshop(
        executor=executor,
        listener=listener,
        folder=folders.make_folder(root, "selftest", chosen, datetime.now(UTC)),
        device=chosen,
        environment=environment.gather(here.facts, threads=1),
        command=command_line(),
    )


def show(report: Report) -> None:
    """One line a check, and a second one for what else there is to know."""
    from bench.selftest.judge import in_words

    console, checks = stdout(), report.checks
    what, measured = (
        max(len(text) for text in texts) for texts in zip(*((c.what, c.measured) for c in checks), strict=True)
    )
    for check in checks:
        mark, style = MARKS[check.state]
        console.print(mark, style=style, end=" ")
        line = f"{check.what:{what}}  {check.measured:{measured}}  {check.goal}"
        console.print(line, markup=False, soft_wrap=True)
        if check.note:
            console.print(f"    {check.note}", markup=False, soft_wrap=True, style="dim")
    console.print(f"\n{in_words(checks, report.surroundings)}", markup=False, soft_wrap=True)
