"""The folder of runs is one option: every verb and the manual say the same of it."""

from __future__ import annotations

import click
import pytest

from bench.cli import runs_folder
from tests.docs.test_cli import VERBS, section

OPTIONS = {
    verb: option
    for verb, command in VERBS.items()
    for option in command.params
    if isinstance(option, click.Option) and option.name == "root"
}


def test_whoever_writes_no_file_that_is_named_takes_the_folder() -> None:
    written = {verb for verb, command in VERBS.items() if any("--output" in param.opts for param in command.params)}
    assert written == OPTIONS.keys()
    assert {verb for verb, option in OPTIONS.items() if "-o" not in option.opts} == {"bench export"}


@pytest.mark.parametrize("verb", OPTIONS)
def test_the_help_and_the_manual_have_the_same_words(verb: str) -> None:
    option = OPTIONS[verb]
    assert (option.help, option.default, option.show_default) == (runs_folder.HELP, "results", True)
    names = ", ".join(f"`{name}`" for name in option.opts)
    words = runs_folder.HELP[:1].lower() + runs_folder.HELP[1:].rstrip(".")
    assert f"| {names} | {words}, `results` by default |" in section(verb)
