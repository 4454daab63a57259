"""The manual of the command line knows every verb, option, exit code and outcome, and the pages' commands exist."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest

from bench import catalogue, errors, model
from bench.cli import INTERRUPTED, cli, main
from tests.signal_handlers import as_they_were

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
PAGES = ["README.md", "CONTRIBUTING.md", "results/README.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]
PAGES += [f"docs/ci/{path.name}" for path in ROOT.glob("docs/ci/*.yml")]
EXAMPLES = {"ex42", "ex43", "ex44", "ex45", "ex99"}
"""Exercises that the pages themselves write."""


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every verb below a group, with all its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


VERBS = dict(commands(cli, "bench"))


def section(verb: str) -> str:
    found = re.search(rf"^##+ {verb}\n(.*?)(?=^##+ bench |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/cli.md has no section {verb!r}"
    return found[1]


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_has_its_row(verb: str) -> None:
    rows = re.findall(r"^\| (`-.*?) \|", section(verb), re.MULTILINE)
    told = {option for row in rows for option in re.findall(r"`(-[\w-]+)`", row)}
    options = [option for option in VERBS[verb].params if isinstance(option, click.Option)]
    assert told == {text for option in options for text in option.opts} - {"-h", "--help"}


def test_every_exit_code_is_documented() -> None:
    table = PAGE[PAGE.index("## Exit codes") : PAGE.index("## Outcomes")]
    told = {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| ([^|]+) \|", table, re.MULTILINE)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BenchError)]
    assert told.keys() == {0, INTERRUPTED} | {kind.exit_code for kind in kinds}
    help_text = " ".join((cli.help or "").split())
    assert {int(code) for code in re.findall(r"(\d+) [a-z]", help_text.partition("Exit codes:")[2])} == told.keys()


def test_every_outcome_is_documented() -> None:
    table = PAGE[PAGE.index("## Outcomes") : PAGE.index("## bench run")]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(get_args(model.Outcome))


def lines(page: str) -> Iterator[str]:
    """The commands of a page: lines of fenced blocks and code within the text that begin with ``bench``."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:console|sh|bash)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"^ +(?:- run: |run: )?(bench [a-z].*)$", text, re.MULTILINE) if page.endswith(".yml") else []
    inside = [line.removeprefix("$ ").partition("  #")[0] for block in blocks for line in block.splitlines()]
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    for line in [*inside, *quoted]:
        for piece in re.split(r"&&|\|| > ", line):
            if re.match(r"\s*bench [a-z]", piece) and not re.search(r"[A-Z]{2}|…|\[", piece.partition('"')[0]):
                yield piece.strip()


@pytest.mark.parametrize(("page", "line"), [(page, line) for page in PAGES for line in dict.fromkeys(lines(page))])
def test_a_command_in_a_page_can_be_given(page: str, line: str) -> None:
    words = shlex.split(line)[1:]
    names = {word.partition(".")[0] for word in words if re.fullmatch(r"ex\d+(\.\w+)*", word)}
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found, f"{page}: {line!r} names no verb"
        command = found
    if not isinstance(command, click.Group):
        complete = len(words) > 0 or not any(parameter.required for parameter in command.params)
        command.make_context(line, words, resilient_parsing=not complete)
    assert names <= EXAMPLES | {listing.id for listing in catalogue.listings()}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["list"], 0), (["frobnicate"], 2), (["run"], 2), (["show", "ex1000"], 5), (["report", "x", "-o", "nowhere"], 5)],
)
def test_exit_codes_are_what_the_table_says(
    arguments: list[str],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with as_they_were(), pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == code
    assert capsys.readouterr().err.count("\n") == (code > 0)
