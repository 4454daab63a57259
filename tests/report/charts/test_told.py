"""Titles compare what is comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bench.report.charts.model import Line, Panel
from bench.report.charts.told import of_courses


def panel(title: str = "", y_label: str = "loss", x_label: str = "epoch", **ends: float) -> Panel:
    named = {name.replace("_", " "): end for name, end in ends.items()}
    return replace(of(title, named), x_label=x_label, y_label=y_label)


def of(title: str, ends: Mapping[str, float]) -> Panel:
    lines = tuple(Line(label=name, x=(0.0, 1.0), y=(9.0, end)) for name, end in ends.items())
    return Panel(lines=lines, title=title, x_label="epoch", y_label="loss")


def test_of_train_and_test_both_are_told_or_the_last_by_its_name() -> None:
    said = "train: A ends at 1, B at 2; test: A ends at 3, B at 4"
    assert of_courses([panel("train", A=1, B=2), panel("test", A=3, B=4)]) == said
    assert of_courses([of("train", {"": 1}), of("test", {"": 3})]) == "train: from 9 to 1; test: from 9 to 3"
    long = {"by hand, with a rather long name": 1, "B": 2, "compiled, with a name as long as that": 3}
    assert of_courses([of("train", long), of("test", long | {"B": 9})]).startswith("test: by hand, with")


def test_a_mean_that_is_below_the_worst_is_no_finding() -> None:
    panels = [panel("train", mean=1, worst_of_each=5), panel("test", mean=2, worst_of_each=6)]
    assert of_courses(panels) == "mean: train ends at 1, test at 2"
    assert of_courses([panel(mean=1, worst=5)]) == "mean: from 9 to 1"


def test_panels_of_a_series_each_are_compared_by_their_names() -> None:
    assert of_courses([panel("A", A=1), panel("B", B=2)]) == "A ends at 1, B at 2"
    halves = [panel("A", train=1, test=2), panel("B", train=3, test=4)]
    assert of_courses(halves) == "test: A ends at 2, B at 4"


def test_two_quantities_on_one_axis_are_not_compared() -> None:
    assert of_courses([panel(y_label="rate, and distance", A=1, B=2)]) == ""


def test_what_is_swept_does_not_end() -> None:
    assert of_courses([panel(x_label="batch size B", A=1, B=2)]) == "A lies below B or on it everywhere"


def test_lines_on_each_other_are_the_finding_only_where_there_are_no_others() -> None:
    assert of_courses([of("train", {"A = B": 1}), of("test", {"A = B": 2})]) == "A and B lie on each other"
    assert of_courses([of("", {"A = B = C": 1})]) == "A, B and C lie on each other"
    assert of_courses([of("", {"A = B": 1, "C": 2, "D": 3})]) == "A and B end lowest, at 1; D highest, at 3"


def test_of_means_and_worst_of_several_settings_the_means_are_told() -> None:
    ends = {"mean, epochs=50": 2, "worst, epochs=50": 3, "mean, epochs=100": 1, "worst, epochs=100": 4}
    said = "mean, epochs=100 ends at 1, mean, epochs=50 at 2"
    assert of_courses([of("", ends)]) == said
    assert of_courses([of("train", ends), of("test", ends)]) == f"train and test: {said}"
    assert of_courses([of("train", {"mean": 1, "worst": 2}), of("test", {"mean = worst": 3})]) == (
        "mean: train ends at 1, test at 3"
    )
