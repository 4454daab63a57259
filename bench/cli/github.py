"""In GitHub's Actions: a summary is added to that of the step, and what is red is printed as annotations.

GitHub reads annotations on both streams: they go to stderr, so that ``--json`` stays one document.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli.output import stderr
from bench.texts import in_markdown

if TYPE_CHECKING:
    from bench.analysis.compared import Comparison
    from bench.model import Run
    from bench.report.actions import Red

MOST_OF_A_STEP = 1_000_000
"""Bytes: GitHub takes 1 MiB of a step, and drops all of it where there is more."""


def is_here() -> bool:
    """Whether a runner of GitHub's Actions has started this process."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def ended(run: Run, comparison: Comparison | None = None, *, strict: bool = False) -> None:
    """Tell of a run, after the comparison that it ended with: that is what was asked. ``strict``: what is inconclusive
    is red too."""
    if not is_here():
        return
    from bench.report import actions

    if comparison is not None:
        compared(comparison, strict=strict)
    tell(actions.of_run(run), actions.red_of_run(run))


def compared(comparison: Comparison, *, strict: bool = False) -> None:
    """Tell of a comparison of runs."""
    if not is_here():
        return
    from bench.report import actions
    from bench.report.between import markdown

    tell(markdown.markdown(comparison), actions.red_of_comparison(comparison, strict))


def remark(line: str) -> None:
    """Tell in one sentence why there is less to be told."""
    tell(f"{in_markdown(line)}\n")


def tell(markdown: str, red: Iterable[Red] = ()) -> None:
    """Add Markdown, in which whatever is others' is escaped, to the summary, and print what is ``red``; nothing
    elsewhere than in Actions. A summary that cannot be written is a line on stderr: the result is what it is."""
    if not is_here():
        return
    from bench.report import actions

    for line in actions.commands(red):
        sys.stderr.write(f"{line}\n")  # what a console prints is no command to the runner
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            _append(Path(path), markdown)
        except OSError as error:
            reason = f"the summary of the step cannot be written: {error.strerror or error}"
            stderr().print(reason, markup=False, soft_wrap=True)


def _append(path: Path, markdown: str) -> None:
    from bench.report import actions

    if path.exists() and not path.is_file():  # to open a pipe waits for whoever reads it
        raise OSError(errno.EINVAL, "it is no plain file")
    size = path.stat().st_size if path.exists() else 0
    text = actions.bounded(markdown, min(actions.MOST_BYTES, MOST_OF_A_STEP - size) - 1)
    with path.open("a", encoding="utf-8", errors="replace") as file:
        file.write(f"{text}\n" if text else "")
