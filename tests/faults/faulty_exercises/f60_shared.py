"""f60: What no two parts can share."""

from __future__ import annotations

from typing import Any

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("own", "a mapping that holds itself")
def own(lab: Lab) -> None:
    mapping: dict[str, Any] = {}
    mapping["own"] = mapping
    lab.shared("s", lambda: mapping)


@exercise.study("nested", "what is made of itself")
def nested(lab: Lab) -> None:
    lab.shared("s", lambda: lab.shared("s", dict))


@exercise.study("content", "what depends on a set")
def content(lab: Lab) -> None:
    lab.shared("s", dict, of={1})


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
