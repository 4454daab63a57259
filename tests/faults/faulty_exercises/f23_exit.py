"""f23: Its import ends the process."""

from __future__ import annotations

import sys

from bench import Exercise, hookimpl

exercise = Exercise()


sys.exit(0)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
