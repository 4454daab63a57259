"""A study that was swept: its cases are not taken for seeds of one, in charts, numbers, tables and claims."""

from dataclasses import replace

from bench.model import Case, Claim, Curve, Findings, Metric, PartInfo, Record, Table
from bench.report import summary
from bench.report.charts.curves import curve_charts
from bench.report.page.evidence import placed

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0, parameters={"k": 1, "n": 5})


def record(k: int, seed: int = 0) -> Record:
    findings = Findings(
        claims=(Claim("k", k, "at_least", 0),),
        metrics=(Metric("drawn", float(k)),),
        curves=(Curve(name="loss", x=(0.0, 1.0), y=(0.0, float(k))),),
        tables=(Table("t", ("k",), ((k,),)),),
    )
    return Record(case=replace(CASE, seed=seed, parameters={"k": k, "n": 5}), outcome="ok", findings=findings)


SWEPT = [record(1), record(1, seed=1), record(-1), record(-1, seed=1)]


def test_each_value_has_its_line() -> None:
    (chart,) = curve_charts("ex01", PartInfo(id="a", title="A study", kind="study"), SWEPT)
    (panel,) = chart.panels
    assert [(line.label, line.y) for line in panel.lines] == [("k=1", (0.0, 1.0)), ("k=-1", (0.0, -1.0))]
    assert all(line.low for line in panel.lines), "seeds are the band of each value"
    assert len({line.hue for line in panel.lines}) == 2
    assert "n=5, mean of 2 seeds" in chart.subtitle
    assert "k=" not in chart.subtitle


def test_each_value_has_its_number() -> None:
    lines = [(line.which, line.median, line.count) for line in summary.metric_lines(SWEPT)]
    assert lines == [("k=1", 1.0, 2), ("k=-1", -1.0, 2)]
    assert [line.which for line in summary.metric_lines(SWEPT[:2])] == [""]


def test_a_claim_says_where_it_fails() -> None:
    (line,) = summary.claim_lines(SWEPT)
    assert (line.where, line.passed, line.total) == ("cpu, seed 0, k=-1", 2, 4)
    assert summary.claim_lines(SWEPT[:2])[0].where == "cpu, seed 0"


def test_tables_say_whose_they_are() -> None:
    labels = [each.label for each in placed([(each.findings.tables[0], each.case) for each in SWEPT])]
    assert labels == ["cpu, seed 0, k=1; cpu, seed 1, k=1", "cpu, seed 0, k=-1; cpu, seed 1, k=-1"]
    alone = placed([(each.findings.tables[0], each.case) for each in SWEPT[:2]])
    assert alone[0].label == "cpu, seed 0; cpu, seed 1"
