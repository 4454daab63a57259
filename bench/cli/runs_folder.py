"""The folder of runs: one option for every verb that reads runs or writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
HELP = "The folder in which runs are kept."


def named(*names: str) -> Callable[[Command], Command]:
    """The option by these names, for a verb whose parameter is ``root``."""
    path = click.Path(path_type=Path)
    return click.option(*names, "root", default="results", show_default=True, type=path, help=HELP)


option = named("-o", "--output")
