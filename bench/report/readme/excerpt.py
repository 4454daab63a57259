"""What a run prints, shortened to a few of its parts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from io import StringIO
from pathlib import Path

from bench.model import Run
from bench.report import console

WIDTH = 100
LEFT_OUT = "…"


def summary(run: Run, exercise: str, parts: Collection[str]) -> str:
    """The command and its summary as a block of code: of ``exercise`` its title and the ``parts`` ("ex10.a.speed"), and
    what stands below all exercises."""
    lines = printed(run)
    title = next((at for at, line in enumerate(lines) if line.startswith(f"{exercise}  ")), 0)
    after = next((at for at in range(title, len(lines)) if not lines[at]), len(lines))
    last = len(lines) - 1 - next(at for at, line in enumerate(reversed(lines)) if not line)
    shown = [lines[title], *_chosen(lines[title + 1 : after], parts), *lines[last:]]
    inside = "\n".join(shown).replace("```", "'''")
    return f"```console\n$ {' '.join(run.command)}\n{inside}\n```"


def printed(run: Run) -> list[str]:
    """The lines of the summary in a terminal of 100 columns without colours."""
    from rich.console import Console

    page = StringIO()
    console.show(run, Console(file=page, width=WIDTH, color_system=None, highlight=False), Path("results", run.id))
    return [line.rstrip() for line in page.getvalue().splitlines()]


def _chosen(lines: Sequence[str], parts: Collection[str]) -> Iterator[str]:
    """The lines of some parts, each with what is indented below it, and one … for each gap."""
    part, gap = "", False
    for line in lines:
        named = re.match(r"\S (\S+)  ", line)
        part = named[1] if named else part
        if part in parts:
            gap = False
            yield line
        elif not gap:
            gap = True
            yield LEFT_OUT
