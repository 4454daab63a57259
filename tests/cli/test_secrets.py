"""A secret on the command line: the exercise gets it, and no byte of what is kept or printed has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.model import Record
from bench.results import store

TOKEN, PASSWORD = "hunter-2-is-secret", "pa55-of-mine"
ADDRESS = f"https://me:{PASSWORD}@data.example/x"
SAYS = f'''"""ex98: An exercise that is given secrets."""

import numpy as np

from bench import Exercise, hookimpl

exercise = Exercise(tags=("secret",))


@exercise.study("a", "It gets them", api_token="none", address="none", scale=1.0)
def gets(lab, api_token, address, scale):
    print("printed", api_token)
    lab.metric("they are those that were typed", float(api_token == {TOKEN!r} and address == {ADDRESS!r}))
    lab.metric(f"length of {{api_token}}", len(api_token), "letters")
    lab.figure(f"seen by {{api_token}}", np.zeros((2, 2)), "a caption")
    lab.table("given", [{{"token": api_token, "address": address}}])


@exercise.study("b", "It tells them", api_token="none", address="none")
def tells(lab, api_token, address):
    raise ValueError(f"cannot log in with {{api_token}} at {{address}}")


@exercise.study("c", "It dies with them on its lips", api_token="none", address="none")
def dies(lab, api_token, address):
    import os
    print("dying with", api_token, address, flush=True)
    os._exit(3)


@exercise.comparison("d", "Its variants get them", reference="first", api_token="none", n=(8,))
def variants(lab, api_token, n):
    import torch
    x = torch.ones(n) * len(api_token)
    return {{"first": lambda: x + {len(TOKEN)} - len(api_token), "second": lambda: x + 0}}


@hookimpl
def bench_exercise():
    return exercise
'''
OUTCOMES = ["ok", "failed", "failed", "ok", "ok"]
"""Of the parts, and of both variants of the last."""
GIVEN = ("--param", f"api_token={TOKEN}", f"--param=address={ADDRESS}", "--profile", "smoke", "--device", "cpu")


@pytest.fixture
def exercise(install: Callable[..., Path]) -> None:
    install("secretive", ex98_says=SAYS)


def holders(folder: Path) -> list[str]:
    """The files with a secret in their content or name."""
    secrets = [TOKEN, PASSWORD]
    return [
        str(path)
        for path in folder.rglob("*")
        if any(secret in path.name or (path.is_file() and secret.encode() in path.read_bytes()) for secret in secrets)
    ]


def run_folder(folder: Path) -> Path:
    return next((folder / "out").glob("*/run.json")).parent


def right(record: Record) -> float:
    return next(metric.value for metric in record.findings.metrics if metric.name.startswith("they are"))


@pytest.mark.usefixtures("exercise")
def test_a_run_with_secrets_keeps_and_prints_none_and_goes_on_once_they_are_given_again(
    process: Callable, bench: Callable, one_line: Callable, tmp_path: Path
) -> None:
    done = process("run", "ex98", *GIVEN, "-v", "-o", "out")
    run = store.read(run_folder(tmp_path))
    assert [record.outcome for record in run.records] == OUTCOMES
    (gets,) = (record for record in run.records if record.case.part == "a")
    assert right(gets) == 1.0, "the exercise was given something else"
    assert gets.case.parameters["api_token"] == "***"
    assert gets.case.parameters["address"] == "https://***@data.example/x"
    assert "cannot log in with *** at https://***@data.example/x" in done.stdout
    assert "api_token=***" in " ".join(run.command)
    assert [(run_folder(tmp_path) / each.path).is_file() for each in gets.findings.figures] == [True]
    for secret in (TOKEN, PASSWORD):
        assert secret not in done.stdout + done.stderr
    assert holders(tmp_path) == []
    goes_on_once_they_are_given_again(run_folder(tmp_path), process, bench, one_line)
    assert holders(tmp_path) == []


def goes_on_once_they_are_given_again(folder: Path, process: Callable, bench: Callable, one_line: Callable) -> None:
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().split(b"\n")[0] + b"\n")  # as if it had been killed at the start
    (folder / "run.json").unlink()
    said = one_line(bench("run", "--resume", folder.name, "-o", "out"), 2)
    assert "give it again, with --param api_token=… --param address=…" in said
    process("run", "--resume", folder.name, *GIVEN[:3], "-o", "out")
    again = store.read(folder).records
    assert [record.outcome for record in again] == OUTCOMES
    assert right(again[0]) == 1.0


@pytest.mark.usefixtures("exercise")
def test_several_secrets_of_one_name_and_secrets_elsewhere_are_refused(bench: Callable, one_line: Callable) -> None:
    several = bench("run", "ex98.a", "--param", "api_token=abcd,efgh", "--dry-run")
    assert "give one value" in one_line(several, 2)
    elsewhere = bench("run", "ex98.a", "--on", "dask", "--param", f"api_token={TOKEN}")
    assert "keeps no secret" in one_line(elsewhere, 2)
    assert TOKEN not in several.stderr + elsewhere.stderr


@pytest.mark.usefixtures("exercise")
def test_a_refusal_does_not_repeat_a_secret(bench: Callable, one_line: Callable) -> None:
    for wrong in (f"api_token={TOKEN},scale=1,scale=2", f"scale={ADDRESS}", f"no_token={TOKEN}", f"token{TOKEN}"):
        said = one_line(bench("run", "ex98.a", "--param", wrong), 2)
        assert TOKEN not in said or wrong == f"token{TOKEN}", "that has no name, and is no secret"
        assert PASSWORD not in said


def test_an_address_of_a_scheduler_is_told_without_its_password(process: Callable, one_line: Callable) -> None:
    pytest.importorskip("distributed")
    said = one_line(process("run", "ex90.a", "--on", f"dask:nosuch://me:{PASSWORD}@host:1"), 2)
    assert PASSWORD not in said
