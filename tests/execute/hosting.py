"""Hosts and guests for tests: a small comparison, plugins as text, and contexts without an executor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import torch

from bench import Exercise, Lab
from bench.execute.child.context import TaskContext
from bench.execute.messages import Order
from bench.model import Case, Guest, SourceFile, Task

exercise = Exercise()


@exercise.comparison("a", "Products of two matrices", reference="product")
def products(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
    x, w = drawn(lab)
    return {"product": lambda: x @ w, "own": lambda: (w.T @ x.T).T}


def drawn(lab: Lab) -> tuple[torch.Tensor, torch.Tensor]:
    """What guests compute from, too."""
    generator = lab.generator()
    x, w = (torch.randn(6, 6, generator=generator).to(lab.dtype) for _ in range(2))
    return x, w


HEAD = """
import torch
from bench import hookimpl
from tests.execute.hosting import drawn

@hookimpl
def bench_variants(exercise, part):
    return {"guest": setup}
"""
HONEST = "def setup(lab):\n    x, w = drawn(lab)\n    return lambda: x @ w\n"


class Nobody:
    """Is told how far a task has come; ``heard`` keeps it."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def send(self, message: object) -> None:
        self.heard.append(getattr(message, "variant", ""))

    def mark(self, variant: str) -> None:
        pass


def context(
    kind: Literal["agree", "time", "weigh"],
    codes: dict[str, str],
    folder: Path,
    *,
    variant: str | None = None,
    without: tuple[str, ...] = (),
    timeout: float | None = None,
) -> TaskContext:
    """``codes`` are set-ups of guests by name."""
    case = Case(exercise="ex90", part="a", device="cpu", seed=3, variant=variant)
    task = Task(kind, case, without=without)
    order = Order(
        kind="task",
        exercise="ex90",
        files=tuple(SourceFile(source_of(name), HEAD + code) for name, code in codes.items()),
        guests=tuple(guest(name) for name in codes),
        task=task,
        profile="smoke",
        folder=str(folder),
        timeout=timeout,
    )
    return TaskContext(order=order, task=task, part=exercise.parts["a"], channel=Nobody())


def guest(name: str) -> Guest:
    return Guest(source=source_of(name), exercise="ex90", part="a", offered="guest", name=name)


def source_of(name: str) -> str:
    return f"/not/here/{name}.py"
