"""Every kind of bad input, and how many of it are tried."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bad_input import files, surroundings, told, typed

Give = Callable[[random.Random, Path], None]


def nothing(folder: Path) -> None:
    """Most kinds need nothing around them."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``give`` makes one and gives it to what reads it; ``share`` are so many in a hundred tries, as many as a second
    takes; ``typed``: whoever types a path means it, so that a file elsewhere is no fault."""

    give: Give
    share: int
    around: Callable[[Path], None] = nothing
    typed: bool = False


def of_file(name: str, share: int) -> Kind:
    def give(chance: random.Random, folder: Path) -> None:
        files.feed(name, chance, folder, chance.randrange(10**6))

    return Kind(give=give, share=share, around=partial(files.surround, name))


SLOW = {"kept.json": 20, "run.json": 60, "run.json to go on from": 20, "index": 30, "answer.md": 40}
"""Files that take longer than others."""
KINDS: dict[str, Kind] = {
    **{name: of_file(name, SLOW.get(name, 100)) for name in files.FILES},
    "results told": Kind(give=told.results, share=4),
    "comparisons": Kind(give=told.compared, share=4),
    "pages": Kind(give=told.pages, share=1),
    "answers": Kind(give=told.answers, share=20),
    "names": Kind(give=typed.names, share=100, around=typed.runs_here),
    "parameters": Kind(give=typed.values, share=200),
    "ranges": Kind(give=typed.ranged, share=220),
    "sizes, dates, requirements": Kind(give=typed.measures, share=200),
    "engines": Kind(give=typed.engines, share=100),
    "completion": Kind(give=typed.completed, share=2),
    "command lines": Kind(give=typed.command_lines, share=10, around=typed.runs_here, typed=True),
    "variables": Kind(give=surroundings.variables, share=50, typed=True),
    "kernel": Kind(give=surroundings.kernel, share=30, around=surroundings.kernel_here),
    "messages": Kind(give=surroundings.messages_of_children, share=100),
    "documents of bench ab": Kind(give=surroundings.other_bench, share=100),
    "programs": Kind(give=surroundings.programs, share=2, typed=True),
}


def share(name: str, times: float) -> int:
    """How many inputs of a kind are tried: so many times its share, and two at least."""
    return max(2, round(KINDS[name].share * times))
