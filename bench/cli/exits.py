"""The exit code that a run deserves."""

from __future__ import annotations

from bench.errors import BenchError, Missing, PluginError
from bench.model import Run


def code(run: Run, drawing: int = 0) -> int:
    """A failure outranks a broken plugin, and that outranks something that is missing. What is well ends with the code
    of ``drawing`` its pages."""
    if any(not record.passed for record in run.records):
        return BenchError.exit_code
    if run.broken:
        return PluginError.exit_code
    if any(record.missing for record in run.records):
        return Missing.exit_code
    return drawing
