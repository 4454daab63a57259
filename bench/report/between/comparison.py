"""Stored runs become a comparison, where they may: what ``bench compare`` shows, and whatever else ends with one."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis import compared
from bench.analysis.compared import MARGIN, Comparison
from bench.analysis.compared import exit_code as exit_code
from bench.model import Run
from bench.results import comparable


def compare(runs: Sequence[Run], by: Sequence[str] = (), margin: float = MARGIN) -> Comparison:
    """The first against each of the others. Raises ``UsageError`` where they differ in more than ``by`` allows, and as
    ``compared.compare`` does."""
    over = comparable.allowed(by)
    for run in runs[1:]:
        comparable.require(runs[0], run, by)
    warnings = [comparable.warnings(runs[0], run, by) for run in runs[1:]]
    return compared.compare(runs, by=by, margin=margin, warnings=warnings, over=over)
