"""``bench keep``: the numbers of a run that an answer names, put beside it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import catalogue
from bench.catalogue import Listing
from bench.cli.verbs import keep
from bench.errors import NothingMatched, UsageError
from bench.model import Case, Findings, Metric, Record, Run
from bench.report.answers import kept
from bench.results import store
from tests.cli.verbs.test_show import RUN

ANSWER = '# Sums\n\n## a — Sums\n\n{{ kept("a", "accuracy") }} and {{ kept("b", "accuracy") }}.\n'


def run(id: str, **accuracies: float) -> Run:
    records = tuple(
        Record(
            case=Case(exercise="ex42", part=part, device="cpu", seed=0),
            outcome="ok",
            findings=Findings(metrics=(Metric("accuracy", value, "%"),)),
        )
        for part, value in accuracies.items()
    )
    return replace(RUN, id=id, records=records)


@pytest.fixture
def listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listing:
    home = tmp_path / "ex42_sums"
    home.mkdir()
    (home / "answer.md").write_text(ANSWER)
    found = Listing(
        id="ex42", title="Sums", tags=(), module="m.ex42_sums", path=home / "__init__.py", distribution="mine"
    )
    monkeypatch.setattr(catalogue, "listings", lambda: (found,))
    return found


@pytest.fixture
def keeping(tmp_path: Path, listing: Listing) -> Callable[..., tuple[int, str]]:
    def call(stored: Run, *names: str) -> tuple[int, str]:
        folder = tmp_path / "results" / stored.id
        folder.mkdir(parents=True, exist_ok=True)
        store.write(stored, folder)
        done = CliRunner().invoke(keep.command, [str(folder), *names], standalone_mode=False)
        if done.exception:
            raise done.exception
        return done.return_value, done.output

    return call


def test_the_numbers_of_several_runs_come_together(keeping: Callable, listing: Listing) -> None:
    code, out = keeping(run("first", a=90.0))
    assert (code, "ex42: 1 of 2 numbers" in out, "not there: b, accuracy" in out) == (1, True, True)
    assert keeping(run("second", b=80.0))[0] == 0
    told = [
        kept.look_up(reference, listing.sources[kept.FILE]).text for reference in keep.references(listing)
    ]  # as a page and a terminal tell them
    assert told == ["90 %", "80 %"]


def test_nothing_is_written_where_nothing_changes(keeping: Callable, listing: Listing) -> None:
    keeping(run("first", a=90.0, b=80.0), "ex42")
    before = listing.kept.stat().st_mtime_ns
    assert keeping(run("first", a=90.0, b=80.0))[0] == 0
    assert listing.kept.stat().st_mtime_ns == before


def test_a_run_of_which_no_answer_asks_anything_is_refused(keeping: Callable, listing: Listing) -> None:
    listing.beside.write_text("# Sums\n")
    with pytest.raises(NothingMatched, match="no answer of ex42 asks for a kept number"):
        keeping(run("first", a=90.0))


def test_a_file_that_was_damaged_is_not_written_over(keeping: Callable, listing: Listing) -> None:
    listing.kept.write_text("{")
    with pytest.raises(store.StoreError, match=r"kept\.json: not whole.*remove it, and keep its runs again"):
        keeping(run("first", a=90.0))
    assert listing.kept.read_text() == "{"


def test_beside_a_single_file_it_has_the_name_of_the_file(listing: Listing) -> None:
    single = replace(listing, path=listing.path.with_name("ex42_sums.py"))
    assert (listing.kept.name, single.kept.name) == ("kept.json", "ex42_sums.kept.json")


def test_what_nobody_would_read_is_not_written(
    keeping: Callable, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "LARGEST", 100)
    with pytest.raises(UsageError, match="ask for fewer numbers"):
        keeping(run("first", a=90.0))
    assert not listing.kept.exists()
