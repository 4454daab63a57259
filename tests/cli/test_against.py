"""A run that ends with a comparison: refused before it begins, or judged at its end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from bench.cli import against
from bench.cli.against import Base
from bench.errors import BenchError, NothingMatched, UsageError
from bench.model import Plan, Run, Task
from bench.results import named, store
from tests.cli.test_asked import asked
from tests.two_runs import case, environment, found, run, timed

BASE = "20261128T010203Z-ex01-cpu"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    (tmp_path / BASE).mkdir()
    store.write(run(BASE, timed(), found({"error": 0.5}), command=("bench", "run", "ex01")), tmp_path / BASE)
    named.tag("main", BASE, tmp_path)
    return tmp_path


def base(results: Path, **more: Any) -> Base:
    told = against.find(asked(**{"against": "main", "root": results} | more))
    assert told
    return told


def plan(*tasks: Task, place: dict[str, Any] | None = None, **more: Any) -> Plan:
    settings: dict[str, Any] = {
        "schema": 1,
        "id": "",
        "created": "2026-11-29T01:02:03+00:00",
        "command": ("bench",),
        "profile": "quick",
        "devices": ("cpu",),
        "seeds": (0,),
        "data": "embedded",
        "threads": 1,
        "timeout": None,
        "environment": environment(**(place or {})),
        "exercises": (),
        "broken": (),
        "tasks": tasks or (Task(kind="agree", case=case(None)),),
    }
    return Plan(**settings | more)


def test_the_options_come_in_the_order_of_the_help() -> None:
    @click.command()
    @against.options
    def verb(**given: Any) -> None:
        click.echo(sorted(given))

    help_text = CliRunner().invoke(verb, ["--help"]).output
    places = [help_text.index(option) for option in ("--against", "--fail-on", "--allow-missing", "--by", "--margin")]
    assert places == sorted(places)


def test_without_a_name_there_is_no_comparison(results: Path) -> None:
    assert against.find(asked(root=results)) is None


@pytest.mark.parametrize("name", ["main", BASE, "20261128", "latest"])
def test_a_run_is_found_by_any_of_its_names(results: Path, name: str) -> None:
    told = base(results, against=name, margin=0.1, by=("torch",), fail_on="inconclusive")
    assert (told.run.id, told.folder, told.margin, told.by, told.strict) == (
        BASE,
        results / BASE,
        0.1,
        ("torch",),
        True,
    )
    assert (base(results).margin, base(results).strict) == (0.03, False)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            {"against": "nothing"},
            "nothing to hold this run against: .*'nothing'.*bench baseline set NAME.*--allow-missing",
        ),
        ({"against": "gone"}, "the tag 'gone' stands for .*, which is not in .* any more"),
        ({"margin": float("nan")}, "between 0 and 1, not nan"),
        ({"by": ("wind",)}, "--by knows no 'wind'"),
    ],
)
def test_what_cannot_be_compared_with_is_refused_at_once(results: Path, other: dict[str, Any], message: str) -> None:
    (results / "20261127T010203Z-ex01-cpu").mkdir()
    (results / "20261127T010203Z-ex01-cpu" / "run.json").write_text("{}")
    named.tag("gone", "20261127T010203Z-ex01-cpu", results)
    (results / "20261127T010203Z-ex01-cpu" / "run.json").unlink()
    with pytest.raises(BenchError, match=message):
        base(results, **other)


def test_what_is_missing_may_be_allowed_and_is_said(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert against.find(asked(against="nothing", root=results, allow_missing=True)) is None
    assert capsys.readouterr().err.startswith("nothing will be compared: no run in ")
    (results / BASE / "run.json").write_text("{")
    with pytest.raises(store.StoreError, match="not whole"):
        base(results, allow_missing=True)


def refused(held: Base, planned: Plan) -> str:
    try:
        held.require(planned)
    except BenchError as error:
        return str(error)
    return ""


def test_a_plan_that_could_be_compared_is_accepted(results: Path) -> None:
    assert refused(base(results), plan()) == ""
    assert refused(base(results), plan(tasks=(), broken=())) == "", "of a broken exercise nobody knows the cases"
    newer = plan(place={"torch": "2.12.0"})
    assert "--by torch" in refused(base(results), newer)
    assert refused(base(results, by=("torch",)), newer) == ""


@pytest.mark.parametrize(
    ("other", "error", "message"),
    [
        ({"place": {"cpu": "Xeon"}}, UsageError, "and this run differ in cpu: EPYC and Xeon.*--by cpu"),
        ({"place": {"torch": "2.12.0"}}, UsageError, "torch: 2.11.0 and 2.12.0"),
        ({"profile": "full"}, UsageError, "profile: quick and full"),
        ({"id": BASE}, UsageError, "cannot be held against itself"),
        ({"seeds": (1,)}, NothingMatched, "has none of the cases that this run would have: `bench run ex01` made it"),
    ],
)
def test_a_plan_that_could_not_be_compared_is_refused(
    results: Path, other: dict[str, Any], error: type[BenchError], message: str
) -> None:
    tasks = (Task(kind="agree", case=case(None, seed=other.get("seeds", (0,))[0])),)
    with pytest.raises(error, match=message):
        base(results).require(plan(*tasks, **other))


def ended(results: Path, new: Run, code: int = 0, *, quiet: bool = False, **more: Any) -> tuple[bool, int]:
    folder = results / "new"
    folder.mkdir(exist_ok=True)
    ending = against.end(base(results, **more), new, folder, code)
    return ending.comparison is not None, ending.tell(quiet=quiet)


@pytest.mark.parametrize(
    ("factor", "own", "fail_on", "code"),
    [
        (1.0, 0, "regression", 0),
        (1.5, 0, "regression", 1),
        (1.5, 3, "regression", 3),
        (1.0, 1, "regression", 1),
        (1.025, 0, "regression", 0),
        (1.025, 0, "inconclusive", 1),
        (1.025, 4, "inconclusive", 4),
    ],
)
def test_the_exit_code_of_the_run_comes_first(results: Path, factor: float, own: int, fail_on: str, code: int) -> None:
    new = run("new", timed(factor), found({"error": 0.5}))
    assert ended(results, new, own, quiet=True, fail_on=fail_on) == (True, code)
    assert (results / "new" / "compare.html").is_file()
    assert json.loads((results / "new" / "compare.json").read_text("utf-8"))["exit_code"] == code


def test_the_table_and_the_page_are_named(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended(results, run("new", timed(1.5)), by=("torch",))
    out, err = capsys.readouterr()
    assert "✗ 1 time is slower (over torch)" in out
    assert f"page: {results / 'new' / 'compare.html'}" in out
    assert err == ""
    page = (results / "new" / "compare.html").read_text("utf-8")
    assert f"bench compare {results / BASE} new --by torch --margin 0.03 -o {results}" in page


def test_json_has_stdout_for_itself(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended(results, run("new", timed(1.5)), quiet=True)
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"1 time is slower: {results / 'new' / 'compare.html'}\n")


def test_why_it_ends_with_1_though_nothing_is_worse_is_said(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(results, run("new", timed(1.025)), fail_on="inconclusive") == (True, 1)
    assert capsys.readouterr().err.startswith("the exit code is 1 for what is inconclusive")
    for code, factor in ((0, 1.5), (3, 1.025)):
        assert ended(results, run("new", timed(factor)), code, fail_on="inconclusive") == (True, code or 1)
        assert capsys.readouterr().err == ""


def test_what_this_run_was_not_asked_for_is_no_loss(results: Path) -> None:
    """The base has a study too."""
    assert ended(results, run("new", timed())) == (True, 0)


def test_a_run_that_was_stopped_is_not_compared(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(results, run("new", timed(), finished=False), 1) == (False, 1)
    assert "the run was stopped; give --resume the same --against" in capsys.readouterr().err
    assert not (results / "new" / "compare.html").exists()


def test_what_only_the_end_can_tell_is_an_error_of_a_run_that_is_well(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alien = run("new", replace(timed(), case=case(n=7)))
    with pytest.raises(NothingMatched, match="no case in common"):
        ended(results, alien)
    assert ended(results, alien, 1) == (False, 1)
    assert "no case in common" in capsys.readouterr().err


def test_a_name_in_a_file_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    against.complain("\x1b[2Jevil\nid [red]")
    assert capsys.readouterr().err == "�[2Jevil id [red]\n"
