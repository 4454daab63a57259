"""f48: What cannot be shown, or is another type than it looks."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


class Meta(type):
    def __repr__(cls) -> str:
        raise RuntimeError("repr of a class")


class Odd(metaclass=Meta):
    def __repr__(self) -> str:
        raise RuntimeError("repr")

    def __float__(self) -> Any:
        raise RuntimeError("float")


class Text(str):
    def __len__(self) -> int:
        raise RuntimeError("len")


@exercise.study("metaclass", "a class that cannot be shown")
def metaclass(lab: Lab) -> None:
    lab.claim("c", Odd(), at_most=1)


@exercise.study("text", "a text that is none")
def text(lab: Lab) -> None:
    lab.claim(Text("abc"), 0, at_most=1)


@exercise.study("scalars", "scalars of numpy")
def scalars(lab: Lab) -> None:
    lab.claim("c", np.float32(0.5), at_most=np.int64(1))
    lab.table("t", [{"a": np.int8(1), "b": np.bool_(True)}])


@exercise.study("many", "a group of many")
def many(lab: Lab) -> None:
    raise ExceptionGroup("many", [ValueError(str(number)) for number in range(20_000)])


@exercise.study("note", "a note of ten million letters")
def note(lab: Lab) -> None:
    error = ValueError("noted")
    error.add_note("n" * 10_000_000)
    raise error


@exercise.study("decimal", "a number without an end")
def decimal(lab: Lab) -> None:
    lab.metric("m", 10**400)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
