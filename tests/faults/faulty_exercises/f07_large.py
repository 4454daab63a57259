"""f07: More than anybody reads."""

from __future__ import annotations

import sys
from dataclasses import replace

from bench import Exercise, Lab, hookimpl
from bench.model import Claim

exercise = Exercise()


@exercise.study("rows", "a table of 100,000 rows")
def rows(lab: Lab) -> None:
    lab.table("large", [{"i": i, "text": f"row {i}"} for i in range(100_000)])


@exercise.study("names", "names of a million letters")
def names(lab: Lab) -> None:
    lab.claim("n" * 1_000_000, 0, at_most=1)
    lab.metric("m", 1, "u" * 1_000_000)


@exercise.study("claims", "20,000 claims")
def claims(lab: Lab) -> None:
    for i in range(20_000):
        lab.claim(f"claim {i}", 0, at_most=1)


@exercise.study("by_hand", "20,000 claims, without the lab")
def by_hand(lab: Lab) -> None:
    lab.findings = replace(lab.findings, claims=(Claim("one of many", 0.0, "at_most", 1.0),) * 20_000)


@exercise.study("prints", "20 MB on standard output")
def prints(lab: Lab) -> None:
    for _ in range(20):
        sys.stdout.write("y" * 1_000_000)
    raise ValueError("after much output")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
