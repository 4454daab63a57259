"""``bench check``: the contract of a plugin, promise by promise."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import rich_click as click

from bench.cli import completion
from bench.cli.output import print_json, stdout
from bench.errors import BenchError, PluginError

if TYPE_CHECKING:
    from bench.execute.wire import Checked


@click.command("check", short_help="Hold an exercise against the contract of a plugin.")
@click.argument("name", metavar="EX", shell_complete=completion.exercises)
@click.option("--timeout", default=600.0, show_default=True, type=click.FloatRange(0, min_open=True), metavar="SECONDS")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(name: str, timeout: float, as_json: bool) -> int:
    """Try what every exercise promises: its hook, equal findings from equal seeds, no global state changed, variants
    that agree. Exit code 1 if a promise is broken, 4 if the exercise cannot be loaded."""
    checked = verdicts(name, timeout)
    if as_json:
        print_json([asdict(one) for one in checked])
    else:
        console = stdout()
        for one in checked:
            mark, style = ("✗", "red") if one.problem else ("✓", "green")
            console.print(mark, style=style, end=" ")
            console.print(one.promise + (f": {one.problem}" if one.problem else ""), markup=False, soft_wrap=True)
    if checked[0].problem:
        return PluginError.exit_code
    return BenchError.exit_code if any(one.problem for one in checked) else 0


def verdicts(name: str, timeout: float) -> tuple[Checked, ...]:
    from bench import discovery
    from bench.execute import plan, prepare
    from bench.execute.wire import Checked, Order, Verdicts
    from bench.execute.workers import Workers
    from bench.model import Broken

    listing = discovery.find(name, discovery.listings())
    with Workers(threads=1) as workers:
        described = prepare.describe(plan.Selection(listing), (), workers)
        if isinstance(described, Broken):
            return (Checked("it loads, and its hook gives an Exercise", described.reason),)
        order = Order("check", listing.module, listing.id, profile="smoke")
        reply = workers.do(order, timeout=timeout, listen=lambda progress: None)
    if isinstance(reply.answer, Verdicts):
        return reply.answer.checked
    at_work = f" while it worked on {reply.variant!r}" if reply.variant else ""
    loads = Checked("it loads, and its hook gives an Exercise")
    return loads, Checked("it survives being checked", prepare.last_line(reply) + at_work)
