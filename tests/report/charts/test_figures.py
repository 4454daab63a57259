"""The plugin that writes figures gives the same bytes for the same run."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.model import Run
from bench.report.charts import drawn, figures
from bench.report.charts.of_run import charts


def test_figures_are_written_twice_alike(hostile_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "_kept", {})
    few = replace(hostile_run, records=tuple(r for r in hostile_run.records if r.case.part == "a" and not r.case.seed))
    count = sum(map(len, charts(few).values()))
    digests = []
    for name in ("one", "two"):
        written = figures.bench_report(few, tmp_path / name)
        assert {path.parent.name for path in written} == {"figures"}
        assert [path.suffix for path in written] == [".png", ".svg"] * count
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in written])
    assert digests[0] == digests[1]
    png, svg = written[:2]
    assert png.read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(svg).getroot().tag.endswith("svg"), "hostile texts are escaped"
    assert len(drawn._kept) == count
