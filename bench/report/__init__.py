"""Reports: each one a pure function of a run."""

from __future__ import annotations

from types import ModuleType


def plugins() -> tuple[ModuleType, ...]:
    """The built-in implementors of ``bench_report``, imported when asked for."""
    from bench.report.page import html

    return (html,)
