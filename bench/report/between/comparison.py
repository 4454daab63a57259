"""Stored runs become a comparison, where they may: what ``bench compare`` shows, and whatever else ends with one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from bench.analysis import between, compared
from bench.analysis.compared import Comparison
from bench.analysis.compared import exit_code as exit_code
from bench.analysis.verdicts import MARGIN
from bench.errors import NothingMatched
from bench.model import Case, Run
from bench.results import comparable

LONGEST = 200
"""Of a command that is quoted."""


def check(by: Sequence[str] = (), margin: float = MARGIN) -> None:
    """Raises ``UsageError`` for a ``by`` that is unknown and a margin that is none, before any run is at hand."""
    comparable.allowed(by)
    compared.require_margin(margin)


def require(base: Run, planned: Run, cases: Sequence[Case], by: Sequence[str] = ()) -> None:
    """What can be known before anything is measured: ``planned`` is a run without records, ``cases`` are those that it
    will have. Raises ``UsageError`` where the two may not be compared, ``NothingMatched`` where the base has none of
    the cases."""
    comparable.require(base, planned, by)
    # Of an exercise that is broken nobody knows the cases: the run says that it is.
    if cases and not between.has_any(base, cases, comparable.allowed(by)):
        made = shlex.join(base.command)[:LONGEST]
        raise NothingMatched(f"{base.id} has none of the cases that {planned.id} would have: `{made}` made it")


def compare(runs: Sequence[Run], by: Sequence[str] = (), margin: float = MARGIN) -> Comparison:
    """The first against each of the others. Raises ``UsageError`` where they differ in more than ``by`` allows, and as
    ``compared.compare`` does."""
    over = comparable.allowed(by)
    for run in runs[1:]:
        comparable.require(runs[0], run, by)
    warnings = [comparable.warnings(runs[0], run, by) for run in runs[1:]]
    apart = [_apart(runs[0], run, by) for run in runs[1:]]
    return compared.compare(runs, by=by, margin=margin, warnings=warnings, over=over, apart=apart)


def _apart(base: Run, new: Run, by: Sequence[str]) -> compared.Apart:
    told = comparable.apart(base, new, by) if base.is_spread or new.is_spread else {}
    return {(each.base, each.new, each.on_gpu): words for each, words in told.items()}
