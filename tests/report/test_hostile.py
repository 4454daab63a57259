"""A run with somebody's harmful name in every text, through everything that shows one: it stays text everywhere."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

import pytest
from markdown_it import MarkdownIt

from bench.analysis.compared import compare
from bench.cli.output import print_json, stdout
from bench.formats import bmf, github_action, junit, pyperf, pytest_benchmark, table
from bench.formats.rows import OF
from bench.model import Run
from bench.report import actions, console
from bench.report.between import console as between_console
from bench.report.between import document, markdown
from bench.results import store
from tests import hostile
from tests.report import sample

MOVES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What a terminal obeys, but for ends of lines."""
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)
TAGS = {"p", "h3", "em", "table", "thead", "tbody", "tr", "th", "td", "strong", "details", "summary", "ul", "li"}
CALLED = re.compile(r"(?<![\w@])@(?!\u200b)|www\.|://|#\d|\bgh-\d|(?<!\\)\$", re.IGNORECASE)
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")


@pytest.fixture(params=hostile.NAMES, scope="module")
def poison(request: pytest.FixtureRequest) -> str:
    return hostile.NAMES[request.param]


@pytest.fixture(scope="module")
def run(poison: str) -> Run:
    return hostile.poisoned(sample.build(hostile=False, seeds=(0, 1)), poison)


@pytest.fixture(autouse=True)
def in_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("COLUMNS", "200")


@contextlib.contextmanager
def printed() -> Iterator[io.StringIO]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        yield out


def require_tame(shown: str) -> None:
    assert not MOVES.search(shown), "a terminal would obey it"
    assert not COMMAND.search(shown), "a runner of builds would obey it"


def test_it_is_stored_and_read_as_it_was(run: Run, tmp_path: Path) -> None:
    store.write(run, tmp_path)
    assert store.read(tmp_path) == run


def test_a_terminal_obeys_nothing(run: Run, tmp_path: Path) -> None:
    with printed() as out:
        console.show(run, stdout(), tmp_path, verbose=True)
        between_console.show(compare((run, replace(run, id="other"))), stdout())
    require_tame(out.getvalue())


def test_json_on_a_terminal_is_whole_and_obeyed_by_nobody(run: Run) -> None:
    told = document.document(compare((run, replace(run, id="other"))), 0)
    with printed() as out:
        print_json(told)
    require_tame(out.getvalue())
    assert json.loads(out.getvalue()) == json.loads(json.dumps(told))


def test_markdown_is_text_in_its_own_tables(run: Run) -> None:
    for made in (actions.of_run(run), markdown.markdown(compare((run, replace(run, id="other"))))):
        html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(made)
        assert set(re.findall(r"<([a-z]\w*)", html)) <= TAGS
        assert not CALLED.search(made), "it would call for somebody, or be a link or a formula on GitHub"
        assert not MOVES.search(made)


def test_an_annotation_is_one_line_and_one_command(run: Run) -> None:
    for line in actions.commands(actions.red_of_run(run)):
        assert re.fullmatch(r"::error title=[^:,\n]*::[^\n\r]*", line)


def test_a_spreadsheet_computes_nothing(run: Run) -> None:
    for of in OF:
        for row in csv.reader(io.StringIO(table.encode_csv(run, of).decode(), newline="")):
            cells = [cell for cell in row if not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)]
            # Where a comma stands in numbers, a semicolon ends a cell.
            assert not [cell for cell in cells for part in cell.split(";") if FORMULA.match(part.strip(' "'))]


def test_the_files_of_other_tools_are_whole(run: Run) -> None:
    for form in (bmf, github_action, pyperf, pytest_benchmark):
        json.loads(form.encode(run))
    reader = expat.ParserCreate()
    reader.EntityDeclHandler = reader.StartDoctypeDeclHandler = lambda *_: pytest.fail("a document type")
    reader.Parse(junit.encode(run), True)
