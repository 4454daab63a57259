"""``bench ab``: is this state of the code slower than that one?"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import completion, kept, runs_folder
from bench.cli.output import print_json, stderr, stdout, visible
from bench.errors import BenchError, UsageError

if TYPE_CHECKING:
    from bench.ab.pairs import Comparison
    from bench.ab.readings import Rule
    from bench.ab.stage import Ends, Stage
    from bench.ab.telling import Line
    from bench.ab.walk import Walk
    from bench.catalogue import Listing
    from bench.report.actions import Red

STYLES = {"slower": "red", "broken": "red", "faster": "green", "mended": "green", "undecided": "yellow", "note": "dim"}


@click.command("ab")
@click.argument("words", nargs=-1, metavar="[REV_A [REV_B]] [EX|EX.PART]...", shell_complete=completion.exercises)
@click.option("--env", "envs", multiple=True, metavar="REQUIREMENT", help="Two environments made by uv: give it twice.")
@click.option("--bisect", is_flag=True, help="Walk the commits between to the first slower one.")
@click.option(
    "--profile",
    default="quick",
    show_default=True,
    type=click.Choice(["smoke", "quick", "full"]),
    help="How much work one run is.",
)
@click.option("--device", default="auto", show_default=True, metavar="cpu|cuda|auto", help="Where to compute.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE[,VALUE]", help="Set a parameter of the parts.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Threads of each process.")
@click.option(
    "--budget",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, 10_080, min_open=True),
    metavar="MINUTES",
    help="Measure no longer than this.",
)
@click.option(
    "--margin",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0, 100, min_open=True),
    metavar="PERCENT",
    help="From where on a difference counts.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the order of the runs.")
@runs_folder.option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and no table.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, as for a comment, and no table.")
def command(words: tuple[str, ...], **options: Any) -> int:
    """Run exercises on two sides in turn, in fresh processes, until it is known whether side B is slower.

    REV_A and REV_B are revisions of the git repository around this folder: HEAD and the working tree where they are
    not given. Without a name, the exercises are measured whose files differ. Exit code 0 if B is not known to be
    slower, 1 if it is, or if something is broken that is sound on A.
    """
    from bench import catalogue

    listings = catalogue.listings()
    revisions, names = told_apart(words, {listing.id for listing in listings})
    asked = Options(revisions=revisions, names=names, **options)
    asked.check()
    comparison, walk, folder = compared(asked, listings)
    show(asked, comparison, walk, folder)
    return BenchError.exit_code if comparison.findings.is_red else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line, as it was typed."""

    revisions: tuple[str, ...]
    names: tuple[str, ...]
    envs: tuple[str, ...]
    bisect: bool
    profile: str
    device: str
    params: tuple[str, ...]
    threads: int
    budget: float
    margin: float
    seed: int
    root: Path
    as_json: bool
    as_markdown: bool

    def check(self) -> None:
        """Raises ``UsageError`` for what contradicts itself, before anything is made."""
        from bench.ab.environments import requirements

        if not all(map(math.isfinite, (self.budget, self.margin))):  # click takes nan for a number within any range
            raise UsageError("--budget and --margin are numbers: minutes, and per cent")
        if self.as_json and self.as_markdown:
            raise UsageError("--json and --markdown are two forms of one answer: give one of them")
        if self.bisect and (self.envs or len(self.revisions) < 2):
            raise UsageError("--bisect walks the commits between two revisions: name both, such as HEAD~20 HEAD")
        if self.envs and len(self.envs) != 2:
            raise UsageError("--env is given twice, once a side, such as --env torch==2.11 --env torch==2.14")
        if self.envs and not self.names:
            raise UsageError("both sides have the same code: name the exercises to measure, such as ex14")
        if self.envs and len(self.revisions) > 1:
            raise UsageError("with --env both sides have one code: name one revision, or none for the code as it is")
        for text in self.envs:
            requirements(text)

    @property
    def passed_on(self) -> tuple[str, ...]:
        """The options of every run."""
        params = (word for param in self.params for word in ("--param", param))
        fixed = ("--profile", self.profile, "--device", self.device, "--threads", str(self.threads))
        return (*fixed, *params)

    @property
    def rule(self) -> Rule:
        from bench.ab.readings import Rule

        return Rule(margin=self.margin / 100)


