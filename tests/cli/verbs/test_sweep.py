"""``bench sweep``: laws and the largest that fits of a known call; exit codes, and one line for a mistake."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.analysis.largest import Attempt, Largest
from bench.cli.verbs import sweep
from bench.model import SCHEMA, Case, Environment, Outcome, Record, Run
from bench.report.swept import Swept
from bench.results import store

SMOKE = ("--profile", "smoke")
HELD, EACH = 4_000_000, 400_000
"""Bytes of a call of ex87.a: at once, and for each n."""


def test_a_known_law_is_measured_and_the_largest_that_fits_is_found(bench: Callable, tmp_path: Path) -> None:
    done = bench("sweep", "ex87.a", "--param", "n=30,50", "--until-oom", "--memory", "40MB", *SMOKE)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "results").iterdir()
    run = store.read(folder)
    assert sorted({record.case.parameters["n"] for record in run.records}) == [30, 50]
    assert {record.case.parameters["k"] for record in run.records} == {1}
    assert {record.outcome for record in run.records} == {"ok"}
    for page in ("index.html", "ex87.html"):
        assert "the largest n that fits into 40MB is" in (folder / page).read_text()
    told = json.loads((folder / "sweep.json").read_text())
    once, twice = told["variants"]
    assert [[point["value"] for point in each["points"]] for each in (once, twice)] == [[30, 50], [30]]
    assert once["largest"]["everything_fits"]
    assert twice["largest"]["value"] == pytest.approx((20e6 - HELD) / EACH, abs=5)
    assert [point["peak"]["tensors"] for point in once["points"]] == pytest.approx(
        [HELD + EACH * n for n in (30, 50)], rel=1e-3
    )
    assert "the largest n that fits into 40MB is" in done.stdout
    assert "report    results" in done.stdout
    assert "which n from 30 to 50 fits into 40MB?" in done.stderr


def test_everything_fits_is_no_failure(bench: Callable) -> None:
    done = bench("sweep", "ex87.b", "--param", "n=1,2", "--until-oom", *SMOKE, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["variants"][0]["largest"]["everything_fits"]
    assert told["memory"].endswith("that were free")


def test_a_search_that_something_else_ends_is_a_failure_and_what_fits_is_measured(bench: Callable) -> None:
    done = bench("sweep", "ex87.b", "--param", "n=4,8", "--until-oom", *SMOKE)
    assert done.returncode == 1
    # The line is wrapped at the width of a terminal.
    assert "n 4 fits; stopped at n 8: ValueError: 8 is more than 5" in " ".join(done.stdout.split())


def test_not_even_the_least_is_one_line_and_writes_nothing(bench: Callable, one_line: Callable, tmp_path: Path) -> None:
    done = bench("sweep", "ex87.a", "--param", "n=100..200+50", "--until-oom", "--memory", "2MB", *SMOKE)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("bench: takes: not even n 100 fits into 2MB; allow more by --memory")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ex87.a", "--param", "m=1..4"], 2, "no selected part has a parameter 'm'"),
        (["ex87.a", "--param", "n=4..1"], 2, "runs downwards"),
        (["ex87.a", "--param", "n=1..2000"], 2, "more than 100 values"),
        (["ex87.a", "--param", "n="], 2, "is not name=value"),
        (["ex87.a", "--param", "n=0.5,1"], 2, "whole numbers"),
        (["ex87.a", "--param", "n=0..4"], 2, "n of ex87.a is at least 1"),
        (["ex87.a", "--param", "n=4"], 2, "nothing varies"),
        (["ex87.c", "--param", "mode=fast,slow"], 2, "is no number"),
        (["ex87.d", "--param", "n=1..4"], 2, "ex87.d is a study"),
        (["ex87", "--param", "n=1..4"], 2, "whole exercise"),
        (["ex87.e", "--param", "n=1..4"], 5, "has no part 'e'"),
        (["ex91.a", "--param", "n=1..4"], 4, "ex91 is broken"),
        (["ex87.a"], 2, "Missing option '--param'"),
        (["ex87.a", "--param", "n=1..4", "--memory", "1GB"], 2, "it goes with --until-oom"),
        (["ex87.a", "--param", "n=1..4", "--until-oom", "--memory", "much"], 2, "is no size"),
    ],
)
def test_a_mistake_is_one_line(
    bench: Callable, one_line: Callable, arguments: list[str], code: int, words: str
) -> None:
    assert words in one_line(bench("sweep", *arguments, *SMOKE), code)


KNOWN = Largest(value=4, beyond=Attempt(value=5, outcome="oom"), last=8)
STOPPED = Largest(value=4, stopped=Attempt(value=8, outcome="failed"), last=8)


@pytest.mark.parametrize(
    ("outcome", "found", "code"),
    [
        ("ok", {}, 0),
        ("oom", {}, 1),
        ("oom", {"takes": KNOWN}, 0),
        ("failed", {"takes": KNOWN}, 1),
        ("ok", {"takes": KNOWN, "takes twice": STOPPED}, 1),
    ],
)
def test_what_does_not_fit_is_a_failure_only_where_nobody_asked(
    outcome: Outcome, found: dict[str, Largest], code: int
) -> None:
    case = Case(exercise="ex87", part="a", device="cpu", seed=0, variant="takes")
    run = Run(
        schema=SCHEMA,
        id="run",
        created="",
        command=(),
        profile="smoke",
        devices=("cpu",),
        seeds=(0,),
        data="embedded",
        environment=Environment(python="3", torch="2", platform="l", cpu="c", cores=2, memory=1, threads=1),
        records=(Record(case=case, outcome=outcome),),
    )
    assert sweep.code(Swept(run=run, parameter="n", largest=found)) == code
