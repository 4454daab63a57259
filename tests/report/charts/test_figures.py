"""The plugin that writes figures gives the same bytes for the same run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bench.model import Run
from bench.report.charts import figures


def test_figures_are_written_twice_alike(hostile_run: Run, tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        written = figures.bench_report(hostile_run, tmp_path / name)
        assert {path.parent.name for path in written} == {"figures"}
        assert [path.suffix for path in written] == [".png", ".svg"] * 6
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in written])
    assert digests[0] == digests[1]