def told_apart(words: Sequence[str], ids: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Revisions and names of exercises. A word is an exercise's if it begins as one of ``ids``, or as ex14 does:
    a revision may have one that is not here."""
    known = set(ids)
    named = [word.partition(".")[0] in known or bool(re.match(r"ex\d+", word)) for word in words]
    first = named.index(True) if True in named else len(words)
    if not all(named[first:]):
        wrong = next(word for word, is_name in zip(words[first:], named[first:], strict=True) if not is_name)
        raise UsageError(f"{wrong!r} is no exercise; revisions come before the exercises")
    if first > 2:
        raise UsageError(f"{words[2]!r} is no exercise, and two revisions are named before it; `bench list` shows them")
    return tuple(words[:first]), tuple(words[first:])


def compared(asked: Options, listings: Sequence[Listing]) -> tuple[Comparison, Walk | None, Path]:
    """What was measured, the way to the first slower commit where that was asked for, and the folder that keeps it."""
    from bench.ab import walk
    from bench.ab.stage import Stage
    from bench.results import folders

    ends, rule = ends_of(asked), asked.rule
    names = asked.names or (ends.touched(listings) if ends else ())
    if ends and asked.bisect:
        ends.between()  # what cannot be walked is said before anything is measured
    folder = folders.make_folder(asked.root, f"ab-{'+'.join(names[:4])}", asked.device, datetime.now(UTC))
    with Stage(folder / "runs", asked.passed_on, say, asked.seed) as stage:
        make_ready(stage, asked, ends)
        seconds = 60 * asked.budget
        if asked.bisect:
            # The way needs time, too: it has at least half of it.
            whole = stage.compare(names, walk.first_rule(rule), seconds / 2)
        else:
            whole = stage.compare(names, rule, seconds)
        way = walk.walk(stage, ends, whole, rule, seconds - whole.seconds) if ends and asked.bisect else None
    return whole, way, folder


def ends_of(asked: Options) -> Ends | None:
    """None where two environments are compared on the code as it is, which may lie in no repository."""
    from bench.ab.history import Repository
    from bench.ab.stage import Ends

    if asked.envs and not asked.revisions:
        return None
    return Ends.named(Repository.around(Path.cwd()), asked.revisions, twice=bool(asked.envs))


def make_ready(stage: Stage, asked: Options, ends: Ends | None) -> None:
    from bench.ab.environments import requirements

    if asked.envs:
        side = stage.side_of(ends.repository, ends.a) if ends else None
        stage.set_environments([requirements(text) for text in asked.envs], side)
    elif ends:
        stage.set_revisions(ends)


def say(text: str) -> None:
    stderr().print(text, markup=False, soft_wrap=True)


def show(asked: Options, comparison: Comparison, walk: Walk | None, folder: Path) -> None:
    """The result on stdout, in the form that was asked for; as JSON it is kept as well."""
    from bench.ab import telling
    from bench.ab import walk as walking
    from bench.cli import github

    document = telling.document(comparison) | ({"bisect": walking.document(walk)} if walk else {})
    markdown = telling.markdown(comparison) + (walking.markdown(walk) if walk else "")
    with kept.written(lambda: write(document, folder / "ab.json")), told_of_room(comparison, walk):
        github.tell(markdown, red(comparison))
        if asked.as_json:
            print_json(document)
        elif asked.as_markdown:
            sys.stdout.write(visible(markdown))
        else:
            print_lines([*telling.text(comparison), *(walking.text(walk) if walk else ())])
    if not (asked.as_json or asked.as_markdown):
        stdout().print(f"kept      {folder}", markup=False, soft_wrap=True)


@contextmanager
def told_of_room(comparison: Comparison, walk: Walk | None) -> Iterator[None]:
    """What was found is shown, and not taken for all that was asked for, where the disk was full meanwhile."""
    from bench.ab.room import OutOfRoom

    yield
    if refused := comparison.refused or (walk.refused if walk else ""):
        raise OutOfRoom(refused)


def red(comparison: Comparison) -> Iterator[Red]:
    """What GitHub shall mark: each case that is slower, and what is broken on side B alone."""
    from bench.ab import telling
    from bench.report.actions import Red

    for each in comparison.findings.timed:
        if each.verdict == "slower":
            yield Red("bench ab: slower", f"{each.case.label}: {telling.change(each.bounds)}")
    for broken in comparison.findings.worse:
        yield Red("bench ab: broken", telling.broken_in_words(broken))


def write(document: dict[str, Any], path: Path) -> None:
    import json

    from bench.results import store

    try:
        store.replace_file(path, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    except OSError as error:
        raise store.refusal(error, path, "then measure again") from error


def print_lines(lines: Iterable[Line]) -> None:
    console = stdout()
    for line in lines:
        console.print(line.text, style=STYLES.get(line.state, ""), markup=False, soft_wrap=True)
