"""f56: Its import becomes another program."""

from __future__ import annotations

import os

from bench import Exercise, hookimpl

exercise = Exercise()
os.execv("/bin/true", ["true"])  # noqa: S606 - that is the fault


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
