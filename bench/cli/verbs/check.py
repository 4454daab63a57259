"""``bench check``: the contract of a plugin, promise by promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bench.cli import completion
from bench.cli.output import print_json, stdout
from bench.errors import BenchError, PluginError, UsageError

if TYPE_CHECKING:
    from bench.catalogue import Listing
    from bench.execute.messages import Checked, Verdicts


@click.command("check")
@click.argument("names", nargs=-1, metavar="[EX]...", shell_complete=completion.exercises)
@click.option("--all", "everything", is_flag=True, help="Check every exercise.")
@click.option(
    "--timeout",
    default=600.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Kill the check of an exercise after this.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(names: tuple[str, ...], everything: bool, timeout: float, as_json: bool) -> int:
    """Try what every exercise promises: its hook, equal findings from equal seeds, no global state changed, variants
    that agree, an answer that names what is there. One line a promise; exit code 1 if one is broken, 4 if an exercise
    cannot be loaded."""
    from bench.execute import inquiries
    from bench.execute.executors.local import LocalExecutor

    listings = asked(names, everything)
    rows, codes = [], set()
    with LocalExecutor() as executor:
        for listing in listings:
            verdicts = inquiries.check(listing, executor, timeout)
            checked = (*verdicts.checked, *of_answer(listing, verdicts))
            codes.add(exit_code(checked))
            rows += [{"exercise": listing.id} | asdict(verdict) for verdict in checked]
            if not as_json:
                tell(listing.id, checked)
    if as_json:
        print_json(rows)
    return next((code for code in (BenchError.exit_code, PluginError.exit_code) if code in codes), 0)


def asked(names: tuple[str, ...], everything: bool) -> tuple[Listing, ...]:
    """The exercises in the order of their names, each once."""
    from bench import catalogue

    if everything and names:
        raise UsageError("--all checks every exercise: name none beside it")
    if not (names or everything):
        raise UsageError("name an exercise, such as ex10, or --all; `bench list` shows them")
    listings = catalogue.listings()
    return listings if everything else tuple(catalogue.find(name, listings) for name in dict.fromkeys(names))


def exit_code(checked: Sequence[Checked]) -> int:
    """The first promise is that the exercise loads."""
    if checked[0].problem:
        return PluginError.exit_code
    return BenchError.exit_code if any(verdict.problem for verdict in checked) else 0


def of_answer(listing: Listing, verdicts: Verdicts) -> tuple[Checked, ...]:
    """Of an exercise that loads: what its written answer names, held against what its parts were seen to have."""
    from bench.execute.messages import Checked
    from bench.report.answers import contract, spellings

    if verdicts.checked[0].problem or not listing.answer:
        return ()
    seen = contract.Seen(
        id=listing.id,
        parts=verdicts.parts,
        found=verdicts.found,
        variants=verdicts.variants,
        work=verdicts.work,
        spelt=spellings.of(sources(listing)),
        sources=listing.sources,
    )
    name = listing.beside.name
    broken = [Checked(f"{name}:{problem.line}", problem.text) for problem in contract.broken(listing.answer, seen)]
    return tuple(broken) or (Checked(f"{name}: its headings bind, and what it names is there"),)


def sources(listing: Listing) -> list[str]:
    """The code of an exercise, all its modules."""
    paths = listing.path.parent.rglob("*.py") if listing.path.name == "__init__.py" else [listing.path]
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(paths)]


def tell(exercise: str, checked: Sequence[Checked]) -> None:
    """Such as ``✓ ex07  a: two runs with one seed find the same``."""
    console = stdout()
    for verdict in checked:
        mark, style = ("✗", "red") if verdict.problem else ("✓", "green")
        console.print(mark, style=style, end=" ")
        text = f"{verdict.promise}: {verdict.problem}" if verdict.problem else verdict.promise
        console.print(f"{exercise}  {text}", markup=False, soft_wrap=True)
