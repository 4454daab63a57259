"""``bench trend``: when did an exercise become slower?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import completion, runs_folder
from bench.cli.output import print_json, stderr, stdout
from bench.errors import BenchError, NothingMatched, UsageError

if TYPE_CHECKING:
    from bench.analysis.trend import Confirmation, Trend
    from bench.analysis.visits import By
    from bench.model.history import History, PastRun, Quantity, Unread
    from bench.report.trend.words import Telling
    from bench.results.commits import Commits
    from bench.results.since import Since

MOST_CONFIRMED = 3
"""Pairs of commits that are measured again, the newest first: each takes minutes."""


@click.command("trend")
@click.argument("name", metavar="EX", shell_complete=completion.exercises)
@click.option(
    "--by",
    default="commit",
    show_default=True,
    type=click.Choice(["commit", "torch", "device"]),
    help="What the axis is, and so what may differ within a series.",
)
@click.option("--since", default="", metavar="DATE|30d|COMMIT", help="Only runs from then on.")
@click.option(
    "--of",
    "quantity",
    default="time",
    show_default=True,
    type=click.Choice(["time", "memory"]),
    help="Seconds a call, or the peak of memory.",
)
@click.option(
    "--profile",
    type=click.Choice(["smoke", "quick", "full"]),
    help="Only runs of this profile; by default quick and full.",
)
@click.option("--confirm", is_flag=True, help="Measure both neighbours of what became worse again, by bench ab.")
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE.html", help="Where the page goes.")
@runs_folder.option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and no table.")
def command(page: Path | None, as_json: bool, **options: Any) -> int:
    """Show how EX, or a question of it such as ex07.b, went over all runs of a folder, and where it changed.

    Exit code 0 whatever the history shows, for it is no proof; 1 if --confirm finds a change to be real.
    """
    from bench.cli import machine_trouble

    machine_trouble.require_room()
    asked = Asked(**options)
    asked.check()
    telling = told(asked)
    if as_json:
        from bench.report.trend.document import document

        print_json(document(telling))
    else:
        from bench.report.trend import table

        table.show(telling, stdout())
    file = written(telling, page or asked.root / f"trend-{asked.name}" / asked.page)
    (stderr() if as_json else stdout()).print(f"page: {file}", markup=False, soft_wrap=True)
    return BenchError.exit_code if telling.is_confirmed else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line, as it was typed."""

    name: str
    by: By
    since: str
    quantity: Quantity
    profile: str | None
    confirm: bool
    root: Path

    @property
    def exercise(self) -> str:
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        return self.name.partition(".")[2]

    @property
    def page(self) -> str:
        """One for each question that is asked of the same runs."""
        asked = [word for word in (self.by, self.quantity) if word not in ("commit", "time")]
        return f"{'-'.join(['trend', *asked])}.html"

    def check(self) -> None:
        """Raises ``UsageError`` for what contradicts itself, before anything is read."""
        if self.confirm and (self.by, self.quantity) != ("commit", "time"):
            raise UsageError("--confirm measures two commits' times: leave --by and --of as they are")

    def keeps(self, run: PastRun) -> bool:
        return run.profile == self.profile if self.profile else run.profile != "smoke"


def told(asked: Asked) -> Telling:
    """The history with all that is to be said of it."""
    from bench.cli.verbs.run import command_line
    from bench.report.trend.words import Telling

    past, unread = looked_up(asked)
    where, since = order(past), beginning(asked.since)
    trend = series(asked, past, (where, since))
    if not trend.series:
        raise NothingMatched(nothing(asked, past))
    return Telling(
        trend=trend,
        command=command_line(),
        unread=unread,
        notes=notes(trend, where),
        confirmations=confirmed(trend, where) if asked.confirm else (),
    )


def looked_up(asked: Asked) -> tuple[History, tuple[Unread, ...]]:
    """All runs of the exercise. Raises ``NothingMatched`` for one that neither a run nor this installation has."""
    from bench import catalogue
    from bench.analysis.trend import measured
    from bench.results import index

    past, unread = index.history(
        index.Source(root=asked.root, measure=measured, say=say), asked.exercise, asked.quantity
    )
    if not past.tracks:
        catalogue.find(asked.exercise, catalogue.listings())
    return past, unread


def say(words: str) -> None:
    stderr().print(words, markup=False, soft_wrap=True)


def repositories() -> tuple[Path, ...]:
    """Where commits may be known: around this folder, and where bench itself lies."""
    from bench.results.environment import CHECKOUT

    return Path.cwd(), CHECKOUT


def order(past: History) -> Commits:
    from bench.results import commits

    return commits.order(repositories(), (run.environment.commit for run in past.runs))


def beginning(text: str) -> Since | None:
    from datetime import UTC, datetime

    from bench.results.since import since

    return since(text, datetime.now(UTC), repositories()) if text else None


def series(asked: Asked, past: History, limits: tuple[Commits, Since | None]) -> Trend:
    from bench.analysis.trend import Question, of_history
    from bench.results.environment import MATTERS

    where, since = limits
    question = Question(
        exercise=asked.exercise,
        part=asked.part,
        quantity=asked.quantity,
        by=asked.by,
        matters=MATTERS,
        places=where.places,
        subjects=where.subjects,
    )
    return of_history(past, question, lambda run: asked.keeps(run) and (since is None or since.keeps(run)))


def nothing(asked: Asked, past: History) -> str:
    """Why there is no series, and what makes one."""
    name, root = asked.exercise, asked.root
    if not past.runs:
        return f"no run in {root} has the {asked.quantity} of {name}; `bench run {name}` makes one"
    if asked.since or asked.part:
        which = f" since {asked.since}" if asked.since else ""
        return f"no run of {asked.name}{which} among the {len(past.runs)} that have {name} in {root}"
    profiles = sorted({run.profile for run in past.runs})
    return f"the runs of {name} in {root} are of profile {', '.join(profiles)}: name it with --profile"


def notes(trend: Trend, where: Commits) -> tuple[str, ...]:
    """How far the order of commits is known."""
    runs = {visit.run.id: visit.run for visit in trend.visits}.values()
    unknown = sum(1 for run in runs if run.environment.commit not in where.places)
    told = []
    if where.folder is None:
        told.append("No repository here has these commits: runs stand in the order of their time.")
    elif unknown:
        told.append(
            f"{unknown} of {len(runs)} runs are of commits that this repository lacks: they stand by their time."
        )
    if where.shallow:
        told.append("This repository is a shallow clone, which has only the last commits: `git fetch --unshallow`.")
    return tuple(told)


def confirmed(trend: Trend, where: Commits) -> tuple[Confirmation, ...]:
    """Each suspected change measured again, the newest first."""
    from bench.cli import confirming

    folder = where.folder or Path.cwd()
    exercise = trend.asked.partition(".")[0]
    return tuple(confirming.confirm(each, exercise, folder) for each in trend.suspects()[:MOST_CONFIRMED])


def written(telling: Telling, file: Path) -> Path:
    """The page. Raises ``StoreError`` where the disk refuses."""
    from bench.cli.reporting import tell_of_boxes
    from bench.report.trend import page
    from bench.results import store

    text = page.html(telling)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        store.write_to(file, text.encode())
    except OSError as error:
        raise store.refusal(error, file, "or name another file with --page") from error
    tell_of_boxes(file, text)
    return file
