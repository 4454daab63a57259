"""Curves whose names begin alike are panels of one chart."""

from __future__ import annotations

from collections.abc import Sequence

from bench.model import Case, Curve, Findings, PartInfo, Record
from bench.report.charts.collected import collected
from bench.report.charts.model import PanelChart

PART = PartInfo(id="a", kind="study", title="How well?", devices=("cpu",))
X = (0.0, 1.0, 2.0)
ENDS = {"plain, seed 0": (0.9, 0.5), "shift, seed 0": (0.8, 0.7), "both, seed 0": (0.6, 0.6)}


def curves(kind: str = "accuracy", label: str = "share") -> list[Curve]:
    return [
        Curve(name=f"{kind}, {way}", x=X, y=(0.1, end / 2 + 0.01, end), series=of, x_label="epoch", y_label=label)
        for way, ends in ENDS.items()
        for of, end in zip(("train", "test"), ends, strict=True)
    ]


def records(listed: Sequence[Curve]) -> list[Record]:
    case = Case(exercise="ex04", part="a", device="cpu", seed=0)
    return [Record(case=case, outcome="ok", findings=Findings(curves=tuple(listed)))]


def drawn(listed: Sequence[Curve], beginning: str = "accuracy", *, telling: bool = True) -> PanelChart | None:
    return collected("ex04", PART, records(listed), beginning, telling=telling)


def test_each_name_has_a_panel_and_what_all_names_end_in_is_said_once() -> None:
    chart = drawn([*curves(), *curves("loss", "nats")])
    assert chart is not None
    assert [panel.title for panel in chart.panels] == ["plain", "shift", "both"]
    assert chart.names == tuple(f"accuracy, {way}" for way in ENDS)
    assert chart.subtitle.startswith("seed 0")
    assert chart.subtitle.count("seed 0") == 1
    assert chart.shared_x
    assert chart.shared_y


def test_the_title_compares_the_test_data_of_all_panels_and_nothing_in_smoke() -> None:
    chart, smoke = drawn(curves()), drawn(curves(), telling=False)
    assert chart is not None
    assert smoke is not None
    assert chart.title == "accuracy, test: plain ends lowest, at 0.5; shift highest, at 0.7"
    assert smoke.title == "accuracy"


def test_lines_that_are_no_parts_of_the_data_are_not_ranked_across_panels() -> None:
    listed = [
        Curve(name=f"a valley turned by {angle}°", x=X, y=(1.0, 0.5, end), series=rule, x_label="step")
        for angle, ends in ((0, (0.1, 0.3)), (45, (0.2, 0.4)))
        for rule, end in zip(("SGD", "Adam"), ends, strict=True)
    ]
    chart = drawn(listed, "a valley turned by")
    assert chart is not None
    assert chart.title == "a valley turned by"
    assert [panel.title for panel in chart.panels] == ["0°", "45°"]


def test_one_panel_names_the_lines_of_all_and_it_is_one_in_which_none_lie_on_each_other() -> None:
    chart = drawn(curves())
    assert chart is not None
    # Train and test of the last way end on each other, and are one line there.
    assert len(chart.panels[2].lines) == 1
    assert [panel.labels for panel in chart.panels[:2]] == ["none", "end"]


def test_what_is_not_there_or_has_other_axes_is_none() -> None:
    assert drawn(curves(), "loss") is None
    assert drawn(curves(), "accuracy, plain, seed 0") is None, "a whole name is chart() without by"
    assert drawn(curves(), "accur") is None
    assert drawn([*curves(), *curves("accuracy, other", "percent")]) is None
    many = [Curve(name=f"accuracy, way {way}", x=X, y=X) for way in range(13)]
    assert drawn(many) is None
