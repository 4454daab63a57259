"""``bench show``: an exercise in the terminal, its code loaded in a child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from bench.cli import completion
from bench.cli.output import print_json, stdout
from bench.errors import PluginError

if TYPE_CHECKING:
    from bench.model import ExerciseInfo, PartInfo


@click.command("show", short_help="Print an exercise's questions, parts and written answer.")
@click.argument("name", metavar="EX", shell_complete=completion.exercises)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(name: str, as_json: bool) -> None:
    """Print an exercise's questions, parts and written answer; numbers that a run measures are left open (…)."""
    exercise = described(name)
    if as_json:
        from dataclasses import asdict

        print_json(asdict(exercise))
        return
    from bench.report.answers.terminal import Answer

    console = stdout()
    console.print(f"{exercise.id}: {exercise.title}", style="bold", markup=False)
    width = max((len(part.id) for part in exercise.parts), default=0)
    for part in exercise.parts:
        console.print(line(part, width), markup=False, soft_wrap=True)
    console.print()
    console.print(Answer(exercise.answer or "*This exercise has no written answer yet.*"))


def described(name: str) -> ExerciseInfo:
    from bench import catalogue
    from bench.execute import plan, prepare
    from bench.execute.executors.local import Workers
    from bench.model import Broken

    selection = plan.Selection(catalogue.find(name.partition(".")[0], catalogue.listings()))
    with Workers(threads=1) as workers:
        answer = prepare.describe(selection, (), workers)
    if isinstance(answer, Broken):
        raise PluginError(f"{answer.exercise} is broken: {answer.reason}")
    return answer


def line(part: PartInfo, width: int) -> str:
    """Such as ``b.speed  comparison  Which is faster? (batch=1,8; against autograd)``, ids ``width`` wide."""
    swept = [f"{name}={shown(value)}" for name, value in part.parameters.items()]
    against = [f"against {part.reference}"] if part.reference else []
    notes = "; ".join([*swept, *against])
    return f"  {part.id:{width}}  {part.kind:10}  {part.title}" + (f" ({notes})" if notes else "")


def shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
