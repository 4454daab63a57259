"""What tells of a run: reports, pages and other tools' formats of runs that are spoilt, and written answers."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

from bench import catalogue
from bench.analysis import trend
from bench.cli import output
from bench.formats import bmf, github_action, junit, pyperf, pytest_benchmark, table
from bench.model import Run
from bench.report import console, summary
from bench.report.answers import live, theory
from bench.report.answers.terminal import Answer
from bench.report.between import comparison as between
from bench.report.between import document, markdown
from bench.report.page import html
from bench.results import store
from tests.bad_input import damage, samples
from tests.report import sample

PIECES = (
    "{{ claim(",
    '"x"',
    ") }}",
    "{{",
    "}}",
    "$",
    "$$",
    "\\frac{",
    "}",
    "\\left(",
    "\n\n",
    "\n# ",
    "\n## 10a — b\n",
    "\n::: answer\n",
    "\n:::\n",
    "\n::: fold\n",
    "| a | b |\n| - | - |\n| 1 |\n",
    "[]",
    "{[]:1}",
    "**",
    "`",
    "\n```\n",
    "<script>",
    "![a](b)",
    "[a](javascript:b)",
    '{{ chart("a", "b", kind={}) }}',
    '{{ ratio("a.speed", "by hand", batch=[8]) }}',
    '{{ metric("slope of log variance") }}',
    '{{ kept("a", "b") }}',
    '{{ code("../../c.py") }}',
    "{{ claim(9" + "9" * 5000 + ") }}",
    "-" * 50,
    "(" * 90,
    "{" * 90,
    "\\sqrt[" * 30,
    "\0\ufeff\r\n",
    "\ud800",
    "\n> ",
    "\n- ",
)


def printed() -> Any:
    """A console that nobody reads."""
    there = output.stdout()
    there.file = io.StringIO()
    return there


def bad_run(chance: random.Random, folder: Path) -> Run:
    data = json.dumps(damage.spoilt(chance, samples.written_run())).encode()
    (folder / store.RUN).write_bytes(damage.damaged(chance, data) if chance.random() < 0.1 else data)
    return store.read(folder)


def results(chance: random.Random, folder: Path) -> None:
    """A ``run.json``, with whatever tells of it without drawing."""
    run = bad_run(chance, folder)
    console.show(run, printed(), folder, verbose=chance.random() < 0.5)
    summary.verdict(run)
    list(trend.measured(run))
    for form in (bmf, github_action, junit, pyperf, pytest_benchmark):
        form.encode(run)
    for rows in ("records", "samples", "claims", "metrics"):
        table.encode_csv(run, rows)


def compared(chance: random.Random, folder: Path) -> None:
    pair = [samples.small_run(), bad_run(chance, folder)]
    chance.shuffle(pair)
    told = between.compare(pair, (), 0.03)
    document.document(told, between.exit_code(told))
    markdown.markdown(told)


def pages(chance: random.Random, folder: Path) -> None:
    html.bench_report(run=bad_run(chance, folder), folder=folder)


def answer(chance: random.Random) -> str:
    """A written one, damaged, or a soup of pieces."""
    if chance.random() < 0.3:
        data = damage.bad_bytes(chance, sample.ANSWER.encode(), chance.randrange(10**6))
        return data[: catalogue.ANSWER].decode(errors="replace")
    return "".join(chance.choice((*PIECES, damage.of_text(chance))) for _ in range(chance.randrange(30)))


def render(text: str) -> None:
    run = samples.small_run()
    theory.render(text, run, run.exercises[0], {})
    theory.problems(text, "ex10")
    theory.references(text, "ex10")


def answers(chance: random.Random, folder: Path) -> None:
    text = answer(chance)
    render(text)
    printed().print(Answer(text, lambda reference: live.NOT_MEASURED, exercise="ex10"))
