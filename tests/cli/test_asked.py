"""What contradicts itself on the command line is refused before anything is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.cli.asked import Options
from bench.errors import UsageError


def asked(**other: Any) -> Options:
    plain: dict[str, Any] = {
        "names": ("ex01",),
        "everything": False,
        "only": None,
        "device": "cpu",
        "profile": "smoke",
        "seed": 0,
        "seeds": 1,
        "params": (),
        "threads": 1,
        "timeout": None,
        "data": "auto",
        "files": (),
        "resume": None,
        "keep_checkpoints": False,
        "continued": None,
        "root": Path("results"),
        "dry_run": False,
        "jobs": 0,
        "stop_first": False,
        "verbose": False,
        "as_json": False,
    }
    return Options(**plain | other)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"resume": "latest"}, "name no exercise beside it"),
        ({"names": (), "resume": "a", "continued": "b"}, "give one of them"),
        ({"names": ()}, "name an exercise"),
        ({"everything": True}, "--all runs every exercise"),
        ({"fail_on": "inconclusive"}, "--fail-on is about the comparison at the end: name a run by --against"),
        ({"allow_missing": True}, "--allow-missing is about"),
        ({"by": ("torch",)}, "--by is about"),
        ({"margin": 0.0}, "--margin is about"),
        ({"on": "dask", "params": ("token=abcd",)}, "keeps no secret: run it here, without --on"),
        ({"on": "slurm", "jobs": 2}, "--jobs is about this machine"),
        ({"detach": True}, "--detach leaves shards running elsewhere: say where with --on"),
        ({"names": ("mine.py",)}, "mine.py is no exercise: a file is given by --with mine.py"),
    ],
)
def test_a_contradiction_is_refused(other: dict[str, Any], message: str) -> None:
    asked().check()
    with pytest.raises(UsageError, match=message):
        asked(**other).check()


def refused(options: Options) -> str:
    try:
        options.check()
    except UsageError as error:
        return str(error)
    return ""


def test_what_is_about_a_comparison_is_taken_with_one() -> None:
    given: dict[str, Any] = {"fail_on": "inconclusive", "allow_missing": True, "by": ("torch",), "margin": 0.1}
    assert refused(asked(**given)) == "--fail-on is about the comparison at the end: name a run by --against"
    assert refused(asked(**given, against="main")) == ""


def test_slots_are_the_cores_there_are_for_their_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.results.environment.cores", lambda: 8)
    assert asked().slots == 8
    assert asked(threads=3).slots == 2
    assert asked(threads=9).slots == 1
    assert asked(threads=3, jobs=5).slots == 5
