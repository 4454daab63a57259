"""f04: Values of other types than are recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Drawing

from bench import Exercise, hookimpl
from bench.model import Claim, Figure

exercise = Exercise()


@exercise.study("claim", "a claim that is none")
def claim(lab: Any) -> None:
    lab.claim(5, 1, at_most=1)


@exercise.study("unit", "a unit that is none")
def unit(lab: Any) -> None:
    lab.metric("m", 1, 5)


@exercise.study("scale", "a scale that is none")
def scale(lab: Any) -> None:
    lab.curve("c", [1], [1], scale="cubic")


@exercise.study("row", "a row that is none")
def row(lab: Any) -> None:
    lab.table("t", [5])


@exercise.study("cell", "a cell that is none")
def cell(lab: Any) -> None:
    lab.table("t", [{"a": 10**40}])


@exercise.study("value", "a value that is none")
def value(lab: Any) -> None:
    lab.claim("c", "abc", at_most=1)


@exercise.study("figure", "a figure that is none")
def figure(lab: Any) -> None:
    lab.figure("f", "abc")


@exercise.study("findings", "a findings that is none")
def findings(lab: Any) -> None:
    lab.findings = 5


@exercise.study("claims", "claims that are none")
def claims(lab: Any) -> None:
    lab.findings = replace(lab.findings, claims=5)


@exercise.study("picture", "a picture of complex numbers")
def picture(lab: Any) -> None:
    lab.figure("f", np.array([[1j]]))


@exercise.study("far", "a text far outside of its picture")
def far(lab: Any) -> None:
    figure = Drawing()
    figure.subplots().text(1e4, 1e4, "far")
    lab.figure("f", figure)


@exercise.study("series", "a series that is none")
def series(lab: Any) -> None:
    lab.curve("c", [1], [1], series=3)


@exercise.study("label", "a label that is none")
def label(lab: Any) -> None:
    list(lab.track([1], 7))


@exercise.study("by_hand", "a by_hand that is none")
def by_hand(lab: Any) -> None:
    lab.findings = replace(lab.findings, claims=(Claim(5, 1.0, "at_most", 2.0),))


@exercise.study("axis", "a curve over nothing")
def axis(lab: Any) -> None:
    lab.curve("c", 5, [1])


@exercise.study("pictures", "pictures that are none")
def pictures(lab: Any) -> None:
    lab.findings = replace(lab.findings, figures=(Figure("f", 5, ""),))


@exercise.study("file", "a file that no disk can have")
def file(lab: Any) -> None:
    lab.findings = replace(lab.findings, figures=(Figure("f", "\0", ""),))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
