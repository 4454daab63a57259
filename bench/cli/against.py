"""``bench run --against NAME``: a run that ends with a comparison, and is refused before it begins where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bench.cli import github
from bench.cli.output import stderr
from bench.errors import BenchError, NothingMatched, UsageError

if TYPE_CHECKING:
    from bench.analysis.compared import Comparison
    from bench.cli.asked import Options
    from bench.model import Plan, Run

Command = TypeVar("Command", bound=Callable[..., Any])
OPTIONS = (
    click.option("--against", metavar="RUN", help="End with a comparison: a baseline, or another name of a run."),
    click.option(
        "--fail-on",
        default="regression",
        show_default=True,
        type=click.Choice(["regression", "inconclusive"]),
        help="With --against: what ends with exit code 1.",
    ),
    click.option("--allow-missing", is_flag=True, help="With --against: measure also where there is no such run."),
    click.option("--by", multiple=True, metavar="WHAT", help="With --against: what may differ, as in `bench compare`."),
    click.option("--margin", type=float, metavar="SHARE", help="With --against: within this it is the same [0.03]."),
)


def options(command: Command) -> Command:
    """Give a verb the options of a comparison at its end."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The run to be held against. ``strict``: what is inconclusive is a failure too."""

    run: Run
    folder: Path
    root: Path
    by: tuple[str, ...]
    margin: float
    strict: bool

    def require(self, plan: Plan) -> None:
        """Raises, before anything is measured, where a run of this plan could not be compared: ``UsageError`` where the
        two differ too much, ``NothingMatched`` where the base has none of its cases."""
        from bench.execute.observations import run_of
        from bench.report.between import comparison

        if plan.id == self.run.id:
            raise UsageError(f"{plan.id} cannot be held against itself: name another run by --against")
        planned = replace(run_of(plan, (), finished=False), id=plan.id or "this run")
        comparison.require(self.run, planned, [task.case for task in plan.tasks], self.by)

    def compare(self, run: Run) -> Comparison:
        """Raises ``BenchError`` where they cannot be compared, which only what was measured can tell by now."""
        from bench.report.between import comparison

        return comparison.compare([self.run, run], self.by, self.margin)

    def command(self, run: Run) -> tuple[str, ...]:
        """What would compare them again, whatever the base is called by then."""
        over = [word for name in self.by for word in ("--by", name)]
        margin = ["--margin", f"{self.margin:g}"]
        return ("bench", "compare", str(self.folder), run.id, *over, *margin, "-o", str(self.root))


def find(asked: Options) -> Base | None:
    """The run that is named, before anything else is looked at; ``None`` where none is, or need not be.

    Raises ``NothingMatched`` for a name that no run has, and a ``BenchError`` of exit code 2 for a run that cannot be
    read, a margin that is none and a ``--by`` that is unknown.
    """
    if asked.against is None:
        return None
    from bench.analysis.verdicts import MARGIN
    from bench.cli import comparing
    from bench.report.between import comparison
    from bench.results import named

    margin = MARGIN if asked.margin is None else asked.margin
    comparison.check(asked.by, margin)
    try:
        folder = named.resolve(asked.against, asked.root)
    except NothingMatched as error:
        if not asked.allow_missing:
            made = "`bench baseline set NAME` after a run makes one; --allow-missing runs without"
            raise NothingMatched(f"nothing to hold this run against: {error}. {made}") from error
        complain(f"nothing will be compared: {error}")
        github.remark(f"Nothing was compared: {error}")
        return None
    return Base(
        run=comparing.read(str(folder), asked.root),
        folder=folder,
        root=asked.root,
        by=asked.by,
        margin=margin,
        strict=asked.fail_on == "inconclusive",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A run held against its base. ``own`` is the exit code of the run alone; ``trouble`` is why nothing could be
    compared. A run that was stopped has neither a ``comparison`` nor trouble."""

    base: Base
    run: Run
    own: int
    comparison: Comparison | None = None
    page: Path | None = None
    trouble: BenchError | None = None

    @property
    def code(self) -> int:
        """That of the process: of the run, unless it is 0."""
        return self.own or _verdict(self.comparison, self.base.strict)

    def tell(self, *, quiet: bool) -> int:
        """Print what came of it, and return the exit code; ``quiet`` keeps stdout clean. Raises the ``BenchError`` for
        which nothing could be compared, if the run itself is well."""
        if self.trouble and not self.own:
            raise self.trouble
        if self.comparison is None or self.page is None:
            why = self.trouble or "the run was stopped; give --resume the same --against"
            complain(f"nothing is compared with {self.base.run.id}: {why}")
            return self.own
        _show(self.comparison, self.page, quiet=quiet)
        if self.code != (self.own or _verdict(self.comparison, strict=False)):
            complain("the exit code is 1 for what is inconclusive: --fail-on inconclusive asks for it")
        return self.code


def end(base: Base, run: Run, folder: Path, own: int) -> Ending:
    """Compare, and write ``compare.html`` into the folder of the run; nothing is printed. It is done before the pages
    of the run are drawn, which link to what lies beside them."""
    from bench.report.between import page

    ending = Ending(base=base, run=run, own=own)
    if not run.finished:
        return ending
    try:
        comparison = base.compare(run)
        ending = replace(ending, comparison=comparison)
        written = page.write_page(comparison, folder, base.command(run), exit_code=ending.code)
    except BenchError as error:
        return Ending(base=base, run=run, own=own, trouble=error)
    return replace(ending, page=written[0])


def _show(comparison: Comparison, written: Path, *, quiet: bool) -> None:
    from bench.cli.reporting import tell_of_boxes

    tell_of_boxes(written)
    if quiet:
        from bench.report.between import words

        stderr().print(f"{words.headline(comparison)}: {written}", markup=False, soft_wrap=True)
    else:
        from bench.cli.verbs import compare

        click.echo()
        compare.show(comparison, written)


def _verdict(comparison: Comparison | None, strict: bool) -> int:
    from bench.report.between.comparison import exit_code

    return 0 if comparison is None else exit_code(comparison, strict)


def complain(line: str) -> None:
    """One line on stderr, of which nothing that a file says moves the cursor."""
    from bench.report.texts import text

    stderr().print(text(" ".join(line.split()), "yellow"), soft_wrap=True)
